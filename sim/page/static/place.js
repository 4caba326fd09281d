/** One place: its own path with its band, and its deals. */

import { Charts, isStill } from "./chart.js";
import { fill, h } from "./dom.js";
import { table } from "./table.js";
import { t } from "./words.js";

/** The panel below a view. */
export class PlacePanel {
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
      spec ? this.charts.root : null, h("details", {}, h("summary", {}, t("table")), table(data.table, data.title)));
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
}
