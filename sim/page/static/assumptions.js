/** What is assumed: parameters that move the baseline and all scenarios alike, apart from the levers. */

import { button, dialog, fill, h } from "./dom.js";
import { number, t } from "./words.js";

/**
 * What is assumed otherwise, in words; empty where all is as in the model.
 * @param {import("./main.js").Page} page
 * @returns {string}
 */
export function assumedOtherwise(page) {
  const { assumptions } = page.setup;
  const said = Object.entries(page.store.state.assumed).map(([name, value]) => {
    const known = assumptions.find((each) => each.name === name);
    return known ? t("assumed_one", { label: known.label, value: written(value), model: written(known.value) }) : `${name} ${written(value)}`;
  });
  return said.length ? t("assumed_changed", { list: said.join(t("comma")) }) : "";
}

/** @returns {string} a value with as many places as ranges of 0.0001 to 30,000 need. */
function written(value) {
  return number(value, Math.abs(value) < 1 ? 3 : 2);
}

/** The section below the levers; it is built once for a language and then only brought up to date. */
export class Assumptions {
  #rows = [];

  /**
   * @param {Element} root
   * @param {import("./main.js").Page} page
   */
  constructor(root, page) {
    this.page = page;
    this.#rows = page.setup.assumptions.map((each) => this.#row(each));
    this.back = button(t("assumed_reset"), () => this.#become({}, "model"), { class: "text" });
    this.back.id = "assumed-back";
    this.box = h("details", { class: "more" }, h("summary", {}, t("assumptions")), h("p", { class: "hint" }, t("assumed_hint")), this.#rows.map((row) => row.element), this.back);
    fill(root, this.box);
    this.show();
  }

  /** Show what the state assumes. */
  show() {
    const { assumed } = this.page.store.state;
    for (const row of this.#rows) this.#update(row, assumed[row.known.name] ?? row.known.value);
    this.back.hidden = !Object.keys(assumed).length;
    if (!this.back.hidden) this.box.open = true;
  }

  #row(known) {
    const id = `assumed-${known.name}`;
    const { low, high, step } = known;
    const slider = h("input", { type: "range", id, min: low, max: high, step, class: "slider", oninput: () => this.#set(known, Number(slider.value)) });
    const field = h("input", { type: "number", min: low, max: high, step: "any", class: "sum", id: `${id}-value`, "aria-label": `${known.label} (${known.unit})`,
      onchange: () => this.#set(known, Math.min(high, Math.max(low, Number(field.value) || 0))) });
    const mark = h("i", { class: "mark" });
    mark.style.insetInlineStart = `calc(8px + (100% - 16px) * ${(known.value - low) / (high - low)})`;
    const model = h("span", { class: "change" });
    const element = h("div", { class: "lever assumption" },
      h("div", { class: "lever-head" }, h("label", { for: id }, known.label),
        h("button", { type: "button", class: "why", "aria-label": t("why", { what: known.label }), onclick: () => explain(known) }, "?")),
      h("div", { class: "track" }, slider, mark),
      h("div", { class: "lever-foot" }, field, h("span", { class: "unit" }, t("assumed_range", { low: written(low), high: written(high), unit: known.unit }))),
      h("p", { class: "buys" }, model));
    return { known, slider, field, element, model };
  }

  #update({ known, slider, field, element, model }, value) {
    if (document.activeElement !== slider) slider.value = value;
    if (document.activeElement !== field || Number(field.value) !== value) field.value = value;
    slider.setAttribute("aria-valuetext", t("assumed_valuetext", { value: written(value), unit: known.unit, model: written(known.value) }));
    element.classList.toggle("changed", value !== known.value);
    model.textContent = value === known.value ? "" : t("assumed_model", { value: written(known.value) });
  }

  #set(known, value) {
    const { [known.name]: _, ...others } = this.page.store.state.assumed;
    const near = Math.abs(value - known.value) < known.step / 2;
    this.#become(near ? others : { ...others, [known.name]: value }, known.name);
  }

  #become(assumed, key) {
    this.page.store.set({ assumed }, `assume ${key}`);
  }
}

function explain(known) {
  const facts = [["what_it_does", known.meaning], ["assumed_plausible", t("assumed_range", { low: written(known.low), high: written(known.high), unit: known.unit })],
    ["source", known.source]];
  const list = h("dl", { class: "facts" }, facts.map(([id, text]) => [h("dt", {}, t(id)), h("dd", {}, text)]).flat());
  dialog(known.label, [list, h("p", { class: "hint" }, t("assumed_note"))], { close: t("close") });
}
