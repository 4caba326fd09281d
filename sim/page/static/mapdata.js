/** What the map shows: bytes of runs turned into shares, and colours for them. */

/** Cividis, which is told apart without colour vision and in grey; for differences purple to orange, pale in the middle. */
const LEVEL = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [254, 232, 56]];
const CHANGE = [[84, 39, 136], [153, 142, 195], [216, 218, 235], [247, 247, 247], [254, 224, 182], [241, 163, 64], [179, 88, 6]];

/** @returns {string} the colour at a share from 0 to 1 of a range. */
export function colour(share, change) {
  const stops = change ? CHANGE : LEVEL;
  const at = Math.min(0.9999, Math.max(0, share)) * (stops.length - 1);
  const low = Math.floor(at);
  const mixed = stops[low].map((part, channel) => Math.round(part + (at - low) * (stops[low + 1][channel] - part)));
  return `rgb(${mixed.join(" ")})`;
}

/** @returns {Array<string>} colours from one end to the other, for a legend. */
export function ramp(change, count = 24) {
  return Array.from({ length: count }, (_, place) => colour(place / (count - 1), change));
}

/** Values by measure, scenario, quarter and municipality. */
export class MapData {
  #bytes = new Map();

  /** @param {Object} data of the view `map`. */
  constructor(data) {
    this.data = data;
    this.count = data.codes.length;
    this.measures = data.panels;
  }

  #of(measure, scenario) {
    const key = `${measure} ${scenario}`;
    if (!this.#bytes.has(key)) {
      const text = atob(this.data.values[measure][scenario]);
      this.#bytes.set(key, Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
    }
    return this.#bytes.get(key);
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
    const own = this.#of(measure, scenario);
    const base = change ? this.#of(measure, 0) : null;
    const scale = this.data.scale[measure];
    const found = new Float64Array(this.count);
    for (let place = 0, start = step * this.count; place < this.count; place += 1) {
      found[place] = scale * (own[start + place] - (base ? base[start + place] : 0));
    }
    return found;
  }

  /** @returns {number} what the end of the colours stands for; of a change that of any quarter, so that play can be compared. */
  end(measure, scenario, change) {
    if (!change) return this.data.most[measure] || 1;
    const own = this.#of(measure, scenario);
    const base = this.#of(measure, 0);
    let most = 0;
    for (let place = 0; place < own.length; place += 1) most = Math.max(most, Math.abs(own[place] - base[place]));
    return most * this.data.scale[measure] || this.data.most[measure] || 1;
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
