/** The page's state, its link, and the way back: what is shared, undone and sent to the server. */

import { pieces } from "./stream.js";

const VERSION = 1;
const MOST = 3;
const MOST_GROUPS = 8;
/** Bytes of a state as JSON: what the server reads of one. */
const MOST_BYTES = 64 * 1024;
const STEPS = 100;
/** Changes of one slider that follow each other this fast (ms) are one step back. */
const ONE_MOVE = 900;

/** @returns {Object} the state of somebody who has changed nothing. */
export function fresh(lang = "en") {
  return { v: VERSION, baseline: "baseline", scenarios: [], assumed: {}, lang, view: "effects", year: 2030, place: null, lock: null, groups: [] };
}

/**
 * Bytes put through a stream that packs or unpacks them.
 * @param {Uint8Array} bytes
 * @param {TransformStream} stream
 * @param {number} [most] bytes that may come out: a short link must not fill the memory.
 * @returns {Promise<Uint8Array>}
 * @throws {RangeError} where more come out.
 */
export async function through(bytes, stream, most = Infinity) {
  const found = [];
  let size = 0;
  for await (const piece of pieces(new Blob([bytes]).stream().pipeThrough(stream))) {
    size += piece.length;
    if (size > most) throw new RangeError("too much");
    found.push(piece);
  }
  return new Uint8Array(await new Blob(found).arrayBuffer());
}

/**
 * The fragment that holds a state: `#1.` and base64url(deflate-raw(JSON)). Without groups or assumptions nothing is said of them, so
 * that pages that know none read it too.
 * @param {Object} state
 * @returns {Promise<string>}
 */
export async function toFragment({ groups, assumed, ...rest }) {
  const state = { ...rest, ...(groups.length ? { groups } : {}), ...(Object.keys(assumed).length ? { assumed } : {}) };
  const packed = await through(new TextEncoder().encode(JSON.stringify(state)), new CompressionStream("deflate-raw"));
  let text = "";
  for (const byte of packed) text += String.fromCharCode(byte);
  return `#${VERSION}.${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/**
 * The state that a fragment holds.
 * @param {string} fragment
 * @returns {Promise<Object|null>} null without a fragment.
 * @throws {Error} whose message is `version` or `broken`.
 */
export async function fromFragment(fragment) {
  const text = fragment.replace(/^#/, "");
  if (!text) return null;
  const dot = text.indexOf(".");
  if (text.slice(0, dot) !== String(VERSION)) throw new Error(/^\d+$/.test(text.slice(0, dot)) ? "version" : "broken");
  let found;
  try {
    const plain = atob(text.slice(dot + 1).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
    found = JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw"), MOST_BYTES)));
  } catch {
    throw new Error("broken");
  }
  if (!found || typeof found !== "object" || Array.isArray(found) || !Array.isArray(found.scenarios)) throw new Error("broken");
  const groups = found.groups ?? [];
  if (!Array.isArray(groups) || groups.length > MOST_GROUPS || found.scenarios.length > MOST) throw new Error("broken");
  const wrong = [...found.scenarios, ...groups].some((entry) => !entry || typeof entry.name !== "string" || typeof entry.overlay !== "object");
  if (wrong) throw new Error("broken");
  return { ...fresh(), ...found };
}

/** Holds the state, tells who asked when it changes, and goes back and forth. */
export class Store {
  #past = [];
  #future = [];
  #listeners = [];
  #last = { key: "", at: 0 };
  #replaced = 0;

  /** @param {Object} state the first one. */
  constructor(state) {
    this.state = state;
  }

  /** @param {Function} listener called with the state after and before a change. */
  listen(listener) {
    this.#listeners.push(listener);
  }

  /**
   * Change the state.
   * @param {Object} patch fields that are new.
   * @param {string} [key] names the change; those of one name that follow each other fast are one step back.
   *   An empty one is no step: language, view, year and place are looked at, not decided.
   */
  set(patch, key = "") {
    const before = this.state;
    const now = performance.now(); // no clock that somebody sets
    const same = key === this.#last.key && now - this.#last.at < ONE_MOVE;
    if (key && !same) {
      this.#past.push(before);
      if (this.#past.length > STEPS) this.#past.shift();
    }
    if (key) {
      this.#future = [];
      this.#last = { key, at: now };
    }
    this.#become({ ...before, ...patch });
  }

  /** Put another state in place, as one step that can be undone. */
  replace(state, key = "replace") {
    this.set(state, `${key} ${(this.#replaced += 1)}`);
  }

  undo() {
    this.#step(this.#past, this.#future);
  }

  redo() {
    this.#step(this.#future, this.#past);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  #step(from, to) {
    if (!from.length) return;
    to.push(this.state);
    const { scenarios, baseline, lock, groups, assumed } = from.pop();
    this.#last = { key: "", at: 0 };
    this.#become({ ...this.state, scenarios, baseline, lock, groups, assumed });
  }

  #become(state) {
    const before = this.state;
    this.state = state;
    for (const listener of this.#listeners) listener(state, before);
  }
}

/** A random name for this visitor, without cookies: it orders the queue and tells nothing of anybody. */
export function user() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** How many scenarios stand beside the baseline at most. */
export const MOST_SCENARIOS = MOST;
