/** The map on a canvas: dots, areas or tiles; a slider over the quarters with play; hover, keyboard and search. */

import { isDark, isStill } from "./chart.js";
import { button, fill, h } from "./dom.js";
import { MapData, colour, ramp } from "./mapdata.js";
import { number, t } from "./words.js";

const PLAY = 260;
const NEAR = 16;
const PAD = 10;
const STYLES = ["dots", "cells", "tiles"];
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** The map view; it keeps what was chosen while data come again and again. */
export class MapView {
  measure = "project";
  style = "dots";
  shown = "";
  step = null;
  #timer = null;
  #at = null;

  /** @param {import("./main.js").Page} page */
  constructor(page) {
    this.page = page;
    this.canvas = h("canvas", { class: "map-canvas", tabindex: "0", role: "application" });
    this.tip = h("div", { class: "map-tip", hidden: true });
    this.live = h("p", { class: "map-said", role: "status" });
    this.tools = h("div", { class: "map-tools" });
    this.legend = h("div", { class: "legend" });
    this.root = h("div", { class: "map" }, this.tools, h("div", { class: "map-box" }, this.canvas, this.tip), this.legend, this.live);
    this.canvas.addEventListener("pointermove", (event) => this.#hover(event));
    this.canvas.addEventListener("pointerleave", () => this.#point(null));
    this.canvas.addEventListener("click", () => this.#open());
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  /** @param {Object} data of the view `map`. */
  show(data) {
    if (!data.values) return fill(this.legend, data.caption);
    this.map = new MapData(data);
    this.step ??= data.step;
    this.step = Math.min(this.step, data.steps.length - 1);
    const places = new Map(this.page.setup.places.map((place) => [place.code, place]));
    this.places = data.codes.map((code) => places.get(code) ?? { code, name: code, romaji: code, prefecture: 0, population: 10_000 });
    this.prefectures = this.places.map((place) => place.prefecture);
    this.geometry = data.japan ? this.page.specs.map?.geometry : null;
    this.xs = this.geometry?.x ?? data.x;
    this.ys = this.geometry?.y ?? data.y;
    if (!this.geometry && this.style !== "dots") this.style = "dots";
    this.#controls(data);
    this.canvas.setAttribute("aria-label", t("map_label"));
    return this.draw();
  }

  /** Write the controls, once for a language and a set of scenarios. */
  #controls(data) {
    const key = JSON.stringify([this.page.setup.lang, data.scenarios, this.page.store.state.scenarios.map((entry) => entry.title), data.panels, Boolean(this.geometry)]);
    if (key === this.built) return;
    this.built = key;
    const names = [t("baseline"), ...this.page.store.state.scenarios.map((entry) => this.page.name(entry))];
    const scenarios = data.scenarios.map((_, place) => [String(place), names[place] ?? data.scenarios[place]]);
    const changes = scenarios.slice(1).map(([place, name]) => [`${place}-`, t("less_baseline", { name })]);
    if (![...scenarios, ...changes].some(([value]) => value === this.shown)) this.shown = scenarios.at(-1)[0];
    this.slider = h("input", { type: "range", min: 0, max: data.steps.length - 1, id: "map-step", class: "slider", oninput: () => this.#go(Number(this.slider.value)) });
    this.when = h("output", { for: "map-step", class: "when" });
    this.player = button(t("play"), () => this.#play(), { icon: "play" });
    fill(this.tools,
      this.#choice("measure", data.panels.map((panel) => [panel.name, panel.title]), this.measure),
      this.#choice("shown", [...scenarios, ...changes], this.shown),
      this.geometry ? this.#choice("style", STYLES.map((style) => [style, t(`style_${style}`)]), this.style) : null,
      h("div", { class: "map-time" }, this.player, h("label", { for: "map-step", class: "unseen" }, t("quarter")), this.slider, this.when));
  }

  #choice(what, options, value) {
    const id = `map-${what}`;
    const select = h("select", { id, onchange: () => {
      this[what] = select.value;
      this.draw();
    } }, options.map(([name, text]) => h("option", { value: name }, text)));
    select.value = value;
    return h("div", { class: "choice" }, h("label", { for: id }, t({ measure: "measure", shown: "scenario", style: "map_style" }[what])), select);
  }

  #go(step) {
    this.step = step;
    this.draw();
    if (this.#at !== null) this.#point(this.#at);
  }

  #play() {
    if (this.#timer) return this.#stop();
    if (this.step >= this.map.data.steps.length - 1) this.#go(0);
    const by = isStill() ? 4 : 1;
    fill(this.player, t("pause"));
    this.#timer = setInterval(() => {
      if (!this.root.isConnected || this.step >= this.map.data.steps.length - 1) return this.#stop();
      return this.#go(Math.min(this.step + by, this.map.data.steps.length - 1));
    }, PLAY * by);
    return undefined;
  }

  #stop() {
    clearInterval(this.#timer);
    this.#timer = null;
    fill(this.player, t("play"));
  }

  get #place() {
    return Number.parseInt(this.shown, 10);
  }

  get #change() {
    return this.shown.endsWith("-");
  }

  /** Draw what is chosen. */
  draw() {
    if (!this.map || !this.root.isConnected || !this.root.clientWidth) return;
    const { canvas } = this;
    this.values = this.map.at(this.measure, this.#place, this.step, this.#change);
    this.end = this.map.end(this.measure, this.#place, this.#change);
    const width = this.root.clientWidth;
    const box = this.style === "tiles" ? this.#tileBox() : this.#bounds();
    const tall = Math.min(innerHeight * (document.fullscreenElement ? 0.8 : 0.85), (width * box.height) / box.width);
    const scale = Math.min((width - 2 * PAD) / box.width, (tall - 2 * PAD) / box.height);
    const fine = devicePixelRatio || 1;
    canvas.width = width * fine;
    canvas.height = tall * fine;
    canvas.style.blockSize = `${tall}px`;
    const left = (width - scale * box.width) / 2;
    this.toX = (x) => left + scale * (x - box.left);
    this.toY = (y) => PAD + scale * (y - box.top);
    this.scale = scale;
    const ink = canvas.getContext("2d");
    ink.setTransform(fine, 0, 0, fine, 0, 0);
    ink.clearRect(0, 0, width, tall);
    this.spots = [];
    if (this.style === "tiles") this.#tiles(ink);
    else this.#land(ink);
    this.#told();
  }

  #bounds() {
    const [low, high] = [Math.min, Math.max];
    const all = (values, of) => values.reduce((found, value) => of(found, value), values[0]);
    const left = all(this.xs, low);
    const top = all(this.ys, low);
    return { left, top, width: all(this.xs, high) - left || 1, height: all(this.ys, high) - top || 1 };
  }

  #paint(value) {
    if (this.#change) return colour(0.5 + value / this.end / 2, true);
    return colour(value / this.end, false);
  }

  #land(ink) {
    const dark = isDark();
    const cells = this.geometry?.cells ?? [];
    cells.forEach((corners, place) => {
      ink.beginPath();
      for (let at = 0; at < corners.length; at += 2) ink.lineTo(this.toX(corners[at]), this.toY(corners[at + 1]));
      ink.closePath();
      ink.fillStyle = this.style === "cells" ? this.#paint(this.values[place]) : dark ? "#30343a" : "#e6e8eb";
      ink.fill();
    });
    if (this.geometry) this.#lines(ink, dark);
    this.places.forEach((place, order) => {
      const x = this.toX(this.xs[order]);
      const y = this.toY(this.ys[order]);
      this.spots.push([x, y, order]);
      if (this.style === "cells") return;
      ink.beginPath();
      ink.arc(x, y, radius(place.population, this.canvas.clientWidth), 0, 7);
      ink.fillStyle = this.#paint(this.values[order]);
      ink.fill();
      ink.lineWidth = 0.5;
      ink.strokeStyle = dark ? "#b8bcc2" : "#4a4f55";
      ink.stroke();
    });
  }

  #lines(ink, dark) {
    ink.beginPath();
    for (const border of this.geometry.borders) {
      for (let at = 0; at < border.length; at += 2) ink[at ? "lineTo" : "moveTo"](this.toX(border[at]), this.toY(border[at + 1]));
    }
    ink.lineWidth = 1;
    ink.strokeStyle = dark ? "#80868e" : "#7b818a";
    ink.stroke();
    ink.setLineDash([4, 3]);
    ink.fillStyle = ink.strokeStyle;
    ink.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    for (const { title, box: [west, north, east, south] } of this.geometry.islands) {
      ink.strokeRect(this.toX(west), this.toY(north), this.toX(east) - this.toX(west), this.toY(south) - this.toY(north));
      ink.fillText(title, this.toX(west) + 2, this.toY(south) + 13);
    }
    ink.setLineDash([]);
  }

