/** Charts: a Vega-Lite specification, rows that come again and again, and the time that is looked at in all of them. */

import { Refused } from "./client.js";
import { fill, h } from "./dom.js";
import { follow, leave, look } from "./hover.js";
import { lang, number, t } from "./words.js";

/** No generated code and no inline style, so that the page's strict policy holds. */
const OPTIONS = { ast: true, actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true }, renderer: "svg", logLevel: 1 };
const AGAIN = 1500;

let loading = null;

/**
 * Load the bundle that draws, which the server may still be making.
 * @returns {Promise<void>}
 * @throws {Refused} with the lines that say why there is none.
 */
export function drawer() {
  loading ??= new Promise((resolve, reject) => {
    const attempt = () => {
      const script = h("script", { src: "/vega.js" });
      script.addEventListener("load", () => resolve());
      script.addEventListener("error", () => {
        script.remove();
        missing().then((lines) => (lines ? reject(new Refused(lines)) : setTimeout(attempt, AGAIN)));
      });
      document.head.append(script);
    };
    attempt();
  });
  return loading;
}

/** @returns {Promise<Array<string>|null>} why there will be no bundle; null where it may come yet. */
async function missing() {
  const response = await fetch(`/vega.js?lang=${lang()}`).catch(() => null);
  return response?.status === 404 ? (await response.json()).lines : null;
}

/** @returns {boolean} whether the page is dark now, by choice or by the system's. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** @returns {boolean} whether less motion is asked for. */
export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Sizes in a specification, which are larger where a projector shows it. */
const SIZES = new Set(["labelFontSize", "titleFontSize", "fontSize", "labelLimit", "height", "step", "strokeWidth", "dy"]);
const LARGER = 1.5;

/** @returns {*} a specification with larger letters and lines. */
function larger(spec) {
  if (Array.isArray(spec)) return spec.map(larger);
  if (!spec || typeof spec !== "object") return spec;
  if (spec.name === "room") return { ...spec, value: spec.value * LARGER };
  return Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, SIZES.has(key) && typeof value === "number" ? value * LARGER : larger(value)]));
}

/** The charts of one view: a small multiple per panel, all of one specification. */
export class Charts {
  #made = new Map();
  #key = "";
  #turn = Promise.resolve();
  #large = false;
  #watch = new ResizeObserver((seen) => requestAnimationFrame(() => seen.forEach(({ target }) => this.#fit(target))));
  /** Whether scenarios are told apart by a legend beside the charts, so that none of them needs its own. */
  named = false;

  /** @param {Element} root emptied and filled. */
  constructor(root) {
    this.root = root;
    follow(this);
  }

  /**
   * Make a chart as wide as where it stands. Charts follow the window by themselves, but not their neighbours,
   * nor to the very width that the plot inside had before.
   */
  #fit(canvas) {
    const made = [...this.#made.values()].find((each) => each.canvas === canvas);
    const drawn = Number(canvas.querySelector("svg")?.getAttribute("width"));
    if (made && drawn && drawn !== canvas.clientWidth) made.view.signal("width", canvas.clientWidth, { force: true }).runAsync();
  }

  /** @param {boolean} large whether a projector shows them, from the next showing on. */
  enlarge(large) {
    this.#large = large;
  }

  /**
   * Show rows; charts that are there are only handed new ones.
   * @param {Object} spec Vega-Lite, with `data.name` `rows` and `usermeta.dark`.
   * @param {{panels: Array, rows: Array, title: string}} data
   * @returns {Promise<void>}
   */
  show(spec, data) {
    const names = new Set(data.rows.map((row) => row.scenario)); // axes leave room for them
    const key = [isDark(), this.#large, spec.usermeta?.lang, ...data.panels.map((panel) => panel.name + panel.title), ...names].join("|");
    this.#turn = this.#turn.then(() => this.#show(spec, data, key)).catch((error) => console.warn(error));
    return this.#turn;
  }

  async #show(spec, data, key) {
    try {
      await drawer();
    } catch (error) {
      return void fill(this.root, h("p", { class: "waiting" }, error.lines.join(" "), " ", t("as_table")));
    }
    if (key !== this.#key) {
      this.clear();
      this.#key = key;
      // All figures first: a chart that is alone takes the whole width, and would keep that size.
      const canvases = data.panels.map((panel) => this.#figure(panel, data.panels.length > 1 || panel.title !== data.title));
      for (const [place, panel] of data.panels.entries()) await this.#make(spec, panel, rowsOf(data, panel), canvases[place]);
      return;
    }
    for (const panel of data.panels) {
      const made = this.#made.get(panel.name);
      if (!made) continue;
      made.rows = rowsOf(data, panel);
      await made.view.data("rows", structuredClone(made.rows)).runAsync();
    }
  }

  #figure(panel, titled) {
    const canvas = h("div", { class: "chart-body", "aria-hidden": "true" });
    const heading = titled ? h("figcaption", {}, panel.title, " ", h("span", { class: "unit" }, panel.unit)) : panel.unit ? h("figcaption", {}, h("span", { class: "unit" }, panel.unit)) : null;
    const line = h("i", { class: "crosshair", hidden: true });
    const readout = h("p", { class: "readout", hidden: true });
    const box = h("div", { class: "chart-box", role: "img", "aria-label": `${panel.title} (${panel.unit})` }, canvas, line, readout);
    this.root.append(h("figure", { class: "chart" }, heading, box));
    return { box, canvas, line, readout };
  }

