/** What `/api/setup` says, in the shape that the page works with. */

/**
 * @param {Object} given answer of `/api/setup`.
 * @param {Object} specs answer of `/api/specs`: views that are charts.
 * @returns {Object}
 */
export function readSetup(given, specs) {
  const { words } = given;
  const both = (id) => ({ en: words[`page.face.${id}_en`] ?? id, ja: words[`page.face.${id}_ja`] ?? id });
  return {
    ...given,
    lang: given.lang,
    levers: given.levers.map(lever),
    settings: (given.settings ?? []).map((setting) => ({ ...setting, value: setting.value ?? setting.default })),
    assumptions: given.assumptions ?? [],
    presets: given.presets ?? [],
    views: given.views ?? [...Object.keys(specs), "map"],
    places: given.places ?? [],
    prefectures: given.prefectures ?? [],
    both: { scenario: both("scenario"), language: both("language") },
  };
}

function lever(given) {
  return { ...given, path: given.path ?? given.baseline ?? { 2018: 0 }, high: given.high ?? 2500, label: given.label ?? given.name };
}
