/** The views: which are there, the one that is shown, and what can be done with it. */

import { assumedOtherwise } from "./assumptions.js";
import { Charts } from "./chart.js";
import { button, dialog, fill, h, save } from "./dom.js";
import { MapView } from "./map.js";
import { drawing, pixels } from "./picture.js";
import { PlacePanel } from "./place.js";
import { table } from "./table.js";
import { t } from "./words.js";

/** In this order; a view that the server does not know is not shown. */
export const ORDER = ["effects", "over_time", "goals", "lost", "left_behind", "map", "network", "money"];

/** Views whose marks are scenarios, in colours that one legend above them tells; others have their own. */
const BY_SCENARIO = new Set(["effects", "over_time", "goals", "left_behind", "money"]);

/**
 * What lines belong to which scenario.
 * @param {import("./main.js").Page} page
 * @returns {Array<HTMLElement>}
 */
export function keys(page) {
  return page.titles().map((title, place) => h("span", { class: `key key-${place}` }, title));
}

/** The tabs of the views and the one that is open. */
export class Views {
  #data = null;
  #name = null;
  #asTable = false;

  /**
   * @param {Element} tabs
   * @param {Element} root
   * @param {import("./main.js").Page} page
   */
  constructor(tabs, root, page) {
    this.tabs = tabs;
    this.root = root;
    this.page = page;
    this.body = h("div", { class: "view-body" });
    this.charts = new Charts(h("div", { class: "charts" }));
    this.map = new MapView(page);
    this.place = new PlacePanel(page);
    document.addEventListener("fullscreenchange", () => this.#enlarged(document.fullscreenElement === this.root));
    addEventListener("keydown", (event) => event.key === "Escape" && this.root.classList.contains("large") && !document.querySelector("dialog, .tour") && this.#enlarged(false));
  }

  /** @returns {Array<string>} names of the views to ask the server for. */
  wanted() {
    const { view, place } = this.page.store.state;
    return ["answer", view, ...(place && view !== "place" ? ["place"] : [])];
  }

  /** Write the tabs and the frame of the view that is open. */
  build() {
    const { store } = this.page;
    const names = ORDER.filter((name) => this.page.setup.views.includes(name));
    const open = names.includes(store.state.view) ? store.state.view : names[0];
    fill(this.tabs, names.map((name) => h("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(name === open), "aria-controls": "view",
      tabindex: name === open ? 0 : -1, class: "tab",
      onclick: () => this.page.look({ view: name }), onkeydown: (event) => this.#arrow(event, names),
    }, t(`view_${name}`))));
    this.root.setAttribute("aria-labelledby", `tab-${open}`);
    this.#name = null;
    this.#data = null;
    this.charts.clear();
    this.title = h("h2", { class: "view-title" }, t(`view_${open}`));
    this.caption = h("p", { class: "caption" });
    this.key = h("p", { class: "keys" });
    this.tools = h("div", { class: "tools" },
      open === "map" ? null : this.#year(), this.#toggle(), this.#larger(),
      button(t("save_svg"), () => this.#save("svg"), { icon: "down", class: "text" }),
      button(t("save_png"), () => this.#save("png"), { icon: "down", class: "text" }),
      h("button", { type: "button", class: "why", "aria-label": t("why", { what: t(`view_${open}`) }), onclick: () => this.#explain() }, "?"));
    fill(this.body, h("p", { class: "waiting" }, t("waiting")));
    fill(this.root, h("div", { class: "view-head" }, this.title, this.tools), this.caption, this.key, this.body, this.place.root);
    this.place.clear();
  }

  /** Show what has come for the view that is open. */
  show(views) {
    const { view } = this.page.store.state;
    const name = views[view] ? view : Object.keys(views).find((each) => each !== "answer" && each !== "place");
    if (views.place && view !== "place") this.place.show(views.place, this.page.specs.place);
    else if (!this.page.store.state.place) this.place.clear();
    if (!name) return;
    this.#data = views[name];
    this.title.textContent = this.#data.title;
    fill(this.caption, this.#data.caption, " ", h("span", { class: "who" }, this.#who()));
    this.#draw(name);
  }

  /** The year that figures tell of, where they tell of one. */
  #year() {
    const { years } = this.page.setup;
    const last = years?.last ?? 2030;
    const select = h("select", { id: "year", onchange: () => this.page.look({ year: Number(select.value) }) });
    for (let year = 2018; year <= last; year += 1) select.append(h("option", { value: year }, String(year)));
    select.value = Math.min(this.page.store.state.year ?? last, last);
    return h("label", { class: "choose-year", for: "year" }, t("year"), select);
  }

  /** Which scenarios, so that a picture taken out of here still says it. */
  #who() {
    return [t("shows", { scenarios: this.page.titles().join(t("comma")) }), this.page.folder ? "" : assumedOtherwise(this.page)].join(" ").trim();
  }

  #draw(name) {
    const data = this.#data;
    const spec = this.page.specs[name];
    fill(this.key);
    if (this.#asTable || (!spec && name !== "map")) return this.#place(`table ${name}`, () => table(data.table, data.title), true);
    if (name === "map") {
      this.#place("map", () => this.map.root, false);
      return this.map.show(data);
    }
    this.#place(`chart ${name}`, () => this.charts.root, false);
    this.charts.named = BY_SCENARIO.has(name);
    // effects are held against the baseline, which has no mark of its own
    fill(this.key, this.charts.named ? keys(this.page).slice(name === "effects" ? 1 : 0) : null);
    return this.charts.show(spec, data);
  }

  /** Put a body in place, unless it is there. */
  #place(key, make, anew) {
    if (this.#name === key && !anew) return;
    const scrolled = this.body.querySelector(".table")?.scrollTop ?? 0;
    this.#name = key;
    fill(this.body, make());
    const now = this.body.querySelector(".table");
    if (now) now.scrollTop = scrolled;
  }

  #toggle() {
    const toggle = button(t("table"), () => {
      this.#asTable = !this.#asTable;
      toggle.setAttribute("aria-pressed", String(this.#asTable));
      this.charts.clear();
      if (this.#data) this.show({ [this.page.store.state.view]: this.#data });
    }, { icon: "table" });
    toggle.setAttribute("aria-pressed", String(this.#asTable));
    toggle.id = "as-table";
    return toggle;
  }

  #arrow(event, names) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const now = names.findIndex((name) => `tab-${name}` === event.target.id);
    this.page.look({ view: names.at((now + step + names.length) % names.length) });
    document.getElementById(`tab-${this.page.store.state.view}`)?.focus();
  }

  #larger() {
    const toggle = button(t("enlarge"), () => this.#enlarge(), { icon: "enlarge", bare: true, id: "enlarge" });
    toggle.setAttribute("aria-pressed", String(this.root.classList.contains("large")));
    return toggle;
  }

  async #enlarge() {
    if (this.root.classList.contains("large")) return document.fullscreenElement ? document.exitFullscreen() : this.#enlarged(false);
    try {
      await this.root.requestFullscreen();
    } catch {
      this.#enlarged(true);
    }
    return undefined;
  }

  /** For a projector: all else is out of reach, and what is drawn has larger letters. */
  #enlarged(large) {
    if (large === this.root.classList.contains("large")) return;
    this.root.classList.toggle("large", large);
    for (const id of ["skip", "head", "answer", "numbers", "panel", "foot", "jump"]) document.getElementById(id).inert = large;
    this.tabs.parentElement.inert = large;
    document.getElementById("enlarge")?.setAttribute("aria-pressed", String(large));
    for (const charts of [this.charts, this.place.charts]) charts.enlarge(large);
    if (this.page.last) this.show(this.page.last);
  }

  async #save(kind) {
    if (!this.#data) return;
    const { state } = this.page.store;
    const name = `${state.view}-${this.#data.quarter}`;
    if (state.view === "map" && kind === "png") return save(await this.map.picture(), `${name}.png`);
    const drawings = state.view === "map" ? [await this.map.drawing()] : await this.charts.drawings();
    const svg = drawing({ title: this.#data.title, caption: this.#data.caption, note: this.#who() }, drawings);
    return save(kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await pixels(svg), `${name}.${kind}`);
  }

  #explain() {
    const { view } = this.page.store.state;
    const paragraphs = [t(`about_${view}`), t("about_band"), t("about_limits")];
    dialog(t(`view_${view}`), paragraphs.map((text) => h("p", {}, text)), { close: t("close") });
  }
}
