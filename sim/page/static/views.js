/** The views: which are there, the one that is shown, and what can be done with it. */

import { assumedOtherwise } from "./assumptions.js";
import { answers } from "./answers.js";
import { Charts, isDark } from "./chart.js";
import { button, dialog, fill, h, save } from "./dom.js";
import { Groups } from "./groups.js";
import { MapView } from "./map.js";
import { drawing, pixels } from "./picture.js";
import { PlacePanel } from "./place.js";
import { csv, table } from "./table.js";
import { t } from "./words.js";

/** In this order; a view that the server does not know is not shown. */
export const ORDER = ["effects", "over_time", "goals", "lost", "left_behind", "map", "network", "money", "groups"];

/** Views whose marks are scenarios, in colours that one legend above them tells; others have their own. */
const BY_SCENARIO = new Set(["effects", "over_time", "goals", "left_behind", "money", "scenarios"]);
/** Views of a year that is chosen; those of a design are of the last quarter that was kept. */
const TIMED = new Set(ORDER);
const SAVED = ["svg", "png"];
const LONGEST = 110;

/**
 * What lines belong to which scenario.
 * @param {import("./main.js").Page} page
 * @returns {Array<HTMLElement>}
 */
export function keys(page) {
  return page.titles().map((title, place) => h("span", { class: `key key-${place}` }, title));
}

/** @returns {HTMLElement} what a colour tells that no scenario has. */
function swatch({ title, colour }) {
  const key = h("span", { class: "key" }, title);
  key.style.setProperty("--tone", colour);
  return key;
}

/** The tabs of the views and the one that is open. */
export class Views {
  #data = null;
  #name = null;
  #asTable = false;
  #ended = new AbortController();

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
    this.groups = new Groups(page);
    const { signal } = this.#ended;
    document.addEventListener("fullscreenchange", () => this.#enlarged(document.fullscreenElement === this.root), { signal });
    addEventListener("keydown", (event) => event.key === "Escape" && this.root.classList.contains("large") && !document.querySelector("dialog, .tour") && this.#enlarged(false), { signal });
  }

  /** Give up what is drawn and listened to: others take the place of these views. */
  end() {
    this.#ended.abort();
    for (const charts of [this.charts, this.place.charts]) charts.end();
  }

  /** @returns {Array<string>} names of the views to ask the server for. */
  wanted() {
    const { place } = this.page.store.state;
    return ["answer", this.open(), ...(place ? ["place"] : [])];
  }

  /** @returns {Array<string>} names of the views that there are: of a folder, those that it has. */
  names() {
    return this.page.folder ? this.page.folder.tabs ?? [] : ORDER.filter((name) => this.page.setup.views.includes(name));
  }

  /** @returns {string} the view that is open: that of the link, or the first one. */
  open() {
    const { view } = this.page.store.state;
    const names = this.names();
    return names.length && !names.includes(view) ? names[0] : view;
  }

  /** Write the tabs and the frame of the view that is open. */
  build() {
    const names = this.names();
    const open = this.open();
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
      open === "map" || !TIMED.has(open) ? null : this.#year(), open === "answers" ? null : this.#toggle(), this.#larger(),
      open === "answers" ? null : button(t("save_csv"), () => this.#save("csv"), { icon: "down", class: "text" }),
      open === "map" || this.page.specs[open] ? SAVED.map((kind) => button(t(`save_${kind}`), () => this.#save(kind), { icon: "down", class: "text" })) : null,
      h("button", { type: "button", class: "why", "aria-label": t("why", { what: t(`view_${open}`) }), onclick: () => this.#explain() }, "?"));
    fill(this.body, h("p", { class: "waiting" }, t("waiting")));
    fill(this.root, h("div", { class: "view-head" }, this.title, this.tools), this.caption,
      open === "groups" ? this.groups.root : null, this.key, this.body, open === "groups" ? this.groups.settings : null, this.place.root);
    this.place.clear();
    this.groups.clear();
  }

  /** Show what has come for the view that is open. */
  show(views) {
    const name = this.open();
    if (views.place) this.place.show(views.place, this.page.specs.place);
    else if (!this.page.store.state.place) this.place.clear();
    if (!views[name]) return;
    this.#data = views[name];
    this.title.textContent = this.#data.title;
    fill(this.caption, this.#data.caption, " ", h("span", { class: "who" }, this.#who()));
    if (name === "groups") this.groups.show(this.#data);
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
    if (name === "answers") return this.#place(`answers ${this.page.folder.id}`, () => answers(data, this.page.folder.id), true);
    if (name === "map" && data.values) {
      this.#place("map", () => this.map.root, false);
      return this.map.show(data, this.#asTable);
    }
    if (this.#asTable || !spec || name === "map") return this.#place(`table ${name}`, () => table(data.table, data.title), true);
    this.#place(`chart ${name}`, () => this.charts.root, false);
    this.charts.named = BY_SCENARIO.has(name) || Boolean(data.keys);
    // effects are held against the baseline, which has no mark of its own
    fill(this.key, data.keys ? data.keys.map(swatch) : BY_SCENARIO.has(name) ? keys(this.page).slice(name === "effects" ? 1 : 0) : null);
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
      if (this.#data) this.show({ [this.open()]: this.#data });
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
    document.getElementById(`tab-${this.open()}`)?.focus();
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
    const open = this.open();
    const map = open === "map" && this.#data.values ? this.map : null;
    const name = this.#named(open, map ? map.names() : [this.#data.quarter]);
    if (kind === "csv") return save(csv(map ? map.table.whole() : this.#data.table), `${name}.csv`);
    const words = map ? map.words() : { title: this.#data.title, caption: this.#data.caption, note: this.#who(), keys: this.#legend(open) };
    const svg = drawing(words, map ? map.drawings() : await this.charts.drawings());
    return save(kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await pixels(svg), `${name}.${kind}`);
  }

  /** Which colour is which scenario, where no chart says so itself. */
  #legend(name) {
    if (this.#data.keys || !this.charts.named) return this.#data.keys ?? [];
    const { config, usermeta } = this.page.specs[name];
    const colours = ((isDark() && usermeta?.dark) || config).range.category;
    const all = this.page.titles().map((title, place) => ({ title, colour: colours[place % colours.length] }));
    return name === "effects" ? all.slice(1) : all;
  }

  /** A name for a file: view, what of it (quarters), scenarios or folder, world and n. */
  #named(view, what) {
    const { folder, setup, store } = this.page;
    const whose = folder ? [folder.id] : [...store.state.scenarios.map((entry) => entry.name), setup.world.name];
    const words = [view, ...what, ...whose].filter(Boolean).join("-").replace(/[^\p{L}\p{N}_-]+/gu, "-");
    return `${words.slice(0, LONGEST)}-n${this.#data.n}`;
  }

  #explain() {
    const view = this.open();
    const paragraphs = [t(`about_${view}`), TIMED.has(view) ? t("about_band") : null, t("about_limits")].filter(Boolean);
    dialog(t(`view_${view}`), paragraphs.map((text) => h("p", {}, text)), { close: t("close") });
  }
}
