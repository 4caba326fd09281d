/** What the map shows: numbers of runs, unpacked and turned into shares, and colours for them. */

import { through } from "./state.js";

/** Cividis, which is told apart without colour vision and in grey; for differences purple to orange, pale in the middle. */
const LEVEL = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [254, 232, 56]];
const CHANGE = [[84, 39, 136], [153, 142, 195], [216, 218, 235], [247, 247, 247], [254, 224, 182], [241, 163, 64], [179, 88, 6]];

/** @returns {string} the colour at a share from 0 to 1 of a range, as #rrggbb. */
export function colour(share, change) {
  const stops = change ? CHANGE : LEVEL;
  const at = Math.min(0.9999, Math.max(0, share)) * (stops.length - 1);
  const low = Math.floor(at);
  const mixed = stops[low].map((part, channel) => Math.round(part + (at - low) * (stops[low + 1][channel] - part)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** @returns {Array<string>} colours from one end to the other, for a legend. */
export function ramp(change, count = 24) {
  return Array.from({ length: count }, (_, place) => colour(place / (count - 1), change));
}

/** The numbers behind a text of the view: of each municipality its changes, quarter by quarter, deflated. */
async function counts(text, size, quarters) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { buffer } = await through(packed, new DecompressionStream("deflate"));
  const changes = size === 1 ? new Int8Array(buffer) : new Int16Array(buffer);
  const places = changes.length / quarters;
  const found = new Int32Array(changes.length);
  for (let place = 0, from = 0; place < places; place += 1) {
    let sum = 0;
    for (let quarter = 0; quarter < quarters; quarter += 1, from += 1) {
      sum += changes[from];
      found[quarter * places + place] = sum;
    }
  }
  return found;
}

/** Values by measure, scenario, quarter and municipality. */
export class MapData {
  #ends = new Map();

  /**
   * @param {Object} data of the view `map`.
   * @returns {Promise<MapData>} the same, unpacked.
   */
  static async of(data) {
    const each = ([measure, texts]) => Promise.all(texts.map((text) => counts(text, data.bytes, data.steps.length))).then((found) => [measure, found]);
    return new MapData(data, Object.fromEntries(await Promise.all(Object.entries(data.values).map(each))));
  }

  /**
   * @param {Object} data of the view `map`.
   * @param {Object<string, Array<Int32Array>>} numbers of runs by measure and scenario, quarter by quarter.
   */
  constructor(data, numbers) {
    this.data = data;
    this.numbers = numbers;
    this.measures = data.panels;
    this.count = numbers[data.panels[0].name][0].length / data.steps.length;
  }

  /**
   * Values of all municipalities at a quarter.
   * @param {string} measure
   * @param {number} scenario place of it, 0 the baseline.
   * @param {number} step quarter.
   * @param {boolean} change less the baseline's.
   * @returns {Float64Array}
   */
  at(measure, scenario, step, change) {
    const own = this.numbers[measure][scenario];
    const base = change ? this.numbers[measure][0] : null;
    const found = new Float64Array(this.count);
    for (let place = 0, start = step * this.count; place < this.count; place += 1) {
      found[place] = (own[start + place] - (base ? base[start + place] : 0)) / this.data.n;
    }
    return found;
  }

  /**
   * What the end of the colours stands for: the most of any quarter, so that quarters can be compared.
   * @param {string} measure
   * @param {number} scenario place of it, 0 the baseline.
   * @param {boolean} change less the baseline's.
   * @param {Array<number>|null} prefectures of municipalities, where prefectures are coloured.
   * @returns {number}
   */
  end(measure, scenario, change, prefectures) {
    const whole = this.data.most[measure];
    if (!change && (!prefectures || measure !== "under_way")) return whole;
    const key = [measure, scenario, change, Boolean(prefectures)].join();
    if (!this.#ends.has(key)) {
      let most = 0;
      for (let step = 0; step < this.data.steps.length; step += 1) {
        const values = this.at(measure, scenario, step, change);
        for (const value of prefectures ? this.byPrefecture(values, measure, prefectures).values() : values) most = Math.max(most, Math.abs(value));
      }
      this.#ends.set(key, most || whole);
    }
    return this.#ends.get(key);
  }

  /**
   * Values by prefecture: means of shares, sums of what is counted.
   * @param {Float64Array} values by municipality.
   * @param {string} measure
   * @param {Array<number>} prefectures number of each municipality's.
   * @returns {Map<number, number>}
   */
  byPrefecture(values, measure, prefectures) {
    const sums = new Map();
    const sizes = new Map();
    values.forEach((value, place) => {
      const code = prefectures[place];
      sums.set(code, (sums.get(code) ?? 0) + value);
      sizes.set(code, (sizes.get(code) ?? 0) + 1);
    });
    if (measure !== "under_way") for (const [code, sum] of sums) sums.set(code, sum / sizes.get(code));
    return sums;
  }
}
