/** The panel of levers: slider, number and year for each, what it buys, and the budget that may be locked. */

import { button, dialog, fill, h, icon } from "./dom.js";
import { FROM, LAST, valueAt, withLever, withoutLever } from "./money.js";
import { programmes } from "./programmes.js";
import { number, t, yen } from "./words.js";

/** Sliders move finely where sums are small: the position is the square root of the share of the end. */
const STEPS = 200;
const toPosition = (value, end) => Math.round(STEPS * Math.sqrt(Math.max(0, value) / end));
const toValue = (position, end) => tidy(end * (position / STEPS) ** 2);

/** @returns {number} a sum as people would name it: 3, 45, 620, 1,250. */
function tidy(value) {
  const step = value < 20 ? 1 : value < 200 ? 5 : value < 1000 ? 10 : 50;
  return Math.round(value / step) * step;
}

/** The panel; it is built once for a scenario and afterwards only brought up to date, so that a drag is not cut off. */
export class Levers {
  #rows = new Map();
  #shown = null;
  /** The lever that was moved last, and the entry before its first move and after its last one. */
  #moved = { name: null, before: null, after: null };

  /**
   * @param {Element} root
   * @param {import("./main.js").Page} page with `store`, `money`, `setup`, `entry()` and `change(entry, key)`.
   */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.assumed = h("section", { "aria-label": t("assumptions") });
  }

  /** Show the scenario that is being edited. */
  show() {
    const { page } = this;
    const entry = page.entry();
    const built = `${page.active}/${entry ? Object.keys(entry.overlay.programmes ?? {}).join() : "-"}/${page.setup.lang}`;
    if (built !== this.#shown) {
      this.#shown = built;
      this.#build(entry);
    }
    for (const row of this.#rows.values()) this.#update(row, entry);
    this.#budget(entry);
  }

  /** Build anew at the next showing. */
  stale() {
    this.#shown = null;
  }

  #build(entry) {
    const { setup } = this.page;
    this.#rows.clear();
    this.budget = h("div", { class: "budget" });
    const rows = setup.levers.map((lever) => this.#row(lever));
    const note = entry ? null : h("p", { class: "hint" }, t("baseline_hint"));
    const settings = setup.settings.map((setting) => this.#setting(setting, entry));
    const more = h("details", { class: "more" }, h("summary", {}, t("settings")), settings);
    fill(this.root, this.budget, h("div", { class: "levers", id: "lever-rows", tabindex: "-1" }, note, rows, more, programmes(this.page, entry), this.assumed));
  }

  #row(lever) {
    const id = `lever-${lever.name.replaceAll(".", "-")}`;
    const row = { lever, end: lever.high, from: FROM };
    const move = (value, key) => this.#move(row, value, key);
    row.slider = h("input", {
      type: "range", id, min: 0, max: STEPS, step: 1, class: "slider",
      oninput: () => move(toValue(Number(row.slider.value), row.end), `drag ${lever.name}`),
    });
    row.field = h("input", {
      type: "number", id: `${id}-sum`, min: 0, step: "any", inputmode: "decimal", class: "sum", "aria-label": t("sum_of", { lever: lever.label }),
      oninput: () => row.field.value !== "" && Number(row.field.value) >= 0 && move(Number(row.field.value), `type ${lever.name}`),
      onchange: () => this.#update(row, this.page.entry()), // what was typed and is no sum does not stay as if it were one
    });
    row.years = h("select", { class: "from", "aria-label": t("from_of", { lever: lever.label }), onchange: () => this.#date(row) });
    for (let year = 2018; year <= LAST; year += 1) row.years.append(h("option", { value: year }, t("fy", { year: String(year) })));
    row.mark = h("i", { class: "mark", title: t("baseline_mark", { value: yen(valueAt(lever.path, FROM)) }) });
    row.mark.style.insetInlineStart = `calc(8px + (100% - 16px) * ${toPosition(valueAt(lever.path, FROM), row.end) / STEPS})`;
    row.change = h("span", { class: "change" });
    row.band = h("i", { class: "group-band", hidden: true }, h("b"));
    row.groups = h("p", { class: "buys group-range", hidden: true });
    row.reset = button(t("lever_reset", { lever: lever.label }), () => this.#reset(row), { icon: "reset", bare: true, class: "small" });
    row.element = h("div", { class: "lever" },
      h("div", { class: "lever-head" }, h("label", { for: id }, lever.label), h("span", { class: "lever-tools" }, row.reset,
        h("button", { type: "button", class: "why", "aria-label": t("why", { what: lever.label }), onclick: () => this.#explain(lever) }, "?"))),
      h("div", { class: "track" }, row.slider, row.mark, row.band),
      h("div", { class: "lever-foot" }, row.field, h("span", { class: "unit" }, t("unit_a_year")), row.years),
      h("p", { class: "buys" }, row.change), row.groups);
    this.#rows.set(lever.name, row);
    return row.element;
  }

  #update(row, entry) {
    const { money } = this.page;
    const { lever } = row;
    row.from = money.from(entry, lever.name);
    const value = valueAt(money.path(entry, lever.name), row.from);
    const before = valueAt(lever.path, row.from);
    if (value > row.end) row.end = value;
    const position = toPosition(value, row.end);
    if (document.activeElement !== row.slider || toValue(Number(row.slider.value), row.end) !== value) row.slider.value = position;
    if (document.activeElement !== row.field || Number(row.field.value) !== value) row.field.value = value;
    row.slider.setAttribute("aria-valuetext", t("valuetext", { value: yen(value), before: yen(before) }));
    row.slider.style.setProperty("--filled", `${(100 * position) / STEPS}%`);
    row.years.value = row.from;
    for (const control of [row.slider, row.field, row.years]) control.disabled = !entry;
    const changed = Math.abs(value - before) > 0.01;
    row.element.classList.toggle("changed", changed);
    row.reset.hidden = !changed;
    fill(row.change, this.#bought(lever, value, before));
    this.#range(row);
  }

  /** How far the groups of a workshop lie apart: in words, and as a band from the lowest to the highest with the median. */
  #range(row) {
    const range = this.page.ranges[row.lever.name];
    row.groups.hidden = row.band.hidden = !range;
    if (!range) return;
    row.groups.textContent = range.text;
    const [low, middle, high] = [range.low, range.middle, range.high].map((value) => Math.min(1, toPosition(value, row.end) / STEPS));
    row.band.style.insetInlineStart = `calc(8px + (100% - 16px) * ${low})`;
    row.band.style.inlineSize = `calc((100% - 16px) * ${high - low})`;
    row.band.firstChild.style.insetInlineStart = `${high > low ? (100 * (middle - low)) / (high - low) : 0}%`;
  }

  /** The consequence beside the slider: what the money buys a year, and how much more that is than today. */
  #bought(lever, value, before) {
    const more = value - before;
    const change = Math.abs(more) < 0.01 ? t("as_baseline") : t(more > 0 ? "more_than" : "less_than", { value: yen(Math.abs(more)) });
    const bought = lever.bought.replace("{money}", yen(value)).replace("{count}", number(lever.price ? Math.floor(value / lever.price) : 0));
    return t("two_facts", { one: value > 0 ? bought : lever.nothing, other: change });
  }

  #move(row, value, key) {
    const { page } = this;
    const entry = page.entry();
    if (!entry) return;
    const { name } = row.lever;
    // a lever that goes far and comes back brings back what it took from the others under a lock
    const before = this.#moved.name === name && this.#moved.after === entry ? this.#moved.before : entry;
    const next = page.locked(page.money.moved(before, name, value, row.from), name);
    this.#moved = { name, before, after: next };
    page.change(next, key);
  }

  #date(row) {
    const entry = this.page.entry();
    const value = valueAt(this.page.money.path(entry, row.lever.name), row.from);
    this.page.change(this.page.locked(withLever(entry, row.lever.name, { [row.years.value]: value }), row.lever.name), `from ${row.lever.name}`);
  }

  #reset(row) {
    const entry = withoutLever(this.page.entry(), row.lever.name);
    const path = this.page.money.path(entry, row.lever.name);
    const same = valueAt(path, LAST) === valueAt(row.lever.path, LAST);
    const next = same ? entry : withLever(entry, row.lever.name, row.lever.path);
    this.page.change(this.page.locked(next, row.lever.name), `reset ${row.lever.name}`);
    row.slider.focus();
  }

  #setting(setting, entry) {
    const value = entry ? (at(entry.overlay.levers, setting.name) ?? setting.value) : setting.value;
    const id = `setting-${setting.name.replaceAll(".", "-")}`;
    const field = h("input", {
      type: "number", id, min: setting.low, max: setting.high, step: "any", value, class: "sum", disabled: !entry,
      onchange: () => {
        const given = Math.min(setting.high, Math.max(setting.low, Number(field.value)));
        field.value = given;
        this.page.change(withLever(this.page.entry(), setting.name, given), `set ${setting.name}`);
      },
    });
    return h("div", { class: "setting" }, h("label", { for: id }, setting.label), field,
      h("span", { class: "unit" }, t("assumed_range", { low: number(setting.low), high: number(setting.high), unit: "" })));
  }

  #budget(entry) {
    const { page } = this;
    const { money, store } = page;
    const { lock } = store.state;
    const totals = store.state.scenarios.map((each) => money.total(each));
    const end = Math.max(lock ?? 0, 1, ...totals) * 1.1;
    const bars = store.state.scenarios.map((each, place) => this.#bar(each, totals[place], end, place));
    const locked = lock !== null;
    const text = locked ? t("locked_at", { value: yen(Math.round(lock)) }) : t("lock");
    const toggle = h("button", { type: "button", class: "button lock", id: "lock", "aria-pressed": String(locked), disabled: !entry, onclick: () => this.#lock() },
      icon(locked ? "lock" : "open"), h("span", {}, text));
    fill(this.budget,
      h("div", { class: "budget-head" }, h("h3", {}, t("budget")), toggle),
      bars.length ? bars : h("p", { class: "hint" }, t("no_scenario")),
      h("p", { class: "hint" }, locked ? t("lock_hint_on") : t("budget_hint")));
  }

  #bar(entry, total, end, place) {
    const { money, store } = this.page;
    const bar = h("div", { class: "bar", "aria-hidden": "true" });
    for (const [order, { name, label }] of this.page.setup.levers.entries()) {
      const added = money.added(entry, name);
      if (added <= 0.05) continue;
      const part = h("span", { class: `part tone-${order % 7}`, title: `${label} ${number(added)}` });
      part.style.inlineSize = `${(100 * added) / end}%`;
      bar.append(part);
    }
    if (store.state.lock !== null) {
      const mark = h("i", { class: "lock-mark" });
      mark.style.insetInlineStart = `${(100 * store.state.lock) / end}%`;
      bar.append(mark);
    }
    const value = t("budget_of", { sign: total < -0.5 ? "\u2212" : "+", value: yen(Math.abs(Math.round(total))) });
    const left = store.state.lock !== null && Math.abs(store.state.lock - total) >= 1 ? ` ${t("left_over", { value: yen(Math.round(store.state.lock - total)) })}` : "";
    return h("div", { class: "bar-row" }, h("span", { class: `key key-${place + 1}` }, this.page.name(entry)), h("span", { class: "bar-sum" }, value + left), bar);
  }

  /** Lock at what the edited scenario spends and bring the others there; or open again. */
  #lock() {
    const { money, store } = this.page;
    const { scenarios, lock } = store.state;
    if (lock !== null) return store.replace({ lock: null }, "open");
    const sum = money.total(this.page.entry());
    store.replace({ lock: sum, scenarios: scenarios.map((entry) => money.balanced(entry, null, sum)) }, "lock");
  }

  #explain(lever) {
    const parts = [["what_it_does", lever.meaning], ["what_it_buys", lever.buys], ["unit_cost", lever.unit_cost],
      ["absorbs", absorbs(lever)], ["stands_for", lever.programme],
      ["budget_line", lever.budget_line], ["source", lever.source], ["assumed", lever.assumed]];
    const list = h("dl", { class: "facts" });
    for (const [id, text] of parts) if (text) list.append(h("dt", {}, t(id)), h("dd", {}, text));
    dialog(lever.label, [list, h("p", { class: "hint" }, t("lever_note"))], { close: t("close") });
  }
}

/** @returns {string|null} how much of it can be spent, where that has an end. */
function absorbs({ absorbed, spent }) {
  if (!absorbed) return null;
  return spent ? t("absorbs_text", { given: yen(absorbed), spent: yen(spent) }) : t("absorbs_limit", { value: yen(absorbed) });
}

/** @returns {number|undefined} what nested sections say of a dotted name. */
function at(sections, name) {
  return name.split(".").reduce((found, part) => (found === undefined || found === null ? undefined : found[part]), sections);
}
