/** What of a map is seen: zoom and place, moved by wheel, fingers, pointer, buttons and keys. */

const MOST = 40;
const STEP = 1.6;
const PAD = 10;
/** A pointer that moves less than this (pixels) clicks; more, and it drags. */
const STILL = 5;

/** A zoom, and the place in its middle as shares of the whole. */
export class Lens {
  zoom = 1;
  #x = 0.5;
  #y = 0.5;

  /**
   * How a plane is put into a window.
   * @param {{left: number, top: number, width: number, height: number}} box the whole.
   * @param {number} width of the window.
   * @param {number} tall height of the window.
   * @returns {{toX: Function, toY: Function, scale: number, width: number, tall: number, zoom: number, box: Object}}
   */
  frame(box, width, tall) {
    const fit = Math.min((width - 2 * PAD) / box.width, (tall - 2 * PAD) / box.height);
    const scale = fit * this.zoom;
    this.#x = kept(this.#x, (width / 2 - PAD) / scale / box.width);
    this.#y = kept(this.#y, (tall / 2 - PAD) / scale / box.height);
    const [x, y] = [box.left + this.#x * box.width, box.top + this.#y * box.height];
    return { toX: (at) => width / 2 + scale * (at - x), toY: (at) => tall / 2 + scale * (at - y), scale, width, tall, zoom: this.zoom, box };
  }

  /** Make larger or smaller; what lies at a point of the window stays there, the middle without one. */
  by(factor, frame, [x, y] = [frame.width / 2, frame.tall / 2]) {
    const before = this.zoom;
    this.zoom = Math.min(MOST, Math.max(1, before * factor));
    const shift = 1 - before / this.zoom;
    this.move((frame.width / 2 - x) * shift, (frame.tall / 2 - y) * shift, frame);
  }

  /** Move what is seen by pixels of a window, as a hand moves paper. */
  move(across, along, { scale, box }) {
    this.#x -= across / scale / box.width;
    this.#y -= along / scale / box.height;
  }

  /** Show a part of the plane, whole. */
  show({ left, top, width, height }, frame) {
    const fit = frame.scale / frame.zoom;
    this.zoom = Math.min(MOST / 2, Math.max(1, Math.min(frame.width / width, frame.tall / height) / fit));
    this.#x = (left + width / 2 - frame.box.left) / frame.box.width;
    this.#y = (top + height / 2 - frame.box.top) / frame.box.height;
  }

  reset() {
    [this.zoom, this.#x, this.#y] = [1, 0.5, 0.5];
  }

  larger(frame) {
    this.by(STEP, frame);
  }

  smaller(frame) {
    this.by(1 / STEP, frame);
  }
}

/** The middle, so near the edge that no more than the whole is seen. */
function kept(middle, half) {
  return half >= 0.5 ? 0.5 : Math.min(1 - half, Math.max(half, middle));
}

/**
 * Have wheel and pointers move a lens.
 * @param {HTMLCanvasElement} canvas
 * @param {Lens} lens
 * @param {{frame: function(): Object, moved: Function}} told the frame that is shown; called after each move.
 * @returns {function(): boolean} whether the last pointer dragged, so that its click opens nothing.
 */
export function gestures(canvas, lens, { frame, moved }) {
  const down = new Map();
  let dragged = false;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener("wheel", (event) => {
    // The page scrolls past a map that nobody has turned to; a pinch on a touchpad comes with ctrlKey.
    if (!frame() || (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas)) return;
    if (lens.zoom === 1 && event.deltaY > 0 && !event.ctrlKey) return;
    event.preventDefault();
    lens.by(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), frame(), at(event));
    moved();
  }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    if (!down.size) dragged = false;
    down.set(event.pointerId, at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    if (!before || !frame()) return;
    const now = at(event);
    const [across, along] = [now[0] - before[0], now[1] - before[1]];
    if (down.size === 1 && !dragged && Math.hypot(across, along) < STILL) return;
    dragged = true;
    canvas.setPointerCapture?.(event.pointerId);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const far = (point) => Math.max(1, Math.hypot(point[0] - other[0], point[1] - other[1]));
      lens.by(far(now) / far(before), frame(), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
      lens.move(across / 2, along / 2, frame());
    } else lens.move(across, along, frame());
    down.set(event.pointerId, now);
    moved();
  });
  const up = (event) => down.delete(event.pointerId);
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(name, up);
  return () => dragged;
}
