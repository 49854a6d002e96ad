/* Keys for the desk. Every page works without this file.
   An element says which key presses it (data-key), so keys and buttons cannot drift apart. */
(function () {
  "use strict";
  var name = "seealso-keys";
  function on() { try { return window.localStorage.getItem(name) !== "off"; } catch (e) { return true; } }
  function typing(el) { return el.closest("input:not([type=radio],[type=checkbox]), textarea, select, [contenteditable]"); }
  function all(query) { return Array.prototype.slice.call(document.querySelectorAll(query)); }
  function move(step) {
    var rows = all("[data-row]"), at = rows.indexOf(document.activeElement);
    var next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
  function press(key) {
    if ((key === "j" || key === "k") && all("[data-row]").length) return move(key === "j" ? 1 : -1);
    if (key === "s") return all("[name=keep]:not(:checked)").slice(0, 1).forEach(function (r) { r.click(); });
    if (key === "x") { var row = document.activeElement.closest("tr"), box = row && row.querySelector("[name=take]"); if (box) box.click(); return; }
    if (key === "?") { var keys = document.getElementById("keys"); if (keys) keys.showModal(); return; }
    var el = all("[data-key]").find(function (e) { return e.dataset.key === key; });
    if (el) el[el.matches("input") ? "focus" : "click"]();
  }
  function told() {
    var button = document.querySelector("[data-key='1'] span"), kept = document.querySelector("[name=keep]:checked");
    var target = document.getElementById("target"), verdict = kept && kept.dataset.verdict;
    if (button && kept) button.textContent = target.value.trim() ? verdict.replace(/ [AB]$/, " the other that you name") : verdict;
  }
  document.addEventListener("keydown", function (e) {
    if ((e.key === "Enter" || e.key === "Escape") && e.target.matches(".verdicts input") && !e.isComposing) { e.preventDefault(); e.target.blur(); return; }
    if (!on() || e.repeat || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target) || document.querySelector("dialog[open]")) return;
    /* the place of the digit, not its sign: 1 to 5 work on every keyboard layout */
    var digit = /^Digit([1-5])$/.exec(e.code);
    var key = digit && !e.shiftKey ? digit[1] : e.key.toLowerCase();
    if (!/^[1-5jksbnxz?]$/.test(key)) return;
    e.preventDefault();
    press(key);
  });
  document.addEventListener("change", told);
  told();
  all("[data-opens]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { document.getElementById(button.dataset.opens).showModal(); });
  });
  all("[data-keys-toggle]").forEach(function (button) {
    function show() { button.setAttribute("aria-pressed", String(on())); button.textContent = on() ? "Keys are on" : "Keys are off"; }
    button.addEventListener("click", function () { try { window.localStorage.setItem(name, on() ? "off" : "on"); } catch (e) { /* stays on */ } show(); });
    show();
  });
})();
