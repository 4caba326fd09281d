/** One place: its own path with its band, and its deals. */

import { Charts, isStill } from "./chart.js";
import { fill, h } from "./dom.js";
import { table } from "./table.js";
import { t } from "./words.js";

/** The panel below a view. */
export class PlacePanel {
  /** Names of the tables that are open. */
  #opened = new Set();

  /** @param {import("./main.js").Page} page */
  constructor(page) {
    this.page = page;
    this.root = h("section", { class: "place", hidden: true });
    this.charts = new Charts(h("div", { class: "charts" }));
    this.charts.named = true;
  }

  /** Show what has come of a place. */
  show(data, spec) {
    this.root.hidden = false;
    const closing = h("button", { type: "button", class: "button text", onclick: () => {
      this.page.look({ place: null });
      document.getElementById("find")?.focus();
    } }, t("close"));
    fill(this.root, h("div", { class: "view-head" }, h("div", {}, h("h3", {}, data.title), h("p", { class: "caption" }, data.caption)), closing),
      spec ? h("p", { class: "keys" }, this.page.titles().map((title, place) => h("span", { class: `key key-${place}` }, title))) : null,
      spec ? this.charts.root : null, this.#more("table", t("table"), data.table, data.title), this.#more("deals", data.deals?.title, data.deals, data.title));
    if (spec) this.charts.show(spec, data);
  }

  /** Bring it into sight. */
  reveal() {
    this.root.scrollIntoView({ block: "start", behavior: isStill() ? "auto" : "smooth" });
  }

  clear() {
    this.root.hidden = true;
    this.charts.clear();
  }

  /** A table that opens, and stays as it is while frames come. */
  #more(name, summary, given, caption) {
    if (!given?.rows.length) return null;
    return h("details", { open: this.#opened.has(name), ontoggle: ({ target }) => this.#opened[target.open ? "add" : "delete"](name) },
      h("summary", {}, summary), table(given, `${caption}: ${summary}`));
  }
}
