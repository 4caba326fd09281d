/** Tables: what a chart shows, for readers of screens and for those who want the numbers. */

import { button, h } from "./dom.js";
import { number, t } from "./words.js";

/** Rows shown at once; the map has 1,741. */
const PAGE = 60;

/**
 * A table with a caption; long ones come in pieces.
 * @param {{heads: Array<string>, rows: Array<Array>}} table
 * @param {string} caption
 * @param {number} [least] rows that are shown at first.
 * @returns {HTMLElement}
 */
export function table({ heads, rows }, caption, least = 0) {
  const body = h("tbody");
  const more = button("", () => grow(), { class: "more-rows" });
  let shown = 0;
  const numeric = heads.map((_, column) => column > 0 && rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const grow = () => {
    for (const row of rows.slice(shown, shown + PAGE)) {
      body.append(h("tr", {}, row.map((cell, column) => h(column ? "td" : "th", column ? { class: numeric[column] ? "number" : false } : { scope: "row" }, written(cell)))));
    }
    shown = Math.min(rows.length, shown + PAGE);
    more.hidden = shown >= rows.length;
    more.replaceChildren(t("more_rows", { left: rows.length - shown }));
  };
  do grow();
  while (shown < Math.min(least, rows.length));
  const head = h("thead", {}, h("tr", {}, heads.map((text, column) => h("th", { scope: "col", class: numeric[column] ? "number" : false }, text))));
  const found = h("table", {}, h("caption", {}, caption), head, body);
  return h("div", { class: "table", tabindex: "0", role: "region", "aria-label": caption }, found, more);
}

/**
 * A table as a file for spreadsheets, which take UTF-8 for what it is by its mark.
 * @param {{heads: Array<string>, rows: Array<Array>}} table
 * @returns {Blob}
 */
export function csv({ heads, rows }) {
  // What begins like a formula would be run by a spreadsheet; a link may bring any title.
  const safe = (cell) => (/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) && !isNumber(cell) ? `'${cell}` : cell);
  // a typographic minus or a comma in a number makes it text there
  const plain = (cell) => (isNumber(cell) ? cell.replace("\u2212", "-").replaceAll(",", "") : cell);
  const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = [heads, ...rows].map((row) => row.map((cell) => quoted(safe(plain(String(cell ?? ""))))).join(","));
  return new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" });
}

function isNumber(cell) {
  return cell === null || cell === "" || typeof cell === "number" || /^[+\-\u2212]?[\d,.]+%?$/.test(String(cell));
}

function written(cell) {
  if (cell === null || cell === undefined) return "\u2013";
  return typeof cell === "number" ? number(cell) : String(cell);
}