  #tileBox() {
    const columns = this.geometry.tiles.map((tile) => tile.column);
    const rows = this.geometry.tiles.map((tile) => tile.row);
    const [left, top] = [Math.min(...columns), Math.min(...rows)];
    return { left, top, width: Math.max(...columns) - left + 1, height: Math.max(...rows) - top + 1 };
  }

  #tiles(ink) {
    const found = this.map.byPrefecture(this.values, this.measure, this.prefectures);
    const most = Math.max(0.001, ...[...found.values()].map(Math.abs));
    const counted = this.measure === "under_way" || this.#change;
    if (counted) this.end = most;
    const size = this.scale - 3;
    ink.textAlign = "center";
    for (const tile of this.geometry.tiles) {
      const value = found.get(tile.code);
      const [x, y] = [this.toX(tile.column), this.toY(tile.row)];
      ink.fillStyle = value === undefined ? "#888" : this.#paint(value);
      ink.fillRect(x, y, size, size);
      ink.fillStyle = readable(ink.fillStyle);
      ink.font = `600 ${Math.max(9, Math.min(15, size / 3.6))}px ${getComputedStyle(document.body).fontFamily}`;
      const name = this.page.setup.lang === "ja" ? tile.ja.replace(/[都府県]$/, "") : tile.en.slice(0, 5);
      ink.fillText(name, x + size / 2, y + size / 2 + 4, size - 2);
      this.spots.push([x + size / 2, y + size / 2, tile.code, value]);
    }
    ink.textAlign = "start";
  }

  #told() {
    const { steps } = this.map.data;
    const quarter = this.page.setup.quarters?.[this.step]?.label ?? steps[this.step];
    this.slider.value = this.step;
    this.slider.setAttribute("aria-valuetext", quarter);
    this.when.textContent = quarter;
    const panel = this.map.measures.find((each) => each.name === this.measure);
    const bar = h("span", { class: "ramp" }, ramp(this.#change).map((tone) => {
      const piece = h("i");
      piece.style.background = tone;
      return piece;
    }));
    fill(this.legend, h("span", {}, `${panel.title} (${panel.unit})`), h("span", { class: "ramp-row" }, this.#written(this.#change ? -this.end : 0), bar, this.#written(this.end)));
  }

  #written(value) {
    const sign = this.#change && value > 0 ? "+" : "";
    return sign + (this.measure === "under_way" ? number(value, 1) : `${number(value * 100, this.end < 0.05 ? 1 : 0)}%`);
  }

  #nearest(x, y, reach) {
    let best = null;
    let least = reach ** 2;
    this.spots?.forEach(([sx, sy], order) => {
      const far = (sx - x) ** 2 + (sy - y) ** 2;
      if (far < least) [best, least] = [order, far];
    });
    return best;
  }

  #hover(event) {
    const box = this.canvas.getBoundingClientRect();
    this.#point(this.#nearest(event.clientX - box.left, event.clientY - box.top, this.style === "tiles" ? this.scale : NEAR));
  }

  #point(order) {
    this.#at = order;
    this.tip.hidden = order === null;
    this.canvas.classList.toggle("on", order !== null);
    if (order === null || !this.spots[order]) return;
    const [x, y] = this.spots[order];
    const text = this.#text(order);
    this.tip.textContent = text;
    this.tip.style.insetInlineStart = `${Math.min(x + 12, Math.max(0, this.canvas.clientWidth - 220))}px`;
    this.tip.style.insetBlockStart = `${y + 12}px`;
  }

  #text(order) {
    const [, , which, tile] = this.spots[order];
    if (this.style === "tiles") return `${this.#prefecture(which)}: ${this.#written(tile ?? 0)}`;
    const place = this.places[which];
    const name = this.page.setup.lang === "ja" ? place.name : place.romaji;
    return `${name}, ${this.#prefecture(place.prefecture)}: ${this.#written(this.values[which])}`;
  }

  #prefecture(code) {
    return this.page.setup.prefectures.find((each) => each.code === code)?.label ?? String(code);
  }

  #key(event) {
    const way = ARROWS[event.key];
    if (event.key === "Enter") return this.#open();
    if (!way || !this.spots?.length) return undefined;
    event.preventDefault();
    const [x, y] = this.#at === null ? [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2] : this.spots[this.#at];
    let best = this.#at;
    let least = Infinity;
    this.spots.forEach(([sx, sy], order) => {
      const along = (sx - x) * way[0] + (sy - y) * way[1];
      const across = Math.abs((sx - x) * way[1]) + Math.abs((sy - y) * way[0]);
      const far = along + 2 * across;
      if (along > 0.5 && far < least) [best, least] = [order, far];
    });
    if (best === null) return undefined;
    this.#point(best);
    this.live.textContent = this.#text(best);
    return undefined;
  }

  #open() {
    if (this.#at === null) return;
    const which = this.spots[this.#at][2];
    this.page.look({ place: this.style === "tiles" ? String(which) : this.places[which].code });
  }

  /** @returns {Promise<Blob>} the map as it is, PNG. */
  picture() {
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
  }

  /** @returns {{panel: Object, svg: string}} the map as a drawing that holds its pixels. */
  drawing() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const panel = this.map.measures.find((each) => each.name === this.measure);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image href="${this.canvas.toDataURL()}" width="${width}" height="${height}"/></svg>`;
    return { panel, svg };
  }
}

function radius(population, width) {
  const small = width < 500 ? 0.75 : width > 1300 ? 1.4 : 1;
  return small * Math.min(11, 1.6 + Math.sqrt(population / 12_000));
}

/** Black or white letters, whichever is read more easily on a ground given as #rrggbb. */
function readable(ground) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(ground.slice(at, at + 2), 16) / 255);
  return 0.2126 * red ** 2.2 + 0.7152 * green ** 2.2 + 0.0722 * blue ** 2.2 > 0.18 ? "#000000" : "#ffffff";
}
