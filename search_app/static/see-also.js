// <see-also>: the panel of similar questions, put into a page of any site by one line:
//   <script type="module" src="https://HOST/static/see-also.js"></script> <see-also question="ID"></see-also>
// It shows nothing, and no error, where there is nothing to show or the service is away.
const root = new URL("..", import.meta.url);
const style = fetch(new URL("static/panel.css", root), { credentials: "omit" })
  .then((answer) => (answer.ok ? answer.text() : ""))
  .then((text) => new CSSStyleSheet().replace(text + ":host { display: block } :host([hidden]) { display: none }"))
  .catch(() => new CSSStyleSheet());

// Of what JSON-LD describes, what a page is: others have addresses too, such as the site or who runs it.
const PAGES = /(Page|Article|Posting|Question|Report|HowTo)$/;

// What the page says of itself: its canonical link, else the address in its JSON-LD, else its own.
function addressOfPage() {
  const link = document.querySelector('link[rel~="canonical" i]');
  if (link?.href) return link.href;
  for (const block of document.querySelectorAll('script[type^="application/ld+json" i]')) {
    try {
      const said = JSON.parse(block.textContent);
      for (const thing of [said, said["@graph"], said.mainEntity].flat()) {
        if (![thing?.["@type"]].flat().some((type) => PAGES.test(type))) continue;
        const name = thing?.url ?? thing?.mainEntityOfPage?.["@id"] ?? thing?.mainEntityOfPage ?? thing?.["@id"];
        if (typeof name === "string" && /^https?:/.test(name)) return name;
      }
    } catch {
      continue; // a block that is broken says nothing
    }
  }
  return location.href.split("#")[0];
}

class SeeAlso extends HTMLElement {
  static observedAttributes = ["question", "url", "text", "limit"];
  #asked = 0;

  connectedCallback() {
    this.#show();
  }

  attributeChangedCallback() {
    if (this.shadowRoot) this.#show();
  }

  #request() {
    const [id, text, limit] = ["question", "text", "limit"].map((name) => this.getAttribute(name));
    const path = id ? "panel/" + id.split("/").map(encodeURIComponent).join("/") : "panel";
    const address = new URL(path, root);
    if (limit) address.searchParams.set("limit", limit);
    if (text) return [address, { method: "POST", body: new URLSearchParams({ text }) }];
    if (!id) address.searchParams.set("url", this.getAttribute("url") || addressOfPage());
    return [address, {}];
  }

  async #show() {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const asked = ++this.#asked;
    let html = "";
    try {
      const [address, more] = this.#request();
      const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer", ...more });
      if (answer.ok) html = await answer.text();
      shadow.adoptedStyleSheets = [await style];
    } catch {
      // The page is worth more than what stands beside it.
    }
    if (asked === this.#asked) shadow.innerHTML = html;
  }
}

if (!customElements.get("see-also")) customElements.define("see-also", SeeAlso);
