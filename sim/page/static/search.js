/** Finds a municipality or prefecture by name, kana, romaji or code. */

import { fill, h } from "./dom.js";
import { t } from "./words.js";

const MOST = 8;

/** @returns {string} a name without case, accents, hyphens and spaces. */
const plain = (text) => String(text ?? "").normalize("NFKD").replace(/[\u0300-\u036f\s\-',.\u3001\u30fb]/g, "").toLowerCase();
/** @returns {string} the same with katakana as hiragana, and one ke for the two that names are written with. */
const soft = (text) => plain(text.normalize("NFKC")).replace(/[\u30a1-\u30f6]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60)).replaceAll("\u3096", "\u3051");

/** What says of a name what kind of place it is of; readings of towns have no such ending. */
const KIND = /(?<=..)(けん|ふ|と|し|く|まち|ちょう|むら|そん|shi|ku|machi|cho|mura|son|ken|fu|to|city|ward|town|village|prefecture)$/;
/** A code with its check digit, of a prefecture or of a municipality. */
const CHECKED = [/^(\d\d)000\d$/, /^(\d{5})\d$/];

/** @returns {string} hiragana without what makes a vowel long, as the readings of towns are (`sim/page/readings.py`). */
const short = (text) => text.replaceAll("\u30fc", "").replace(/([おこそとのほもよろをょ]\u3099?\u309a?)[うお]+/g, "$1").replace(/([うくすつぬふむゆるゅ]\u3099?\u309a?)う+/g, "$1");

/**
 * A field that finds places and opens one.
 * @param {import("./main.js").Page} page
 * @returns {HTMLElement}
 */
export function search(page) {
  const { setup } = page;
  const japanese = setup.lang === "ja";
  const known = [
    ...setup.prefectures.map((each) => ({ id: String(each.code), label: each.label, keys: [each.name, each.romaji, each.kana, each.kana?.replace(KIND, ""), each.label, String(each.code), String(each.code).padStart(2, "0")], size: 1e9 })),
    ...setup.places.map((each) => ({ id: each.code, label: named(each, setup, japanese), keys: [each.name, each.romaji, each.kana, each.code], whole: [whole(each, setup), named(each, setup, japanese)], size: each.population })),
  ].map((each) => ({ ...each, keys: each.keys.filter(Boolean).map(soft).flatMap((key) => [key, short(key)]), whole: each.whole?.map(soft) ?? [] }));
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
    page.sought = place.id;
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
    shown = asked ? found(known, asked) : [];
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

/** @returns {string} a town with its prefecture, as addresses have it. */
function whole(place, setup) {
  return `${setup.prefectures.find((each) => each.code === place.prefecture)?.name ?? ""}${place.name}`;
}

/** Places of that name or code; where there are none, of the name with its prefecture, or without its ending. */
function found(known, asked) {
  const code = CHECKED.map((form) => form.exec(asked)?.[1]).find(Boolean);
  const first = matches(known, code ?? asked);
  if (first.length) return first;
  const addressed = matches(known.map((place) => ({ ...place, keys: place.whole })), asked);
  return addressed.length || !KIND.test(asked) ? addressed : matches(known, asked.replace(KIND, ""));
}

function matches(known, asked) {
  const brief = short(asked);
  const score = (key, text) => (key === text ? 0 : key.startsWith(text) ? 1 : key.includes(text) ? 2 : 9);
  const scored = known.map((place) => [Math.min(...place.keys.map((key) => Math.min(score(key, asked), score(key, brief)))), place]);
  return scored.filter(([score]) => score < 9).sort(([a, one], [b, other]) => a - b || other.size - one.size).slice(0, MOST).map(([, place]) => place);
}
