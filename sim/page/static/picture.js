/** A view as one picture to hand on: its charts below its title and caption, as SVG or PNG. */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 960;
const GAP = 24;

function add(parent, kind, attributes, words = "") {
  const node = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.textContent = words;
  parent.append(node);
}

function text(parent, words, y, size, weight = "normal", x = GAP) {
  add(parent, "text", { x, y, "font-size": size, "font-weight": weight, fill: ink() }, words);
}

/** Which colour is which scenario, as many in a line as there is room for; gives where the last line is. */
function legend(parent, keys, y) {
  let x = GAP;
  let at = y + 20;
  for (const { title, colour } of keys) {
    const wide = 44 + 7 * width(title);
    if (x > GAP && x + wide > WIDTH - GAP) {
      x = GAP;
      at += 20;
    }
    add(parent, "line", { x1: x, x2: x + 20, y1: at - 4, y2: at - 4, stroke: colour, "stroke-width": 3 });
    add(parent, "circle", { cx: x + 10, cy: at - 4, r: 4.5, fill: colour });
    text(parent, title, at, 12, "normal", x + 26);
    x += wide;
  }
  return keys.length ? at : y;
}

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const ink = () => style("--ink");

/** @returns {number} how many half-wide letters a text is as wide as. */
const width = (words) => [...words].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 2 : 1), 0);

/** What no line begins with. */
const CLOSES = /^[、。，．）」』！？：；・ー]/;

/** Lines of at most so many half-wide letters. */
function wrapped(words, columns) {
  const found = [""];
  let used = 0;
  for (const piece of words.match(/[^\s\u3000-\u9fff\uff00-\uffef]+\s*|[\s\S]/g) ?? []) {
    const wide = piece.charCodeAt(0) > 0x2e80 ? 2 : piece.length;
    if (used + wide > columns && found.at(-1) && !CLOSES.test(piece)) {
      found.push("");
      used = 0;
    }
    found[found.length - 1] += piece;
    used += wide;
  }
  return found;
}

/**
 * One drawing of a view.
 * @param {{title: string, caption: string, note: string, keys: Array<{title: string, colour: string}>}} words
 * @param {Array<{panel: Object, svg: string}>} drawings
 * @returns {string} SVG.
 */
export function drawing(words, drawings) {
  const root = document.createElementNS(SVG, "svg");
  const font = getComputedStyle(document.body).fontFamily;
  root.setAttribute("font-family", font);
  let y = GAP;
  for (const line of wrapped(words.title, 90)) text(root, line, (y += 18), 18, "bold");
  for (const line of wrapped(`${words.caption} ${words.note}`, 140)) text(root, line, (y += 18), 12);
  y = legend(root, words.keys ?? [], y) + GAP;
  const columns = drawings.length > 1 ? 2 : 1;
  const wide = (WIDTH - GAP * (columns + 1)) / columns;
  let tall = 0;
  drawings.forEach(({ panel, svg }, order) => {
    const inner = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    const scale = wide / Number(inner.getAttribute("width"));
    const column = order % columns;
    if (!column && order) {
      y += tall + GAP + 20;
      tall = 0;
    }
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("transform", `translate(${GAP + column * (wide + GAP)} ${y})`);
    if (drawings.length > 1) text(group, `${panel.title} (${panel.unit})`, 12, 13, "bold");
    inner.setAttribute("y", "20");
    inner.setAttribute("x", "0");
    inner.setAttribute("viewBox", inner.getAttribute("viewBox") ?? `0 0 ${inner.getAttribute("width")} ${inner.getAttribute("height")}`);
    const height = Number(inner.getAttribute("height")) * scale;
    inner.setAttribute("width", String(wide));
    inner.setAttribute("height", String(height));
    group.append(document.importNode(inner, true));
    root.append(group);
    tall = Math.max(tall, height);
  });
  y += tall + GAP + 20;
  for (const [name, value] of Object.entries({ width: WIDTH, height: y, viewBox: `0 0 ${WIDTH} ${y}` })) root.setAttribute(name, String(value));
  const ground = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: style("--paper") })) ground.setAttribute(name, value);
  root.prepend(ground);
  return new XMLSerializer().serializeToString(root);
}

/**
 * A drawing as pixels, twice as fine as it is wide.
 * @param {string} svg
 * @returns {Promise<Blob>} PNG.
 */
export async function pixels(svg) {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await new Promise((resolve, reject) => {
    image.onload = resolve;
    image.onerror = () => reject(new Error("no picture"));
    image.src = address;
  });
  const canvas = document.createElement("canvas");
  canvas.width = image.width * 2;
  canvas.height = image.height * 2;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