  async #make(spec, panel, rows, parts) {
    const { canvas } = parts;
    // A reader of screens gets the name of the picture and the table: thousands of marks without words help nobody.
    const given = (isDark() && spec.usermeta?.dark) || spec.config;
    const config = { ...given, legend: { ...given?.legend, ...(this.named ? { disable: true } : { columns: 1 }) } };
    const encoding = { ...spec.encoding, ...panel.encoding };
    const filled = { ...spec, config, encoding, data: { name: "rows", values: structuredClone(rows) }, description: panel.title };
    const { view } = await window.vegaEmbed(canvas, this.#large ? larger(filled) : filled, OPTIONS);
    const made = { ...parts, view, panel, rows, at: null };
    this.#made.set(panel.name, made);
    this.#watch.observe(canvas);
    if (!scaleOf(view)) return;
    canvas.addEventListener("pointermove", (event) => this.#point(made, event));
    canvas.addEventListener("pointerleave", () => look(null));
    this.#keys(made);
  }

  /** By keys, what the pointer does: along the years, which are read out with their values. */
  #keys(made) {
    const { box, panel } = made;
    const times = timesOf(made.rows);
    for (const [name, value] of Object.entries({ role: "slider", tabindex: 0, "aria-valuemin": times[0], "aria-valuemax": times.at(-1), "aria-valuenow": times.at(-1),
      "aria-label": t("follow", { panel: panel.title, unit: panel.unit }) })) box.setAttribute(name, String(value));
    box.addEventListener("focus", () => look(made.at ?? timesOf(made.rows).at(-1)));
    box.addEventListener("blur", () => look(null));
    box.addEventListener("keydown", (event) => {
      const known = timesOf(made.rows);
      const now = known.indexOf(made.at);
      const next = { ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1, PageUp: now + 4, PageDown: now - 4, Home: 0, End: known.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      look(known[Math.min(known.length - 1, Math.max(0, next))]);
    });
  }

  #point(made, event) {
    const scale = scaleOf(made.view);
    const value = scale.invert(event.clientX - made.canvas.getBoundingClientRect().left - made.view.origin()[0]);
    const [low, high] = scale.domain();
    look(value < low || value > high ? null : value);
  }

  /** Show a time in every panel that has years across: a line, and what each scenario has then. */
  mark(time) {
    for (const made of this.#made.values()) {
      const scale = scaleOf(made.view);
      if (!scale) continue;
      const at = time === null ? null : nearest(timesOf(made.rows), time);
      made.line.hidden = made.readout.hidden = at === null;
      if (at === null) continue;
      made.at = at;
      made.line.style.insetInlineStart = `${scale(at) + made.view.origin()[0]}px`;
      const rows = made.rows.filter((row) => row.time === at);
      const quarter = rows[0].quarter ?? t("fy", { year: String(rows[0].year) });
      fill(made.readout, h("b", {}, quarter), rows.map((row) => h("span", { class: `key key-${row.place}` }, number(row.value))));
      const values = rows.map((row) => `${row.scenario} ${number(row.value)}`).join(t("comma"));
      made.box.setAttribute("aria-valuenow", String(at));
      made.box.setAttribute("aria-valuetext", t("at_year", { panel: made.panel.title, quarter, values }));
    }
  }

  /** @returns {Promise<Array<{panel: Object, svg: string}>>} the charts as drawings. */
  async drawings() {
    await this.#turn;
    return Promise.all([...this.#made.values()].map(async ({ view, panel }) => ({ panel, svg: await view.toSVG() })));
  }

  /** Take the charts away for good. */
  end() {
    leave(this);
    this.#turn.then(() => this.clear());
  }

  /** Take the charts away. */
  clear() {
    for (const { view } of this.#made.values()) view.finalize();
    this.#made.clear();
    this.#watch.disconnect();
    this.#key = "";
    this.root.replaceChildren();
  }
}

function rowsOf(data, panel) {
  return data.panels.length > 1 || data.rows.some((row) => row.panel === panel.name) ? data.rows.filter((row) => row.panel === panel.name) : data.rows;
}

function scaleOf(view) {
  try {
    const scale = view.scale("x");
    const [low] = scale?.domain() ?? [];
    return scale?.invert && low > 2000 && low < 2100 ? scale : null;
  } catch {
    return null;
  }
}

/** @returns {Array<number>} times of rows, each once, in order. */
function timesOf(rows) {
  return [...new Set(rows.map((row) => row.time))].sort((one, other) => one - other);
}

function nearest(times, time) {
  return times.reduce((best, each) => (Math.abs(each - time) < Math.abs(best - time) ? each : best), times[0] ?? null);
}
