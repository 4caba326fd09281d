/** One map at one date: its slider over the quarters with play, its canvas, and what is under the pointer. */

import { isStill } from "./chart.js";
import { button, fill, h, icon } from "./dom.js";
import { gestures } from "./lens.js";
import { extent, paint, strip } from "./mapdraw.js";
import { CanvasPen, SvgPen } from "./pens.js";
import { t } from "./words.js";

/** Milliseconds a quarter while it plays. */
const PLAY = 260;
const NEAR = 16;
/** Room below a map that is taken out of the page, for what its colours stand for. */
const FOOT = 34;
/** Of an enlarged map, the least height, and what is left below it. */
const LEAST = 320;
const BELOW = 110;
/** How wide a map is that is taken out without having been drawn. */
const WIDTH = 900;

/** A map at a date; what it shows of which scenario is the view's. */
export class MapPane {
  step = 0;
  spots = [];
  #timer = null;

  /**
   * @param {import("./map.js").MapView} view
   * @param {number} order of the pane, from 0.
   */
  constructor(view, order) {
    this.view = view;
    this.canvas = h("canvas", { class: "map-canvas", tabindex: "0", role: "application", "aria-label": t("map_label") });
    this.tip = h("div", { class: "map-tip", hidden: true });
    const id = `map-step-${order}`;
    this.slider = h("input", { type: "range", min: 0, max: 0, id, class: "slider", oninput: () => this.go(Number(this.slider.value)), onchange: () => view.dated() });
    this.when = h("output", { for: id, class: "when" });
    this.player = button("", () => (this.playing ? this.stop() : this.#play()), { class: "play" });
    this.#named();
    this.box = h("div", { class: "map-box" }, this.canvas, this.tip);
    this.root = h("div", { class: "map-pane" },
      h("div", { class: "map-time" }, this.player, h("label", { for: id, class: "unseen" }, t(`date_${order + 1}`)), this.slider, this.when), this.box);
    const dragged = gestures(this.canvas, view.lens, { frame: () => this.frame, moved: () => view.draw() });
    this.canvas.addEventListener("pointermove", (event) => view.point(event.buttons && dragged() ? null : this.#under(event)));
    this.canvas.addEventListener("pointerleave", () => view.point(null));
    this.canvas.addEventListener("click", (event) => {
      if (dragged()) return;
      view.point(this.#under(event));
      view.open();
    });
    this.canvas.addEventListener("keydown", (event) => view.key(event, this));
  }

  get playing() {
    return this.#timer !== null;
  }

  /** Show another quarter. */
  go(step) {
    this.step = step;
    this.draw();
    this.view.moved();
  }

  /** Where less motion is asked for, a year at a time. */
  #play() {
    const last = this.view.map.data.steps.length - 1;
    const by = isStill() ? 4 : 1;
    if (this.step >= last) this.go(0);
    this.#timer = setInterval(() => {
      if (!this.root.isConnected || this.step >= last) return this.stop();
      return this.go(Math.min(this.step + by, last));
    }, PLAY * by);
    this.#named();
  }

  stop() {
    if (!this.playing) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#named();
    this.view.dated();
  }

  #named() {
    fill(this.player, icon(this.playing ? "pause" : "play"), h("span", {}, t(this.playing ? "pause" : "play")));
  }

  /** Draw what the view has chosen. */
  draw() {
    const { canvas, view } = this;
    const width = this.box.clientWidth;
    this.slider.max = view.map.data.steps.length - 1;
    this.slider.value = this.step;
    this.when.textContent = view.quarter(this.step);
    this.slider.setAttribute("aria-valuetext", this.when.textContent);
    if (!width) return;
    const scene = view.scene(this.step);
    const whole = extent(scene);
    const tall = Math.min(this.#room(), (width * whole.height) / whole.width);
    this.frame = view.lens.frame(whole, width, tall);
    const fine = devicePixelRatio || 1;
    canvas.width = width * fine;
    canvas.height = tall * fine;
    canvas.style.blockSize = `${tall}px`;
    canvas.classList.toggle("zoomed", view.lens.zoom > 1);
    const ink = canvas.getContext("2d");
    ink.setTransform(fine, 0, 0, fine, 0, 0);
    this.scene = { ...scene, frame: this.frame };
    this.spots = paint(new CanvasPen(ink, view.font), this.scene);
  }

  /** The height that there is: enlarged, all of it is seen at once, with what its colours stand for below. */
  #room() {
    const large = document.fullscreenElement ?? this.root.closest(".view.large");
    if (!large) return innerHeight * 0.85;
    const above = this.box.getBoundingClientRect().top - large.getBoundingClientRect().top + large.scrollTop;
    return Math.max(LEAST, innerHeight - above - BELOW);
  }

  /** Show or hide what is known of a spot. */
  point(order) {
    const spot = this.spots[order];
    this.tip.hidden = order === null || !spot;
    this.canvas.classList.toggle("on", !this.tip.hidden);
    if (this.tip.hidden) return;
    const [x, y, which] = spot;
    this.tip.textContent = this.view.text(which, this);
    this.tip.style.insetInlineStart = `${Math.max(0, Math.min(x + 12, this.canvas.clientWidth - 220))}px`;
    this.tip.style.insetBlockStart = `${y + 12}px`;
  }

  #under(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = null;
    let least = (this.view.style === "tiles" ? this.frame.scale * 0.7 : NEAR) ** 2;
    this.spots.forEach(([across, along], order) => {
      const far = (across - x) ** 2 + (along - y) ** 2;
      if (far < least) [best, least] = [order, far];
    });
    return best;
  }

  /** @returns {{panel: Object, svg: string}} the map as shapes, with what its colours stand for. */
  drawing() {
    const { view } = this;
    const scene = view.scene(this.step);
    const whole = extent(scene);
    const { width, tall } = this.frame ?? { width: WIDTH, tall: (WIDTH * whole.height) / whole.width };
    const pen = new SvgPen(width, tall + FOOT, view.font);
    paint(pen, { ...scene, frame: view.lens.frame(whole, width, tall) });
    pen.box(0, tall, width, FOOT, { fill: scene.tones.paper });
    const { low, high } = view.ends();
    const { unit } = view.panel;
    strip(pen, scene, { x: 8, y: tall + 12, low, high: t("map_told", { title: high, unit }) });
    return { panel: { title: view.quarter(this.step), unit }, svg: pen.written() };
  }
}
