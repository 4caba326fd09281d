/** The time that is looked at: one for all charts on the page, whether it is pointed at or reached by keys. */

const charts = new Set();

/**
 * Have charts follow.
 * @param {{mark: Function}} shown told the time (a calendar year with its part), null where none is looked at.
 */
export function follow(shown) {
  charts.add(shown);
}

/** @param {{mark: Function}} shown is there no more. */
export function leave(shown) {
  charts.delete(shown);
}

/** @param {number|null} time */
export function look(time) {
  for (const shown of charts) shown.mark(time);
}
