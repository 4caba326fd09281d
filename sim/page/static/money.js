/** What a scenario spends: paths of levers over fiscal years, sums beyond the baseline, and a lock that keeps them. */

export const FIRST = 2018;
export const LAST = 2030;
/** The first year in which a moved lever changes, unless the visitor says another: as in the built-in scenarios. */
export const FROM = 2019;

/** @returns {Object} the overlay's sections of levers as dotted names with paths by year. */
export function flat(levers = {}, prefix = "") {
  const found = {};
  for (const [name, value] of Object.entries(levers ?? {})) {
    if (typeof value === "number") found[prefix + name] = value;
    else if (value && typeof value === "object") {
      const years = Object.keys(value);
      if (years.length && years.every((year) => /^\d{4}$/.test(year))) found[prefix + name] = value;
      else Object.assign(found, flat(value, `${prefix}${name}.`));
    }
  }
  return found;
}

/** @returns {number} the value of a path in a year: that of the last entry not after it. */
export function valueAt(path, year) {
  let value = 0;
  for (const key of Object.keys(path).sort()) if (Number(key) <= year) value = path[key];
  return value;
}

/** @returns {Object<number, number>} a path laid over another, from its first year on. */
export function over(base, given) {
  const laid = typeof given === "number" ? { [FIRST]: given } : given;
  const start = Math.min(...Object.keys(laid).map(Number));
  const kept = Object.fromEntries(Object.entries(base).filter(([year]) => Number(year) < start));
  return { ...kept, ...laid };
}

/** Knows what the levers of the built-in scenarios are, and so what an overlay makes of them. */
export class Money {
  /**
   * @param {Array<Object>} levers of `/api/setup`, with `name` and the baseline's `path`.
   * @param {Array<Object>} presets of `/api/setup`, entries with `name` and `overlay`.
   */
  constructor(levers, presets) {
    this.levers = levers;
    this.presets = Object.fromEntries(presets.map((preset) => [preset.name, preset]));
  }

  /** @returns {Object<number, number>} the path of a lever in a scenario; null is the baseline. */
  path(entry, name) {
    const own = this.levers.find((lever) => lever.name === name)?.path ?? { [FIRST]: 0 };
    if (!entry) return own;
    const parent = entry.overlay.extends;
    const below = parent && parent !== entry.name && parent !== "baseline" ? this.presets[parent] : null;
    const base = below ? this.path(below, name) : parent === "no_policy" || entry.name === "no_policy" ? { [FIRST]: 0 } : own;
    const given = flat(entry.overlay.levers)[name];
    return given === undefined ? base : over(base, given);
  }

  /** @returns {number} the first year that the scenario changes of a lever, else the usual one. */
  from(entry, name) {
    const given = entry && flat(entry.overlay.levers)[name];
    return given && typeof given === "object" ? Math.min(...Object.keys(given).map(Number)) : FROM;
  }

  /** @returns {number} money of a lever beyond the baseline, JPY million a fiscal year, mean of FY2019 to FY2030. */
  added(entry, name) {
    const path = this.path(entry, name);
    const base = this.path(null, name);
    let sum = 0;
    for (let year = FROM; year <= LAST; year += 1) sum += valueAt(path, year) - valueAt(base, year);
    return sum / (LAST - FROM + 1);
  }

  /** @returns {number} the same over all levers and programmes. */
  total(entry) {
    if (!entry) return 0;
    const levers = this.levers.reduce((sum, lever) => sum + this.added(entry, lever.name), 0);
    return levers + Object.values(entry.overlay.programmes ?? {}).reduce((sum, each) => sum + yearly(each), 0);
  }

  /**
   * The entry with a lever at a value from a year on.
   * @param {Object} entry
   * @param {string} name
   * @param {number} value JPY million a fiscal year.
   * @param {number} from
   * @returns {Object}
   */
  moved(entry, name, value, from) {
    return withLever(entry, name, { [from]: value });
  }

  /**
   * The entry with the other levers scaled so that it adds as much as the lock says; the one moved stays.
   * @param {Object} entry
   * @param {string|null} moved lever that is not scaled.
   * @param {number} lock JPY million a fiscal year beyond the baseline.
   * @returns {Object}
   */
  balanced(entry, moved, lock) {
    let found = entry;
    if (moved && this.added(entry, moved) > 0) found = this.#fitted(entry, moved, lock);
    const others = this.levers.map((lever) => lever.name).filter((name) => name !== moved && this.added(found, name) > 0.5);
    const have = others.reduce((sum, name) => sum + this.added(found, name), 0);
    if (!have) return found;
    const scale = Math.max(0, (lock - this.total(found) + have) / have);
    for (const name of others) found = this.#scaled(found, name, scale);
    return found;
  }

  #fitted(entry, name, lock) {
    const added = this.added(entry, name);
    const room = lock - (this.total(entry) - added - this.#positive(entry, name));
    return added > room ? this.#scaled(entry, name, Math.max(0, room) / added) : entry;
  }

  #positive(entry, but) {
    const names = this.levers.map((lever) => lever.name).filter((name) => name !== but);
    return names.reduce((sum, name) => sum + Math.max(0, this.added(entry, name)), 0);
  }

  #scaled(entry, name, scale) {
    const path = this.path(entry, name);
    const base = this.path(null, name);
    const from = this.from(entry, name);
    const years = [...new Set([from, ...Object.keys(path), ...Object.keys(base)].map(Number))].filter((year) => year >= from);
    const scaled = {};
    for (const year of years.sort((a, b) => a - b)) {
      const floor = valueAt(base, year);
      scaled[year] = Math.round(10 * (floor + scale * (valueAt(path, year) - floor))) / 10;
    }
    return withLever(entry, name, scaled);
  }
}

function yearly(programme) {
  const path = typeof programme?.money === "number" ? { [FIRST]: programme.money } : (programme?.money ?? {});
  let sum = 0;
  for (let year = FROM; year <= LAST; year += 1) sum += valueAt(path, year);
  return sum / (LAST - FROM + 1);
}

/** @returns {Object} a copy of the entry in which a lever has this value, a path or a number. */
export function withLever(entry, name, value) {
  const [head, ...rest] = name.split(".");
  const levers = { ...(entry.overlay.levers ?? {}) };
  if (rest.length) levers[head] = { ...(levers[head] ?? {}), [rest.join(".")]: value };
  else levers[head] = value;
  return { ...entry, overlay: { ...entry.overlay, levers } };
}

/** @returns {Object} a copy of the entry in which a lever is again what the scenario below makes it. */
export function withoutLever(entry, name) {
  const [head, ...rest] = name.split(".");
  const levers = { ...(entry.overlay.levers ?? {}) };
  if (rest.length && levers[head]) {
    const { [rest.join(".")]: _, ...kept } = levers[head];
    levers[head] = kept;
    if (!Object.keys(kept).length) delete levers[head];
  } else delete levers[head];
  return { ...entry, overlay: { ...entry.overlay, levers } };
}
