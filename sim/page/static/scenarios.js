/** Scenarios side by side: the baseline and up to three, a preset for each, names that can be changed. */

import { button, dialog, fill, h } from "./dom.js";
import { MOST_SCENARIOS } from "./state.js";
import { t, titled } from "./words.js";

/**
 * A scenario of nothing but its name.
 * @param {Array<Object>} others whose names are taken.
 * @param {Function} say gives a text in both languages.
 * @returns {Object} entry.
 */
export function blank(others, words) {
  const number = free(others, "scenario", 1);
  const title = Object.fromEntries(Object.entries(words).map(([lang, text]) => [lang, text.replace("{number}", number)]));
  return { name: `scenario_${number}`, title, overlay: { extends: "baseline" } };
}

function free(others, stem, from) {
  let number = from;
  while (others.some((entry) => entry.name === `${stem}_${number}`)) number += 1;
  return number;
}

/** @returns {Object} the entry under a name that no other has. */
export function renamed(entry, others) {
  if (!others.some((other) => other.name === entry.name)) return entry;
  const stem = entry.name.replace(/_\d+$/, "");
  return { ...entry, name: `${stem}_${free(others, stem, 2)}` };
}

/** The tabs above the levers. */
export class Scenarios {
  /**
   * @param {Element} root
   * @param {import("./main.js").Page} page
   */
  constructor(root, page) {
    this.root = root;
    this.page = page;
  }

  /** Write the tabs anew. */
  show() {
    const { page } = this;
    const { scenarios } = page.store.state;
    const tabs = [this.#tab(null, -1), ...scenarios.map((entry, place) => this.#tab(entry, place))];
    const more = scenarios.length < MOST_SCENARIOS
      ? this.#adding() : null;
    const entry = page.entry();
    fill(this.root,
      h("div", { class: "scenario-row" }, h("div", { class: "scenario-tabs", role: "tablist", "aria-orientation": "vertical", "aria-label": t("scenarios") }, tabs)),
      h("div", { class: "scenario-tools" }, this.#presets(entry),
        entry ? button(t("rename"), () => this.#rename(entry), { class: "text", id: "rename" }) : null,
        entry && scenarios.length > 1 ? button(t("scenario_drop"), () => this.#drop(), { class: "text", id: "drop" }) : null, more));
  }

  #tab(entry, place) {
    const { page } = this;
    const open = place === page.active;
    return h("button", {
      type: "button", role: "tab", id: `scenario-${place + 1}`, class: `scenario-tab key key-${place + 1}`, "aria-selected": String(open),
      "aria-controls": "levers", tabindex: open ? 0 : -1, onclick: () => page.open(place),
      onkeydown: (event) => {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const count = page.store.state.scenarios.length + 1;
        const next = (place + 1 + step + count) % count;
        page.open(next - 1);
        document.getElementById(`scenario-${next}`)?.focus();
      },
    }, page.name(entry));
  }

  #presets(entry) {
    const { page } = this;
    const select = h("select", { id: "presets", disabled: !entry, onchange: () => {
      const preset = page.setup.presets.find((each) => each.name === select.value);
      if (preset) this.#load(preset);
    } }, h("option", { value: "" }, t("preset_choose")),
    page.setup.presets.filter((preset) => preset.name !== "baseline").map((preset) => h("option", { value: preset.name }, titled(preset.title, preset.name))));
    return h("label", { class: "preset", for: "presets" }, h("span", {}, t("preset")), select);
  }

  #load(preset) {
    const { page } = this;
    const entry = { name: preset.copy ?? preset.name, title: preset.title, overlay: structuredClone(preset.overlay) };
    page.put(page.locked(entry), `preset ${preset.name}`);
  }

  #add() {
    const { page } = this;
    const { scenarios } = page.store.state;
    const source = page.entry();
    const fresh = blank(scenarios, page.setup.both.scenario);
    const entry = source ? { ...fresh, overlay: structuredClone(source.overlay) } : fresh;
    page.store.replace({ scenarios: [...scenarios, entry] }, "add");
    page.open(scenarios.length);
    document.getElementById(`scenario-${scenarios.length + 1}`)?.focus();
  }

  #adding() {
    const adding = button(t("add"), () => this.#add(), { icon: "plus", class: "add text", id: "scenario-add" });
    adding.setAttribute("aria-label", t("scenario_add"));
    adding.title = t("scenario_add");
    return adding;
  }

  #drop() {
    const { page } = this;
    const scenarios = page.store.state.scenarios.filter((_, place) => place !== page.active);
    page.active = Math.min(page.active, scenarios.length - 1);
    page.store.replace({ scenarios }, "drop");
    document.getElementById(`scenario-${page.active + 1}`)?.focus();
  }

  #rename(entry) {
    const { page } = this;
    const field = h("input", { id: "new-name", type: "text", maxlength: 60, required: true, value: page.name(entry) });
    const form = h("form", { class: "form", onsubmit: (event) => {
      event.preventDefault();
      const title = { ...entry.title, en: entry.title?.en || field.value, ja: entry.title?.ja || field.value, [page.setup.lang]: field.value };
      page.change({ ...page.entry(), title }, "rename");
      box.close();
    } }, h("div", { class: "form-row" }, h("label", { for: "new-name" }, t("name_of_scenario")), field), h("button", { type: "submit", class: "button primary" }, t("rename")));
    const box = dialog(t("rename"), [form], { close: t("close") });
    field.select();
  }
}
