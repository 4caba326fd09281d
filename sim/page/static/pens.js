/** Two ways to put one drawing on paper: as pixels of a canvas, and as shapes of an SVG. */

const SVG = "http://www.w3.org/2000/svg";
/** Decimals of a coordinate in an SVG. */
const FINE = 10;

/**
 * How a shape looks.
 * @typedef {{fill?: string, stroke?: string, width?: number, dash?: Array<number>}} Look
 * How letters look; `halo` is the colour around them.
 * @typedef {{fill: string, size: number, weight?: string, align?: "start"|"middle"|"end", halo?: string}} Letters
 */

/** Draws on a canvas. */
export class CanvasPen {
  /**
   * @param {CanvasRenderingContext2D} ink
   * @param {string} font family of letters.
   */
  constructor(ink, font) {
    this.ink = ink;
    this.font = font;
  }

  /** A closed shape: x and y of its corners in turn. */
  polygon(corners, look) {
    this.ink.beginPath();
    for (let at = 0; at < corners.length; at += 2) this.ink.lineTo(corners[at], corners[at + 1]);
    this.ink.closePath();
    this.#put(look);
  }

  circle(x, y, radius, look) {
    this.ink.beginPath();
    this.ink.arc(x, y, radius, 0, 7);
    this.#put(look);
  }

  box(x, y, width, height, look) {
    this.ink.beginPath();
    this.ink.rect(x, y, width, height);
    this.#put(look);
  }

  /** Open lines that look the same, each as x and y in turn. */
  lines(pieces, look) {
    this.ink.beginPath();
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += 2) this.ink[at ? "lineTo" : "moveTo"](piece[at], piece[at + 1]);
    }
    this.#put(look);
  }

  /** Letters that stand on a line. */
  text(x, y, words, { fill, size, weight = "400", align = "start", halo }) {
    const { ink } = this;
    ink.font = `${weight} ${size}px ${this.font}`;
    ink.textAlign = align === "middle" ? "center" : align;
    if (halo) {
      ink.lineWidth = 3;
      ink.lineJoin = "round";
      ink.strokeStyle = halo;
      ink.strokeText(words, x, y);
    }
    ink.fillStyle = fill;
    ink.fillText(words, x, y);
  }

  #put({ fill, stroke, width = 1, dash = [] }) {
    const { ink } = this;
    if (fill) {
      ink.fillStyle = fill;
      ink.fill();
    }
    if (!stroke) return;
    ink.setLineDash(dash);
    ink.lineWidth = width;
    ink.strokeStyle = stroke;
    ink.stroke();
  }
}

/** Draws shapes into an SVG. */
export class SvgPen {
  /**
   * @param {number} width
   * @param {number} height
   * @param {string} font family of letters.
   */
  constructor(width, height, font) {
    this.root = make("svg", { width: fine(width), height: fine(height), viewBox: `0 0 ${fine(width)} ${fine(height)}`, "font-family": font });
  }

  polygon(corners, look) {
    this.#put("path", { d: `${path(corners)}Z` }, look);
  }

  circle(x, y, radius, look) {
    this.#put("circle", { cx: fine(x), cy: fine(y), r: fine(radius) }, look);
  }

  box(x, y, width, height, look) {
    this.#put("rect", { x: fine(x), y: fine(y), width: fine(width), height: fine(height) }, look);
  }

  lines(pieces, look) {
    this.#put("path", { d: pieces.map(path).join("") }, look);
  }

  text(x, y, words, { fill, size, weight = "400", align = "start", halo }) {
    const around = halo ? { stroke: halo, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" } : {};
    const node = make("text", { x: fine(x), y: fine(y), "font-size": fine(size), "font-weight": weight, "text-anchor": align, fill, ...around });
    node.textContent = words;
    this.root.append(node);
  }

  /** @returns {string} the drawing. */
  written() {
    return new XMLSerializer().serializeToString(this.root);
  }

  #put(tag, where, { fill, stroke, width = 1, dash = [] }) {
    const edge = stroke ? { stroke, "stroke-width": width, ...(dash.length ? { "stroke-dasharray": dash.join(" ") } : {}) } : {};
    this.root.append(make(tag, { ...where, fill: fill ?? "none", ...edge }));
  }
}

const fine = (value) => Math.round(value * FINE) / FINE;

function path(points) {
  let text = "";
  for (let at = 0; at < points.length; at += 2) text += `${at ? "L" : "M"}${fine(points[at])} ${fine(points[at + 1])}`;
  return text;
}

function make(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
