/** Finds a municipality or prefecture by name, kana, romaji or code. */

import { fill, h } from "./dom.js";
import { t } from "./words.js";

const MOST = 8;

/** @returns {string} a name without case, accents, hyphens and spaces. */
const plain = (text) => String(text ?? "").normalize("NFKD").replace(/[\u0300-\u036f\s\-']/g, "").toLowerCase();
/** @returns {string} the same with katakana as hiragana. */
const soft = (text) => plain(text.normalize("NFKC")).replace(/[\u30a1-\u30f6]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60));

/** @returns {string} hiragana without what makes a vowel long, as the readings of towns are (`sim/page/readings.py`). */
const short = (text) => text.replace(/([おこそとのほもよろをょ]\u3099?\u309a?)[うお]+/g, "$1").replace(/([うくすつぬふむゆるゅ]\u3099?\u309a?)う+/g, "$1");

/**
 * A field that finds places and opens one.
 * @param {import("./main.js").Page} page
 * @returns {HTMLElement}
 */
export function search(page) {
  const { setup } = page;
  const japanese = setup.lang === "ja";
  const known = [
    ...setup.prefectures.map((each) => ({ id: String(each.code), label: each.label, keys: [each.name, each.romaji, each.kana, each.label, String(each.code)], size: 1e9 })),
    ...setup.places.map((each) => ({ id: each.code, label: named(each, setup, japanese), keys: [each.name, each.romaji, each.kana, each.code], size: each.population })),
  ].map((each) => ({ ...each, keys: each.keys.filter(Boolean).map(soft) }));
  const list = h("ul", { id: "found", role: "listbox", class: "found", hidden: true, "aria-label": t("search_place") });
  const field = h("input", {
    id: "find", type: "search", role: "combobox", "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list",
    autocomplete: "off", placeholder: t("search_hint"), "aria-label": t("search_place"),
  });
  let shown = [];
  let at = 0;
  const open = (place) => {
    hide();
    field.value = place.label;
    page.look({ place: place.id });
  };
  const hide = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const write = () => {
    const options = shown.map((place, order) => h("li", { id: `found-${order}`, role: "option", "aria-selected": String(order === at), onpointerdown: (event) => {
      event.preventDefault();
      open(place);
    } }, place.label));
    fill(list, options.length ? options : h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, t("search_none")));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    if (shown.length) field.setAttribute("aria-activedescendant", `found-${at}`);
  };
  field.addEventListener("input", () => {
    const asked = soft(field.value);
    at = 0;
    shown = asked ? matches(known, asked) : [];
    if (asked) write();
    else hide();
  });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) {
      event.preventDefault();
      at = (at + step + shown.length) % shown.length;
      write();
    }
    if (event.key === "Enter" && shown[at]) open(shown[at]);
    if (event.key === "Escape") hide();
  });
  field.addEventListener("blur", hide);
  return h("div", { class: "search" }, field, list);
}

function named(place, setup, japanese) {
  const prefecture = setup.prefectures.find((each) => each.code === place.prefecture)?.label ?? "";
  return japanese ? `${prefecture}${place.name}` : `${place.romaji}, ${prefecture}`;
}

function matches(known, asked) {
  const brief = short(asked);
  const score = (key, text) => (key === text ? 0 : key.startsWith(text) ? 1 : key.includes(text) ? 2 : 9);
  const scored = known.map((place) => [Math.min(...place.keys.map((key) => Math.min(score(key, asked), score(key, brief)))), place]);
  return scored.filter(([score]) => score < 9).sort(([a, one], [b, other]) => a - b || other.size - one.size).slice(0, MOST).map(([, place]) => place);
}
