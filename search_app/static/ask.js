// While somebody writes a question, what is like it appears below, and help in an emergency above, as the button shows
// them. Without this script the button does. What is written goes to this site alone, and nothing keeps it.
const WAIT = 800, LEAST = 12; // milliseconds after the last key; characters that say something
const form = document.querySelector("form[data-asking]");
const told = document.getElementById("told");
let waiting = 0, asking = null, shown = "";

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, WAIT);
});
form?.addEventListener("submit", () => {
  clearTimeout(waiting);
  asking?.abort();
});

offer();

// What was written can be copied, where the browser lets a page do that.
function offer() {
  const copy = document.querySelector("[data-copy]");
  if (!copy || !navigator.clipboard) return;
  copy.hidden = false;
  copy.querySelector("button").addEventListener("click", async () => {
    const said = copy.querySelector("[role=status]");
    await navigator.clipboard.writeText([...new FormData(form).values()].filter(Boolean).join("\n\n"));
    said.textContent = said.dataset.said;
  });
}

async function ask() {
  const written = new URLSearchParams(new FormData(form));
  const text = [...written.values()].join(" ").trim();
  if (text.length < LEAST || text === shown) return;
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(form.action, { method: "POST", body: written, credentials: "omit", signal: asking.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["danger", "answered"]) {
      const here = document.getElementById(id);
      // Whoever reads there goes on reading.
      if (here.contains(document.activeElement) || here.innerHTML === page.getElementById(id).innerHTML) continue;
      here.replaceChildren(...page.getElementById(id).childNodes);
    }
    shown = text;
    const cards = document.querySelectorAll("#answered .sa-card").length;
    told.textContent = cards ? `${told.dataset.label}: ${cards}` : "";
  } catch {
    // the button does the same
  }
}
