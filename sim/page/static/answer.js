/** The answer before any chart: one sentence with its interval, how sure it is by now, and four numbers. */

import { fill, h } from "./dom.js";
import { t } from "./words.js";

/** The head of the page's results. */
export class Answer {
  /**
   * @param {Element} root stays in sight.
   * @param {Element} numbers below it.
   */
  constructor(root, numbers) {
    this.sentence = h("div", { class: "sentences" });
    // frame after frame would be read out: only the refined answer is
    this.spoken = h("div", { class: "unseen", role: "status" });
    this.assumed = h("p", { class: "assumed" });
    this.notes = h("div", { class: "notes" });
    this.progress = h("p", { class: "progress" });
    this.meter = h("progress", { class: "meter", max: 30, value: 0, "aria-label": t("meter") });
    this.cards = h("div", { class: "cards" });
    this.parts = [root, numbers];
    fill(numbers, this.notes, this.cards);
    fill(root, this.sentence, this.assumed, h("div", { class: "progress-row" }, this.meter, this.progress), this.spoken);
  }

  /**
   * @param {Object} data of the view `answer`.
   * @param {boolean} [fresh] whether nothing has been moved yet.
   */
  show(data, fresh = false) {
    const sentences = fresh ? [t("page.views.answer.nothing")] : data.sentences ?? [];
    this.#stale(false);
    const shown = [...this.sentence.children].map((line) => line.textContent).join();
    if (shown !== sentences.join()) fill(this.sentence, sentences.map((text, place) => h("p", { class: `key key-${place + 1}` }, text)));
    this.sentence.classList.toggle("several", sentences.length > 1);
    fill(this.notes, (data.notes ?? []).map((text) => h("p", {}, text)));
    fill(this.cards, [...groups(data.rows)].map(([, rows]) => card(rows)));
  }

  /** What is shown is of what was asked before. */
  wait() {
    this.#stale(true);
  }

  #stale(is) {
    for (const part of this.parts) part.classList.toggle("stale", is);
  }

  /** @param {string} text what is assumed otherwise; empty where all is as in the model. */
  assume(text) {
    this.assumed.textContent = text;
  }

  /**
   * Say how far the runs are.
   * @param {string} text
   * @param {{done?: number, of?: number, busy: boolean}} how
   */
  tell(text, { done = 0, of = 30, busy }) {
    this.progress.textContent = text;
    this.meter.max = of;
    this.meter.value = done;
    this.meter.classList.toggle("busy", busy);
    if (!busy) this.spoken.textContent = `${this.sentence.textContent} ${this.assumed.textContent} ${text}`;
  }
}

function groups(rows) {
  const found = new Map();
  for (const row of rows) found.set(row.outcome, [...(found.get(row.outcome) ?? []), row]);
  return found;
}

function card(rows) {
  const [base, ...others] = rows;
  const lines = others.map((row) => h("li", {},
    h("span", { class: `key key-${row.place}` }, h("span", { class: "named" }, row.scenario)),
    h("span", { class: "difference" }, row.difference || "\u2013"),
    h("span", { class: "interval" }, row.from ? t("from_to", { low: row.from, high: row.to }) : t("one_pair"))));
  return h("section", { class: "card" },
    h("h3", {}, base.name),
    h("p", { class: "level" }, h("b", {}, base.level), " ", h("span", { class: "unit" }, /\d/.test(base.unit) ? `\u00d7 ${base.unit}` : base.unit)),
    h("p", { class: "of" }, t("in_baseline", { quarter: base.quarter })),
    h("ul", {}, lines));
}
