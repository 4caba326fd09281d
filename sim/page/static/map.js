/** The map view: what is coloured and how, one date or two side by side, zoom, and the table that tells the same. */

import { button, fill, h } from "./dom.js";
import { Lens } from "./lens.js";
import { MapData, ramp } from "./mapdata.js";
import { ends } from "./mapdraw.js";
import { MapPane } from "./mappane.js";
import { MapTable } from "./maptable.js";
import { lang, number, t } from "./words.js";

const STYLES = ["dots", "cells", "tiles"];
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
/** Pixels that a button moves the map. */
const PAN = 120;
/** Of two dates the first, where none is chosen: April to June 2019. */
const EARLY = 4;
/** Of the people of a prefecture so many are shown when it is looked at: far islands would leave the rest small. */
const MOST_PEOPLE = 0.995;

/** The map view; it keeps what was chosen while data come again and again. */
export class MapView {
  measure = "project";
  style = "dots";
  shown = "";
  lens = new Lens();
  #at = null;
  #dates = null;
  #place = null;
  #turn = 0;

  /** @param {import("./main.js").Page} page */
  constructor(page) {
    this.page = page;
    this.live = h("p", { class: "map-said", role: "status" });
    this.tools = h("div", { class: "map-tools" });
    this.zooms = h("div", { class: "map-zoom", role: "group" });
    this.panes = [];
    this.sheet = h("div", { class: "map-sheet" });
    this.legend = h("div", { class: "legend" });
    this.hint = h("p", { class: "hint" });
    this.table = new MapTable(this);
    this.root = h("div", { class: "map" }, this.tools, this.sheet, this.legend, this.hint, this.table.root, this.live);
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  /**
   * Show what has come.
   * @param {Object} data of the view `map`.
   * @param {boolean} asTable rather than drawn.
   */
  async show(data, asTable) {
    const turn = (this.#turn += 1);
    const map = await MapData.of(data);
    if (turn !== this.#turn) return undefined;
    this.map = map;
    this.asTable = asTable;
    this.root.classList.toggle("listed", asTable);
    this.#world(data);
    this.#controls(data);
    this.#date(data);
    this.draw();
    return this.#follow();
  }

  #world(data) {
    const { setup, specs } = this.page;
    this.geometry = data.japan ? specs.map.geometry : null;
    this.xs = this.geometry?.x ?? data.x;
    this.ys = this.geometry?.y ?? data.y;
    const codes = this.geometry?.codes ?? data.codes;
    const known = new Map(setup.places.map((place) => [place.code, place]));
    this.places = codes.map((code, order) => {
      const place = known.get(code) ?? { code, name: data.names?.[order] ?? code, romaji: data.names?.[order] ?? code, prefecture: 0, population: 10_000 };
      return { ...place, label: setup.lang === "ja" ? place.name : place.romaji };
    });
    this.prefectures = this.places.map((place) => place.prefecture);
    if (!this.geometry) this.style = "dots";
    this.font = getComputedStyle(document.body).fontFamily;
  }

  /** Write the controls, once for a language and a set of scenarios. */
  #controls(data) {
    const names = this.page.titles();
    const key = JSON.stringify([lang(), data.scenarios, names, data.panels, Boolean(this.geometry)]);
    if (key === this.built) return;
    this.built = key;
    const scenarios = data.scenarios.map((name, place) => [String(place), names[place] ?? name]);
    const changes = scenarios.slice(1).map(([place, name]) => [`${place}-`, t("less_baseline", { name })]);
    this.choices = [...scenarios, ...changes];
    if (!this.choices.some(([value]) => value === this.shown)) this.shown = scenarios.at(-1)[0];
    this.two = button(t("two_dates"), () => this.#two(), { class: "two" });
    fill(this.tools,
      this.#choice("measure", t("measure"), data.panels.map((panel) => [panel.name, panel.title])),
      this.#choice("shown", t("scenario"), this.choices),
      this.geometry ? this.#choice("style", t("map_style"), STYLES.map((style) => [style, t(`style_${style}`)])) : null,
      this.two, this.zooms);
    const moves = [["west", PAN, 0], ["north", 0, PAN], ["south", 0, -PAN], ["east", -PAN, 0]];
    this.pans = moves.map(([way, across, along]) => this.#zoom(`pan_${way}`, way, (frame) => this.lens.move(across, along, frame)));
    this.whole = button(t("zoom_reset"), () => this.#looked(() => this.lens.reset()), { icon: "reset" });
    this.zooms.setAttribute("aria-label", t("zoom"));
    fill(this.zooms, this.#zoom("zoom_in", "plus", (frame) => this.lens.larger(frame)), this.#zoom("zoom_out", "minus", (frame) => this.lens.smaller(frame)), this.whole, this.pans);
    fill(this.hint, t("map_hint"));
    this.table.build();
    this.panes = this.panes.map((_, order) => new MapPane(this, order));
    this.#dates = null;
  }

  #choice(what, label, options) {
    const id = `map-${what}`;
    const select = h("select", { id, onchange: () => {
      if (what === "style" && (select.value === "tiles" || this.style === "tiles")) this.lens.reset();
      this[what] = select.value;
      this.draw();
    } }, options.map(([name, text]) => h("option", { value: name }, text)));
    select.value = this[what];
    return h("div", { class: `choice ${what}` }, h("label", { for: id }, label), select);
  }

  #zoom(id, icon, act) {
    return button(t(id), () => this.#looked(() => act(this.panes[0].frame)), { icon, bare: true });
  }

  #looked(act) {
    act();
    this.draw();
  }

  /** Show the dates of the link, unless they are the ones that were shown last: somebody may be moving a slider. */
  #date(data) {
    const { dates } = this.page.store.state;
    const key = JSON.stringify(dates ?? data.shown);
    if (key === this.#dates) return;
    const last = data.steps.length - 1;
    const steps = dates?.map((date) => (data.steps.includes(date) ? data.steps.indexOf(date) : last)) ?? data.shown;
    this.#dates = key;
    if (steps.length !== this.panes.length || !this.sheet.contains(this.panes[0].root)) {
      this.panes = steps.map((_, order) => new MapPane(this, order));
      fill(this.sheet, this.panes.map((pane) => pane.root));
    }
    this.panes.forEach((pane, order) => {
      if (!pane.playing) pane.step = steps[order];
    });
    this.two.setAttribute("aria-pressed", String(steps.length > 1));
  }

  /** One date or two. */
  #two() {
    const { steps } = this.map.data;
    const now = this.panes.at(-1).step;
    const last = steps.length - 1;
    const other = now > EARLY ? [Math.min(EARLY, last), now] : [now, last];
    this.page.look({ dates: (this.panes.length > 1 ? [now] : other).map((step) => steps[step]) });
  }

  /** Keep in the link what the sliders say. */
  dated() {
    const dates = this.names();
    this.#dates = JSON.stringify(dates);
    this.page.look({ dates });
  }

  /** A slider has moved: what is told beside the map follows. */
  moved() {
    this.page.views.title.textContent = t("page.views.map.title", { quarter: this.dates() });
    if (this.#at !== null) this.point(this.#at);
    this.table.show();
  }

  /** Look at the prefecture that was chosen, or at that of a municipality that is out of sight. */
  #follow() {
    const { place } = this.page.store.state;
    if (place === this.#place || !this.panes[0].frame) return;
    this.#place = place;
    if (!place || this.style === "tiles") return;
    const which = this.places.findIndex((each) => each.code === place);
    const named = this.page.setup.prefectures.find((each) => [String(each.code), each.name, each.romaji, each.label].includes(place));
    if (which < 0 && !named) return;
    const { toX, toY, width, tall } = this.panes[0].frame;
    const [x, y] = [toX(this.xs[which]), toY(this.ys[which])];
    if (!named && x > 0 && y > 0 && x < width && y < tall) return;
    this.#looked(() => this.lens.show(this.#around(named?.code ?? this.prefectures[which]), this.panes[0].frame));
  }

  /** Where nearly all the people of a prefecture live, with some room around. */
  #around(code) {
    const far = (order) => (this.geometry?.islands ?? []).some(({ box: [west, north, east, south] }) => this.xs[order] > west && this.xs[order] < east && this.ys[order] > north && this.ys[order] < south);
    const all = this.places.map((_, order) => order).filter((order) => this.prefectures[order] === code);
    const near = all.filter((order) => !far(order));
    const [left, right] = this.#most(near.length ? near : all, this.xs);
    const [top, bottom] = this.#most(near.length ? near : all, this.ys);
    const room = 0.12 * Math.max(right - left, bottom - top) || 0.05 * this.panes[0].frame.box.width;
    return { left: left - room, top: top - room, width: right - left + 2 * room, height: bottom - top + 2 * room };
  }

  #most(orders, along) {
    const people = (order) => this.places[order].population;
    const all = orders.reduce((sum, order) => sum + people(order), 0);
    let sum = 0;
    const kept = [...orders].sort((one, other) => along[one] - along[other]).filter((order) => {
      const share = (sum + people(order) / 2) / all;
      sum += people(order);
      return share > (1 - MOST_PEOPLE) / 2 && share < (1 + MOST_PEOPLE) / 2;
    });
    return ends((kept.length ? kept : orders).map((order) => along[order]));
  }

  /** Draw what is chosen. */
  draw() {
    if (!this.map || !this.root.isConnected) return;
    for (const pane of this.panes) pane.draw();
    const zoomed = this.lens.zoom > 1;
    this.whole.disabled = !zoomed;
    for (const pan of this.pans) pan.hidden = !zoomed;
    const bar = h("span", { class: "ramp" }, ramp(this.change).map((tone) => {
      const piece = h("i");
      piece.style.background = tone;
      return piece;
    }));
    const { low, high } = this.ends();
    fill(this.legend, h("span", {}, this.told()), h("span", { class: "ramp-row" }, low, bar, high));
    this.table.show();
  }

  get place() {
    return Number.parseInt(this.shown, 10);
  }

  get change() {
    return this.shown.endsWith("-");
  }

  get panel() {
    return this.map.measures.find((each) => each.name === this.measure);
  }

  /** @returns {import("./mapdraw.js").Scene} what is drawn at a quarter, without where. */
  scene(step) {
    const { map, measure, style, change } = this;
    const css = getComputedStyle(document.documentElement);
    const tone = (name) => css.getPropertyValue(`--${name}`).trim();
    const values = map.at(measure, this.place, step, change);
    return {
      style, geometry: this.geometry, xs: this.xs, ys: this.ys, places: this.places, values, change, end: this.end(),
      sums: map.byPrefecture(values, measure, this.prefectures), lang: lang(), chosen: this.page.store.state.place,
      tones: { ink: tone("ink"), paper: tone("paper"), land: tone("line"), dot: tone("muted"), edge: tone("edge"), accent: tone("accent") },
    };
  }

  /** @returns {number} what the last colour stands for: the same at all dates, so that they can be compared. */
  end() {
    return this.map.end(this.measure, this.place, this.change, this.style === "tiles" ? this.prefectures : null);
  }

  /** @returns {{low: string, high: string}} what the first and the last colour stand for. */
  ends() {
    const end = this.end();
    return { low: this.written(this.change ? -end : 0, end), high: this.written(end, end) };
  }

  /** @returns {string} a value as people read it. */
  written(value, end = 1) {
    const sign = this.change && value > 0 ? "+" : "";
    if (this.measure === "under_way") return sign + number(value, 1);
    const share = number(value * 100, end < 0.05 ? 1 : 0);
    return this.change ? t("points", { value: sign + share }) : `${share}%`;
  }

  /** @returns {string} a quarter in words. */
  quarter(step) {
    const name = this.map.data.steps[step];
    return this.page.setup.quarters.find((quarter) => quarter.name === name)?.label ?? name;
  }

  /** @returns {Array<string>} the quarters shown, such as 2019Q2. */
  names() {
    return this.panes.map((pane) => this.map.data.steps[pane.step]);
  }

  /** @returns {string} the dates shown, in words. */
  dates() {
    return this.panes.map((pane) => this.quarter(pane.step)).join(t("page.views.map.and"));
  }

  /** @returns {string} what is coloured, with its unit. */
  told() {
    const { title, unit } = this.panel;
    return t("map_told", { title, unit });
  }

  /** @returns {{title: string, caption: string, note: string}} what is said around a picture: measure, dates, scenario, runs, source. */
  words() {
    const scenario = this.choices.find(([value]) => value === this.shown)[1];
    const { folder, setup: { world } } = this.page;
    return {
      title: t("map_title", { measure: this.panel.title, scenario, quarter: this.dates() }),
      caption: t("page.views.map.caption", { n: this.map.data.n }),
      note: folder ? t("map_source_folder", { name: folder.name }) : t("map_source", { world: world.name, seed: String(world.seed) }),
    };
  }

  /** @returns {string} a place with its value at a date; `which` is its place, or a prefecture's number on tiles. */
  text(which, pane) {
    const { values, sums } = pane.scene;
    if (this.style === "tiles") return `${this.prefecture(which)}: ${this.written(sums.get(which) ?? 0, pane.scene.end)}`;
    const place = this.places[which];
    return `${place.label}, ${this.prefecture(place.prefecture)}: ${this.written(values[which], pane.scene.end)}`;
  }

  prefecture(code) {
    return this.page.setup.prefectures.find((each) => each.code === code)?.label ?? "";
  }

  /** Show what is known of a spot, on all maps. */
  point(order) {
    this.#at = order;
    for (const pane of this.panes) pane.point(order);
  }

  /** What keys do on a map. */
  key(event, pane) {
    const act = { "+": () => this.lens.larger(pane.frame), "=": () => this.lens.larger(pane.frame), "-": () => this.lens.smaller(pane.frame), 0: () => this.lens.reset() }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") this.open();
    else if (act) this.#looked(act);
    else if (ARROWS[event.key]) this.#walk(ARROWS[event.key], pane);
    else return;
    event.preventDefault();
  }

  /** Go to the nearest place in a direction, and have it in sight. */
  #walk(way, pane) {
    const { width, tall } = pane.frame;
    const [x, y] = pane.spots[this.#at] ?? [width / 2, tall / 2];
    let best = this.#at;
    let least = Infinity;
    pane.spots.forEach(([across, along], order) => {
      const ahead = (across - x) * way[0] + (along - y) * way[1];
      const aside = Math.abs((across - x) * way[1]) + Math.abs((along - y) * way[0]);
      if (ahead > 0.5 && ahead + 2 * aside < least) [best, least] = [order, ahead + 2 * aside];
    });
    if (best === null) return;
    const [across, along, which] = pane.spots[best];
    const beyond = (at, size) => (at < 20 || at > size - 20 ? size / 2 - at : 0);
    const [right, down] = [beyond(across, width), beyond(along, tall)];
    if (right || down) this.#looked(() => this.lens.move(right, down, pane.frame));
    this.point(best);
    this.live.textContent = this.panes.map((each) => `${this.panes.length > 1 ? `${this.quarter(each.step)}: ` : ""}${this.text(which, each)}`).join(" / ");
  }

  /** Open the place under the pointer. */
  open() {
    const spot = this.#at === null ? null : this.panes[0].spots[this.#at];
    if (spot) this.page.look({ place: this.style === "tiles" ? String(spot[2]) : this.places[spot[2]].code });
  }

  /** @returns {Array<{panel: Object, svg: string}>} the maps as drawings. */
  drawings() {
    return this.panes.map((pane) => pane.drawing());
  }
}
