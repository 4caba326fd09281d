/** The table behind the map: every municipality, or the prefectures with their bands, at the dates shown. */

import { fill, h } from "./dom.js";
import { table } from "./table.js";
import { t } from "./words.js";

const LISTS = ["municipalities", "prefectures"];

/** @returns {string} a name without case, accents and marks. */
const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f\s\-']/g, "").toLowerCase();

/** Lists what the map shows. */
export class MapTable {
  list = LISTS[0];
  prefecture = "";
  asked = "";

  /** @param {import("./map.js").MapView} view */
  constructor(view) {
    this.view = view;
    this.choices = h("div", { class: "map-tools" });
    this.count = h("p", { class: "hint", role: "status" });
    this.body = h("div");
    this.root = h("div", { class: "map-table" }, this.choices, this.count, this.body);
  }

  /** Write what can be chosen. */
  build() {
    const { prefectures } = this.view.page.setup;
    this.find = h("input", { type: "search", id: "list-find", autocomplete: "off", value: this.asked, oninput: () => this.#chosen("asked", this.find.value) });
    this.ofMunicipalities = [
      this.#choice("prefecture", t("page.views.heads.prefecture"), [["", t("all_japan")], ...prefectures.map((each) => [String(each.code), each.label])]),
      h("div", { class: "choice" }, h("label", { for: "list-find" }, t("list_find")), this.find),
    ];
    fill(this.choices, this.#choice("list", t("list"), LISTS.map((list) => [list, t(`list_${list}`)])), this.ofMunicipalities);
    this.drawn = null;
  }

  #choice(what, label, options) {
    const id = `list-${what}`;
    const select = h("select", { id, onchange: () => this.#chosen(what, select.value) }, options.map(([value, text]) => h("option", { value }, text)));
    select.value = this[what];
    return h("div", { class: "choice" }, h("label", { for: id }, label), select);
  }

  #chosen(what, value) {
    this[what] = value;
    this.show();
  }

  /** List what is chosen, unless the map is drawn or the same is listed already. */
  show() {
    const { view } = this;
    if (!view.asTable || !view.root.isConnected) return;
    const steps = view.panes.map((pane) => pane.step);
    const same = [this.list, this.prefecture, this.asked, view.measure, view.built];
    const key = JSON.stringify([...same, steps, view.map.data.n]);
    if (key === this.drawn?.key && view.map === this.drawn.map) return;
    const scrolled = this.body.querySelector(".table")?.scrollTop ?? 0;
    const more = JSON.stringify(same) === this.drawn?.same ? this.body.querySelectorAll("tbody tr").length : 0;
    this.drawn = { key, map: view.map, same: JSON.stringify(same) };
    const few = this.list === LISTS[0];
    for (const element of this.ofMunicipalities) element.hidden = !few;
    const listed = few ? this.#municipalities(this.#found(), steps) : this.#prefectures();
    fill(this.count, few ? t("list_found", { n: listed.rows.length, of: view.places.length }) : null);
    fill(this.body, table(listed, t("map_listed", { what: few ? view.told() : view.panel.listed, dates: view.dates() }), more));
    this.body.firstChild.scrollTop = scrolled;
  }

  /** Places of the municipalities that are looked for. */
  #found() {
    const { places } = this.view;
    const asked = plain(this.asked);
    const fits = (place) => (!this.prefecture || String(place.prefecture) === this.prefecture) && (!asked || [place.code, place.name, place.romaji].some((text) => plain(text).includes(asked)));
    return places.map((_, order) => order).filter((order) => fits(places[order]));
  }

  /** A column for each date and scenario, and one for each difference. */
  #municipalities(orders, steps) {
    const { view } = this;
    const { map, measure } = view;
    const counted = measure === "under_way";
    const columns = steps.flatMap((step) => view.choices.map(([shown, name]) => {
      const change = shown.endsWith("-");
      const what = change && !counted ? t("in_points", { name }) : name;
      const head = steps.length > 1 ? t("map_listed", { what, dates: view.quarter(step) }) : what;
      return { head, change, values: map.at(measure, Number.parseInt(shown, 10), step, change) };
    }));
    const tell = (value, change) => (counted ? signed(value, change, 1) : signed(100 * value, change, 0) + (change ? "" : "%"));
    return {
      heads: [t("page.views.heads.municipality"), t("code"), t("page.views.heads.prefecture"), ...columns.map((column) => column.head), t("page.views.heads.n")],
      rows: orders.map((order) => {
        const { label, code, prefecture } = view.places[order];
        return [label, code, view.prefecture(prefecture), ...columns.map(({ values, change }) => tell(values[order], change)), String(map.data.n)];
      }),
    };
  }

  #prefectures() {
    const { heads, rows } = this.view.map.data.table;
    const { listed } = this.view.panel;
    return { heads: heads.slice(1), rows: rows.filter(([measure]) => measure === listed).map((row) => row.slice(1)) };
  }

  /** @returns {{heads: Array<string>, rows: Array<Array>}} what is listed, in full: a row for a municipality, date and scenario. */
  whole() {
    const { view } = this;
    if (this.list === LISTS[1]) return view.map.data.table;
    const { map, places } = view;
    const names = map.data.scenarios.map((_, place) => view.choices[place][1]);
    const rows = view.panes.flatMap(({ step }) => names.flatMap((name, scenario) => {
      const values = map.measures.map((panel) => map.at(panel.name, scenario, step, false));
      return places.map(({ code, label, prefecture }, order) => [code, label, view.prefecture(prefecture), map.data.steps[step], name, ...values.map((each) => Number(each[order].toFixed(4))), map.data.n]);
    }));
    const said = ["municipality", "prefecture", "quarter", "scenario"].map((head) => t(`page.views.heads.${head}`));
    return { heads: [t("code"), ...said, ...map.measures.map((panel) => `${panel.title} (${panel.unit})`), t("page.views.heads.n")], rows };
  }
}

function signed(value, change, digits) {
  const size = Math.abs(value).toFixed(digits);
  const sign = Number(size) === 0 ? "" : value < 0 ? "\u2212" : change ? "+" : "";
  return sign + size;
}
