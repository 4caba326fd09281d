/** Talks with the server: one request in flight, the latest wins, results as they come, and what if it is gone. */

import { pieces } from "./stream.js";

/** A request without a first frame is left for a newer one only after this long (ms), so that a drag shows something. */
const PATIENCE = 1500;
const HEARTBEAT = 3000;

/**
 * The lines of a stream of NDJSON.
 * @param {ReadableStream} stream
 * @yields {Object}
 */
async function* lines(stream) {
  let rest = "";
  for await (const text of pieces(stream.pipeThrough(new TextDecoderStream()))) {
    const whole = (rest + text).split("\n");
    rest = whole.pop();
    for (const line of whole) if (line.trim()) yield JSON.parse(line);
  }
  if (rest.trim()) yield JSON.parse(rest);
}

/** A plain answer that the server refused something, with its lines. */
export class Refused extends Error {
  /** @param {Array<string|Object>} found lines of the answer. */
  constructor(found) {
    super("refused");
    this.lines = found;
  }
}

/**
 * Ask for JSON.
 * @param {string} address
 * @param {Object} [body] sent by POST when given.
 * @returns {Promise<Object>}
 * @throws {Refused} with the lines of a 4xx.
 */
export async function ask(address, body) {
  const response = await send(address, body);
  return response.json();
}

/**
 * Ask for a file.
 * @param {string} address
 * @param {Object} body
 * @returns {Promise<{blob: Blob, name: string}>} with the name that the server gives it.
 */
export async function askFile(address, body) {
  const response = await send(address, body);
  const [, name] = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  return { blob: await response.blob(), name: name && decodeURIComponent(name) };
}

async function send(address, body) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(address, body === undefined ? {} : post);
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response) {
  try {
    return new Refused((await response.json()).lines ?? []);
  } catch {
    return new Refused([`${response.status} ${response.statusText}`]);
  }
}

/** Runs of the state of this page. */
export class Client {
  #flight = null;
  #next = null;
  #last = null;
  #gone = false;

  /**
   * @param {{line: Function, gone: Function, back: Function, refused: Function, other: Function}} told called as things happen.
   * @param {string} served what the page was loaded of; `other` is called once the server has something else.
   */
  constructor(told, served) {
    this.told = told;
    this.served = served;
    setInterval(() => document.hidden || this.#beat(), HEARTBEAT);
  }

  /**
   * Have a state run. Only the latest is kept; the one in flight goes on until it has shown something.
   * @param {Object} body of `POST /api/run`.
   */
  run(body) {
    this.#last = body;
    if (this.#gone) return;
    this.#next = body;
    const flight = this.#flight;
    if (!flight) this.#start();
    else if (flight.shown || performance.now() - flight.since > PATIENCE) flight.abort.abort();
  }

  async #start() {
    const body = this.#next;
    this.#next = null;
    const flight = { abort: new AbortController(), shown: false, since: performance.now() };
    this.#flight = flight;
    let wait = 0;
    try {
      wait = await this.#fly(body, flight);
    } catch (error) {
      if (error instanceof Refused) this.told.refused(error.lines);
      else if (error.name !== "AbortError") this.#lost();
    }
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
    this.#flight = null;
    if (wait && !this.#next) this.#next = this.#last;
    if (this.#next && !this.#gone) this.#start();
  }

  /** @returns {Promise<number>} after how many ms to try once more, 0 for not at all. */
  async #fly(body, flight) {
    const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: flight.abort.signal };
    const response = await fetch("/api/run", post);
    if (response.status === 429 || response.status === 503) {
      await response.body?.cancel();
      return 1000 * Math.min(Number(response.headers.get("Retry-After")) || 1, 10);
    }
    if (!response.ok) throw await refusal(response);
    let ended = false;
    for await (const line of lines(response.body)) {
      ended = line.kind === "done" || line.kind === "error";
      this.told.line(line, body);
      if (line.kind === "frame" || ended) flight.shown = true;
      if (flight.shown && this.#next && !ended) flight.abort.abort();
    }
    if (!ended && !this.#next) throw new TypeError("the stream broke off");
    return 0;
  }

  async #beat() {
    try {
      const response = await fetch("/api/health");
      if (response.status === 401) return this.told.refused((await refusal(response)).lines);
      if (!response.ok && response.status !== 429) throw new TypeError("not well");
      const { served } = response.ok ? await response.json() : this;
      if (served !== this.served) return this.told.other();
      if (this.#gone) {
        this.#gone = false;
        this.told.back();
        if (this.#last) this.run(this.#last);
      }
    } catch {
      if (!this.#gone) this.#lost();
    }
    return undefined;
  }

  #lost() {
    this.#gone = true;
    this.told.gone();
  }
}
