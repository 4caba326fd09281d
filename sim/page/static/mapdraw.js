/** What is drawn on a map, by whatever pen: land and borders, areas, dots, tiles, names where there is room. */

import { colour, ramp } from "./mapdata.js";

/** Names are written where no more places than this are in view. */
const NAMED = 150;
/** Letters on a tile are no smaller. */
const SMALLEST = 9;
/** How far beyond its office a municipality is drawn, in the plane's units (hundreds of metres). */
const REACH = 420;
/**
 * A map to be drawn.
 * @typedef {Object} Scene
 * @property {"dots"|"cells"|"tiles"} style
 * @property {{toX: Function, toY: Function, scale: number, width: number, tall: number, zoom: number}} frame
 * @property {Object|null} geometry shapes; null where there are offices only.
 * @property {Array<number>} xs of the offices, east.
 * @property {Array<number>} ys of the offices, south.
 * @property {Array<{code: string, population: number, label: string}>} places municipalities, in that order.
 * @property {Float64Array} values of municipalities.
 * @property {Map<number, number>} sums values of prefectures.
 * @property {number} end what the last colour stands for.
 * @property {boolean} change whether colours run from less to more.
 * @property {{ink: string, paper: string, land: string, dot: string, edge: string, accent: string}} tones of all but the values.
 * @property {string} lang
 * @property {string|null} chosen code of the place that is looked at.
 */

/**
 * Draw a map.
 * @param {import("./pens.js").CanvasPen|import("./pens.js").SvgPen} pen
 * @param {Scene} scene
 * @returns {Array<[number, number, number]>} where each municipality is, or prefecture on tiles, and which one.
 */
export function paint(pen, scene) {
  return scene.style === "tiles" ? tiles(pen, scene) : land(pen, scene);
}

/** @returns {{left: number, top: number, width: number, height: number}} what a map of a style takes up in its plane. */
export function extent({ style, geometry, xs, ys }) {
  const tiled = style === "tiles";
  const across = tiled ? geometry.tiles.map((tile) => tile.column) : xs;
  const along = tiled ? geometry.tiles.map((tile) => tile.row) : ys;
  const [left, right] = ends(across);
  const [top, bottom] = ends(along);
  const one = tiled ? 1 : 0;
  return { left, top, width: right - left + one || 1, height: bottom - top + one || 1 };
}

