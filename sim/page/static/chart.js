/** Charts: a Vega-Lite specification, rows that come again and again, and a line under the pointer in all of a view. */

import { h } from "./dom.js";

/** No generated code and no inline style, so that the page's strict policy holds. */
const OPTIONS = { ast: true, actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true }, renderer: "svg", logLevel: 1 };
const AGAIN = 1500;

let loading = null;

/**
 * Load the bundle that draws, which the server may still be making.
 * @returns {Promise<void>}
 */
export function drawer() {
  loading ??= new Promise((resolve) => {
    const attempt = () => {
      const script = h("script", { src: "/vega.js" });
      script.addEventListener("load", () => resolve());
      script.addEventListener("error", () => {
        script.remove();
        setTimeout(attempt, AGAIN);
      });
      document.head.append(script);
    };
    attempt();
  });
  return loading;
}

/** @returns {boolean} whether the page is dark now, by choice or by the system's. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** @returns {boolean} whether less motion is asked for. */
export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The charts of one view: a small multiple per panel, all of one specification. */
export class Charts {
  #made = new Map();
  #key = "";
  #turn = Promise.resolve();
  /** Whether scenarios are told apart by a legend beside the charts, so that none of them needs its own. */
  named = false;

  /** @param {Element} root emptied and filled. */
  constructor(root) {
    this.root = root;
  }

  /**
   * Show rows; charts that are there are only handed new ones.
   * @param {Object} spec Vega-Lite, with `data.name` `rows` and `usermeta.dark`.
   * @param {{panels: Array, rows: Array, title: string}} data
   * @returns {Promise<void>}
   */
  show(spec, data) {
    const key = `${isDark()}|${spec.usermeta?.lang}|${data.panels.map((panel) => panel.name + panel.title).join("|")}`;
    this.#turn = this.#turn.then(() => this.#show(spec, data, key)).catch((error) => console.warn(error));
    return this.#turn;
  }

  async #show(spec, data, key) {
    await drawer();
    if (key !== this.#key) {
      this.clear();
      this.#key = key;
      // All figures first: a chart that is alone takes the whole width, and would keep that size.
      const canvases = data.panels.map((panel) => this.#figure(panel, data.panels.length > 1 || panel.title !== data.title));
      for (const [place, panel] of data.panels.entries()) await this.#make(spec, panel, rowsOf(data, panel), canvases[place]);
      return;
    }
    for (const panel of data.panels) {
      const view = this.#made.get(panel.name)?.view;
      if (view) await view.data("rows", structuredClone(rowsOf(data, panel))).runAsync();
    }
  }

  #figure(panel, titled) {
    const canvas = h("div", { class: "chart-body", "aria-hidden": "true" });
    const heading = titled ? h("figcaption", {}, panel.title, " ", h("span", { class: "unit" }, panel.unit)) : panel.unit ? h("figcaption", {}, h("span", { class: "unit" }, panel.unit)) : null;
    const line = h("i", { class: "crosshair", hidden: true });
    const figure = h("figure", { class: "chart" }, heading, h("div", { class: "chart-box", role: "img", "aria-label": `${panel.title} (${panel.unit})` }, canvas, line));
    this.root.append(figure);
    return { canvas, line };
  }

  async #make(spec, panel, rows, { canvas, line }) {
    // A reader of screens gets the name of the picture and the table: thousands of marks without words help nobody.
    const given = (isDark() && spec.usermeta?.dark) || spec.config;
    const config = { ...given, legend: { ...given?.legend, ...(this.named ? { disable: true } : { columns: 1 }) } };
    const encoding = { ...spec.encoding, ...panel.encoding };
    const filled = { ...spec, config, encoding, data: { name: "rows", values: structuredClone(rows) }, description: panel.title };
    const { view } = await window.vegaEmbed(canvas, filled, OPTIONS);
    const made = { view, line, canvas, panel };
    this.#made.set(panel.name, made);
    canvas.addEventListener("pointermove", (event) => this.#point(made, event));
    canvas.addEventListener("pointerleave", () => this.#leave());
  }

  /** Show the same year under the pointer in every panel that has years across. */
  #point(made, event) {
    const scale = scaleOf(made.view);
    if (!scale) return;
    const box = made.canvas.getBoundingClientRect();
    const value = scale.invert(event.clientX - box.left - made.view.origin()[0]);
    const [low, high] = scale.domain();
    for (const other of this.#made.values()) {
      const own = scaleOf(other.view);
      if (!own) continue;
      other.line.hidden = value < low || value > high;
      other.line.style.insetInlineStart = `${own(value) + other.view.origin()[0]}px`;
    }
  }

  #leave() {
    for (const made of this.#made.values()) made.line.hidden = true;
  }

  /** Have charts fit anew, as after an enlargement. */
  async resize() {
    for (const { view } of this.#made.values()) await view.resize().runAsync();
  }

  /** @returns {Promise<Array<{panel: Object, svg: string}>>} the charts as drawings. */
  async drawings() {
    await this.#turn;
    return Promise.all([...this.#made.values()].map(async ({ view, panel }) => ({ panel, svg: await view.toSVG() })));
  }

  /** Take the charts away. */
  clear() {
    for (const { view } of this.#made.values()) view.finalize();
    this.#made.clear();
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
