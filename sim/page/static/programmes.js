/** Programmes of a scenario: a lever paid by the nation or a prefecture, for some places, from a year on. */

import { button, dialog, h } from "./dom.js";
import { LAST } from "./money.js";
import { t, yen } from "./words.js";

/**
 * The programmes of a scenario, and a button that adds one.
 * @param {import("./main.js").Page} page
 * @param {Object|null} entry
 * @returns {HTMLElement}
 */
export function programmes(page, entry) {
  const list = Object.entries(entry?.overlay.programmes ?? {}).map(([name, programme]) => shown(page, name, programme));
  return h("details", { class: "more", id: "programmes", open: list.length > 0 || document.getElementById("programmes")?.open },
    h("summary", {}, t("programmes")),
    h("p", { class: "hint" }, t("programmes_hint")),
    h("ul", { class: "programmes" }, list),
    entry ? button(t("programme_add"), () => add(page), { icon: "plus", id: "programme-add" }) : null);
}

function shown(page, name, programme) {
  if (!programme) return null;
  const lever = page.setup.levers.find((each) => each.name === programme.lever)?.label ?? programme.lever ?? name;
  const money = typeof programme.money === "number" ? yen(programme.money)
    : Object.entries(programme.money ?? {}).map(([year, sum]) => `${t("fy", { year })}: ${yen(sum)}`).join(", ");
  const payer = place(page, programme.payer?.prefecture) ?? t("nation");
  const target = place(page, programme.for?.prefecture) ?? (programme.for?.need ? t("for_need") : programme.for?.where ? t("for_small") : t("for_all"));
  const text = t("programme", { lever, payer, target, money });
  return h("li", {}, h("span", {}, text), button(t("programme_drop", { name: lever }), () => drop(page, name), { icon: "close", bare: true, class: "small" }));
}

function place(page, code) {
  if (code === undefined) return null;
  return page.setup.prefectures.find((each) => each.code === Number(code))?.label ?? String(code);
}

function drop(page, name) {
  const entry = page.entry();
  const { [name]: _, ...kept } = entry.overlay.programmes;
  const { programmes: __, ...overlay } = entry.overlay;
  page.change(page.locked({ ...entry, overlay: Object.keys(kept).length ? { ...overlay, programmes: kept } : overlay }), `drop ${name}`);
  document.getElementById("programme-add")?.focus();
}

function choice(id, label, options) {
  const select = h("select", { id }, options.map(([value, text]) => h("option", { value }, text)));
  return [select, h("div", { class: "form-row" }, h("label", { for: id }, label), select)];
}

function add(page) {
  const { setup } = page;
  const prefectures = setup.prefectures.map((each) => [each.code, each.label]);
  const [lever, leverRow] = choice("p-lever", t("lever"), setup.levers.map((each) => [each.name, each.label]));
  const [payer, payerRow] = choice("p-payer", t("payer"), [["", t("nation")], ...prefectures]);
  const targets = [["", t("for_all")], ["need", t("for_need")], ["small", t("for_small")], ...prefectures];
  const [target, targetRow] = choice("p-for", t("for_whom"), targets);
  const years = Array.from({ length: LAST - 2018 }, (_, place) => [2019 + place, t("fy", { year: String(2019 + place) })]);
  const [from, fromRow] = choice("p-from", t("from"), years);
  const sum = h("input", { id: "p-sum", type: "number", min: 0, step: "any", value: 100, required: true });
  const sumRow = h("div", { class: "form-row" }, h("label", { for: "p-sum" }, t("money_a_year")), sum);
  payer.addEventListener("change", () => payer.value && (target.value = payer.value));
  const form = h("form", { class: "form", onsubmit: (event) => {
    event.preventDefault();
    write(page, { lever: lever.value, payer: payer.value, target: target.value, from: from.value, money: Number(sum.value) });
    box.close();
  } }, leverRow, payerRow, targetRow, fromRow, sumRow, h("button", { type: "submit", class: "button primary" }, t("programme_add")));
  const box = dialog(t("programme_add"), [h("p", {}, t("programmes_hint")), form], { close: t("close") });
}

function write(page, asked) {
  const entry = page.entry();
  const have = entry.overlay.programmes ?? {};
  let count = Object.keys(have).length + 1;
  while (`programme_${count}` in have) count += 1;
  const programme = { lever: asked.lever, money: { [asked.from]: asked.money } };
  if (asked.payer) programme.payer = { prefecture: Number(asked.payer) };
  if (asked.target === "need") programme.for = { need: "bottom_quartile" };
  else if (asked.target === "small") programme.for = { where: "population < 10000" };
  else if (asked.target) programme.for = { prefecture: Number(asked.target) };
  const all = { ...have, [`programme_${count}`]: programme };
  page.change(page.locked({ ...entry, overlay: { ...entry.overlay, programmes: all } }), `add programme ${count}`);
}