/** @returns {[number, number]} the least and the most of many numbers. */
export function ends(values) {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

/** Draw what the colours stand for: a strip with its two ends in words. */
export function strip(pen, scene, { x, y, low, high }) {
  const { change, tones } = scene;
  const colours = ramp(change);
  const wide = 180 / colours.length;
  pen.text(x, y + 10, low, { fill: tones.ink, size: 12 });
  const start = x + 12 * width(low) + 6;
  colours.forEach((tone, place) => pen.box(start + place * wide, y, wide + 0.5, 12, { fill: tone }));
  pen.text(start + 188, y + 10, high, { fill: tones.ink, size: 12 });
}

const toneOf = ({ change, end }, value) => (change ? colour(0.5 + value / end / 2, true) : colour(value / end, false));

function land(pen, scene) {
  const { frame, geometry, places, style, tones, values } = scene;
  const spots = places.map((_, order) => [frame.toX(scene.xs[order]), frame.toY(scene.ys[order]), order]);
  const near = REACH * frame.scale;
  const seen = (x, y, by) => x > -by && y > -by && x < frame.width + by && y < frame.tall + by;
  geometry?.cells.forEach((corners, order) => {
    const [x, y] = spots[order];
    if (!seen(x, y, near)) return;
    const look = style === "cells" ? { fill: toneOf(scene, values[order]), stroke: tones.edge, width: 0.4 } : { fill: tones.land };
    pen.polygon(moved(corners, frame), look);
  });
  if (geometry) borders(pen, scene, (x, y) => seen(x, y, 2 * near));
  const radii = places.map((place) => (style === "cells" ? 2 : radius(place.population, frame)));
  if (style === "dots") {
    for (const [x, y, order] of spots) {
      if (seen(x, y, 30)) pen.circle(x, y, radii[order], { fill: toneOf(scene, values[order]), stroke: tones.dot, width: 0.5 });
    }
  }
  const chosen = places.findIndex((place) => place.code === scene.chosen);
  if (chosen >= 0) pen.circle(spots[chosen][0], spots[chosen][1], radii[chosen] + 5, { stroke: tones.accent, width: 3 });
  names(pen, scene, spots.filter(([x, y]) => seen(x, y, 0)), radii);
  return spots;
}

function borders(pen, { frame, geometry, tones }, seen) {
  const pieces = geometry.borders.map((border) => moved(border, frame)).filter(([x, y]) => seen(x, y));
  pen.lines(pieces, { stroke: tones.edge });
  for (const { title, box: [west, north, east, south] } of geometry.islands) {
    const [left, top] = [frame.toX(west), frame.toY(north)];
    pen.box(left, top, frame.toX(east) - left, frame.toY(south) - top, { stroke: tones.edge, dash: [4, 3] });
    // a name that begins near the right edge would be cut off there
    const [x, align] = west > frame.box.left + frame.box.width / 2 ? [frame.toX(east) - 2, "end"] : [left + 2, "start"];
    pen.text(x, frame.toY(south) + 13, title, { fill: tones.edge, size: 12, align });
  }
}

/** Names of the places in view, the largest first, where they do not cover one another. */
function names(pen, { frame, places, tones }, spots, radii) {
  if (frame.zoom === 1 || spots.length > NAMED) return;
  const taken = [];
  const size = 12;
  for (const [x, y, order] of [...spots].sort(([, , one], [, , other]) => places[other].population - places[one].population)) {
    const { label } = places[order];
    const left = x + radii[order] + 3;
    const box = [left, y - size, left + size * width(label), y + size / 2];
    const covers = spots.some(([across, along, other]) => other !== order && across > box[0] && across < box[2] && along > box[1] && along < box[3]);
    if (covers || box[2] > frame.width || taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
    taken.push(box);
    pen.text(left, y + size / 3, label, { fill: tones.ink, size, halo: tones.paper });
  }
}

function tiles(pen, scene) {
  const { frame, geometry, sums, tones } = scene;
  const size = frame.scale * 0.94;
  const letters = Math.max(9, Math.min(22, size / 3.6));
  return geometry.tiles.map((tile) => {
    const [x, y, value] = [frame.toX(tile.column), frame.toY(tile.row), sums.get(tile.code)];
    const fill = value === undefined ? "#888888" : toneOf(scene, value);
    const chosen = String(tile.code) === scene.chosen;
    pen.box(x, y, size, size, { fill, ...(chosen ? { stroke: tones.accent, width: 4 } : {}) });
    const name = scene.lang === "ja" ? tile.ja.replace(/[都府県]$/, "") : short(tile.en, size);
    const fitting = Math.min(letters, (size - 4) / width(name));
    pen.text(x + size / 2, y + size / 2 + fitting / 3, name, { fill: readable(fill), size: fitting, weight: "600", align: "middle" });
    return [x + size / 2, y + size / 2, tile.code];
  });
}

/** How wide a text is, in sizes of its letters. */
function width(text) {
  return [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 1 : 0.62), 0);
}

/** A name, whole where its letters can be read on a tile, else how it begins. */
function short(name, size) {
  const most = Math.floor((size - 4) / SMALLEST / width("a"));
  return name.length > most ? name.slice(0, Math.max(3, most)) : name;
}

function moved(points, { toX, toY }) {
  const found = new Array(points.length);
  for (let at = 0; at < points.length; at += 2) {
    found[at] = toX(points[at]);
    found[at + 1] = toY(points[at + 1]);
  }
  return found;
}

function radius(population, { width: wide, zoom }) {
  const small = wide < 500 ? 0.75 : wide > 1300 ? 1.4 : 1;
  return small * Math.min(2.2, Math.sqrt(zoom)) * Math.min(11, 1.6 + Math.sqrt(population / 12_000));
}

/** Black or white letters, whichever is read more easily on a ground given as #rrggbb. */
function readable(ground) {
  const [red, green, blue] = [1, 3, 5].map((at) => (Number.parseInt(ground.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000000" : "#ffffff";
}
