/** Finds a municipality or prefecture by name, kana, romaji or code. */

import { fill, h } from "./dom.js";
import { t } from "./words.js";

const MOST = 8;

/** @returns {string} a name without case, accents, hyphens and spaces. */
const plain = (text) => String(text ?? "").normalize("NFKD").replace(/[\u0300-\u036f\s\-']/g, "").toLowerCase();
/** @returns {string} the same with katakana as hiragana. */
const soft = (text) => plain(text.normalize("NFKC")).replace(/[\u30a1-\u30f6]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60));

/** @returns {string} hiragana without what makes a vowel long, as the readings of towns are (`sim/page/readings.py`). */
const short = (text) => text.replaceAll("\u30fc", "").replace(/([おこそとのほもよろをょ]\u3099?\u309a?)[うお]+/g, "$1").replace(/([うくすつぬふむゆるゅ]\u3099?\u309a?)う+/g, "$1");

/** What kind of place it is, at the end of a name in hiragana; readings of towns go without. */
const KIND = /(し|ちょ|まち|むら|そん|く)$/;
/** A code with its check digit, as official lists have it. */
const SIX_DIGITS = /^\d{6}$/;

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
    ...setup.places.map((each) => ({ id: each.code, label: named(each, setup, japanese), within: japanese ? prefecture(each, setup) : "", keys: [each.name, each.romaji, each.kana, each.code], size: each.population })),
  ].map((each) => ({ ...each, whole: soft(each.label), within: soft(each.within ?? each.label), keys: each.keys.filter(Boolean).map(soft).flatMap((key) => [key, short(key)]) }));
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

function prefecture(place, setup) {
  return setup.prefectures.find((each) => each.code === place.prefecture)?.label ?? "";
}

function named(place, setup, japanese) {
  const where = prefecture(place, setup);
  return japanese ? `${where}${place.name}` : `${place.romaji}, ${where}`;
}

function matches(known, given) {
  const asked = SIX_DIGITS.test(given) ? given.slice(0, 5) : given;
  const brief = short(asked);
  const bare = brief.replace(KIND, "");
  const score = (key, text) => (key === text ? 0 : key.startsWith(text) ? 1 : key.includes(text) ? 2 : 9);
  const best = (key) => Math.min(score(key, asked), score(key, brief), key === bare ? 1 : 9);
  // a name that goes on after that of its prefecture
  const whole = (place) => (asked.length > place.within.length && place.whole.startsWith(asked) ? 1 : 9);
  const scored = known.map((place) => [Math.min(whole(place), ...place.keys.map(best)), place]);
  return scored.filter(([score]) => score < 9).sort(([a, one], [b, other]) => a - b || other.size - one.size).slice(0, MOST).map(([, place]) => place);
}
