/** The map of Japan; see the next piece. */

import { h } from "./dom.js";
import { table } from "./table.js";

/** For now the table that tells the same. */
export class MapView {
  constructor() {
    this.root = h("div", { class: "map" });
  }

  show(data) {
    this.root.replaceChildren(table(data.table, data.title));
  }
}
