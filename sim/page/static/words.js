/** Words of the page, by id, from the project's catalogue; `/api/setup` hands them over in one language. */

let words = {};
let language = "en";

/**
 * Take the words of a language.
 * @param {Object<string, string>} found texts by id, `page.face.undo`.
 * @param {string} lang `en` or `ja`.
 */
export function setWords(found, lang) {
  words = found;
  language = lang;
}

/** @returns {string} the language in which words are given now. */
export function lang() {
  return language;
}

/**
 * The text of an id; a missing one is shown as its id, so that it is seen.
 * @param {string} id below `page.face`, or a whole id that begins with `page.`.
 * @param {Object<string, string|number>} values that fill `{name}`, `{name:,}` and endings `{name:s}`.
 * @returns {string}
 */
export function t(id, values = {}) {
  const whole = id.startsWith("page.") ? id : `page.face.${id}`;
  const text = words[whole] ?? id;
  return text.replace(/\{(\w+)(?::([^}]*))?\}/g, (place, name, format) => {
    const value = values[name];
    if (value === undefined) return place;
    if (format === "s" || format === "es") return Number(value) === 1 ? "" : format;
    return typeof value === "number" ? number(value) : String(value);
  });
}

/** @returns {boolean} whether there is a text of that id. */
export function has(id) {
  return (id.startsWith("page.") ? id : `page.face.${id}`) in words;
}

/**
 * A number as people write it, with as many places as tell something.
 * @param {number} value
 * @param {number} [places] after the point; by size when left out.
 * @returns {string}
 */
export function number(value, places) {
  const size = Math.abs(value);
  const digits = places ?? (size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
  const short = places === undefined && size < 0.1 && size > 0 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: digits };
  return value.toLocaleString(language === "ja" ? "ja-JP" : "en-GB", { ...short, signDisplay: "negative" }).replace("-", "\u2212");
}

/**
 * A sum in words: JPY 620 M; 6.2億円, 840万円.
 * @param {number} millions of yen.
 * @returns {string}
 */
export function yen(millions) {
  if (language !== "ja") return `JPY ${number(millions)} M`;
  return Math.abs(millions) < 100 ? `${number(millions * 100)}\u4e07\u5186` : `${number(millions / 100)}\u5104\u5186`;
}

/**
 * A title or label that may be a text or a text per language.
 * @param {string|Object<string, string>|undefined} title
 * @param {string} otherwise
 * @returns {string}
 */
export function titled(title, otherwise = "") {
  if (!title) return otherwise;
  return typeof title === "string" ? title : title[language] || title.en || title.ja || otherwise;
}
