// Suggestions under the search field: topics and titles of pages, as somebody types. A combobox with a list box
// (WAI-ARIA 1.2, focus stays in the field). Without this script the field is a plain one and everything works.
const WAIT = 120; // milliseconds after the last key
for (const field of document.querySelectorAll("input[data-suggest]")) combobox(field);

function combobox(field) {
  const list = field.form.appendChild(document.createElement("ul"));
  const told = field.form.appendChild(document.createElement("span"));
  let chosen = -1, waiting = 0, asking = null;
  list.id = `${field.id}-list`;
  list.className = "suggest";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.label);
  told.className = "vh";
  told.setAttribute("role", "status");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }))
    field.setAttribute(name, value);

  function stop() {
    clearTimeout(waiting);
    asking?.abort();
  }

  function close() {
    stop();
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(at) {
    chosen = at;
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    if (at < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function show([typed, names, kinds, addresses]) {
    if (typed !== field.value.trim() || document.activeElement !== field) return;
    const kept = list.children[chosen]?.dataset.to; // what was chosen stays chosen where it is still there
    list.replaceChildren(...names.map((name, n) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${n}`;
      option.setAttribute("role", "option");
      option.dataset.to = addresses[n];
      option.append(name);
      if (kinds[n]) {
        const kind = option.appendChild(document.createElement("span"));
        kind.className = "meta";
        kind.textContent = kinds[n];
      }
      return option;
    }));
    choose(kept ? addresses.indexOf(kept) : -1);
    list.hidden = !names.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    told.textContent = names.length ? `${field.dataset.label}: ${names.length}` : "";
  }

  async function ask() {
    const typed = field.value.trim();
    asking?.abort();
    if (typed.length < 2 && !/[^\x00-\x7f]/.test(typed)) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`, { credentials: "omit", signal: asking.signal });
      if (answer.ok) show(await answer.json());
    } catch {
      // whoever types goes on without
    }
  }

  field.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(ask, WAIT);
  });
  field.addEventListener("compositionend", ask);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown") choose(chosen < last ? chosen + 1 : -1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? last : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.to);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", stop); // what is under a finger is not drawn anew
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.to);
  });
}
