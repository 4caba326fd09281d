/** Small helpers that make elements; text goes in as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "m15 14 5-5-5-5m5 5H10a6 6 0 0 0 0 12h3",
  reset: "M4 4v6h6M4.5 10a8 8 0 1 1-.5 5",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1m2 4a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  print: "M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z",
  theme: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  close: "M5 5l14 14M19 5 5 19",
  enlarge: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  table: "M3 5h18v14H3zM3 10h18M3 14.5h18M9 5v14",
  down: "M12 4v11m-5-5 5 5 5-5M4 20h16",
  up: "M12 16V5m-5 5 5-5 5 5M4 20h16",
  play: "M7 4v16l13-8z",
  pause: "M7 4v16M17 4v16",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  open: "M6 11h12v9H6zM8.500 11V7a3.500 3.500 0 0 1 6.800-1",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  west: "m15 5-7 7 7 7",
  east: "m9 5 7 7-7 7",
  north: "m5 15 7-7 7 7",
  south: "m5 9 7 7 7-7",
  tour: "M12 3v18M5 5h12l3 3-3 3H5z",
};

/**
 * An element with attributes, listeners and children.
 * @param {string} tag
 * @param {Object} attributes `on...` are listeners, `class` and `data-...` as in HTML, false leaves one out.
 * @param {...(Node|string|null|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * An icon, hidden from readers: the button around it has the name.
 * @param {keyof SHAPES} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", "icon"]]) svg.setAttribute(key, value);
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/**
 * A button with an icon, a word, or both.
 * @param {string} text what it does; its name where only the icon shows.
 * @param {Function} act
 * @param {{icon?: string, bare?: boolean, class?: string, id?: string}} [look]
 * @returns {HTMLButtonElement}
 */
export function button(text, act, look = {}) {
  const attributes = { type: "button", class: `button ${look.class ?? ""}`, onclick: act };
  if (look.id) attributes.id = look.id;
  if (look.bare) Object.assign(attributes, { "aria-label": text, title: text });
  return h("button", attributes, look.icon ? icon(look.icon) : null, look.bare ? null : h("span", {}, text));
}

/**
 * Put children in the place of those of an element; the focus stays where one of them has the id that had it.
 * @param {Element} element
 * @param {...(Node|string|null|Array)} children
 */
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  if (focused) document.getElementById(focused)?.focus();
}

/**
 * Open a dialog over the page; closing takes it away and gives the focus back.
 * @param {string} title
 * @param {Array<Node|string>} content
 * @param {{close: string, class?: string}} words
 * @returns {HTMLDialogElement}
 */
export function dialog(title, content, words) {
  const before = document.activeElement;
  const head = h("h2", { id: "dialog-title" }, title);
  const box = h("dialog", { class: `dialog ${words.class ?? ""}`, "aria-labelledby": "dialog-title" },
    h("div", { class: "dialog-head" }, head, button(words.close, () => box.close(), { icon: "close", bare: true })),
    h("div", { class: "dialog-body" }, content));
  box.addEventListener("close", () => {
    box.remove();
    // what was pressed may have been made anew meanwhile
    const back = before?.isConnected ? before : document.getElementById(before?.id || "results");
    back?.focus();
  });
  box.addEventListener("click", (event) => event.target === box && box.close());
  document.body.append(box);
  box.showModal();
  return box;
}

/**
 * Have a text or a blob saved as a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
