/** Answers that lie in a results folder: their words, what they rest on, figure and numbers, as they were stored. */

import { h, icon } from "./dom.js";
import { table } from "./table.js";
import { t } from "./words.js";

/**
 * All answers of a folder.
 * @param {{answers: Array<Object>}} data of the view `answers`.
 * @param {string} folder its id.
 * @returns {HTMLElement}
 */
export function answers(data, folder) {
  return h("div", { class: "answers" }, data.answers.map((answer) => one(answer, `/api/results/${folder}/answers/${answer.name}`)));
}

function one(answer, address) {
  const [first, ...more] = answer.sentences;
  const rests = answer.hangs_on.length ? [h("h4", {}, t("rests_on")), h("ul", { class: "rests-on" }, answer.hangs_on.map((text) => h("li", {}, text)))] : [];
  return h("section", { class: "stored-answer" },
    h("h3", {}, answer.asked),
    answer.notes.map((note) => h("p", { class: "doubt" }, note)),
    h("p", { class: "lead" }, first), more.map((text) => h("p", {}, text)), rests,
    answer.figure ? figure(answer, address) : null,
    answer.tables.map((each, place) => numbers(each, address, place === 0)),
    h("p", { class: "hint" }, answer.source));
}

function figure(answer, address) {
  const picture = `${address}/${answer.figure}`;
  return h("figure", { class: "stored-figure" },
    h("img", { src: picture, alt: answer.sentences[0], loading: "lazy" }),
    h("figcaption", {}, file(picture, `${answer.name}.svg`, t("save_svg")), file(picture.replace(/svg$/, "png"), `${answer.name}.png`, t("save_png"))));
}

function numbers(given, address, open) {
  const rest = given.count > given.rows.length ? h("p", { class: "hint" }, t("first_rows", { shown: given.rows.length, count: given.count })) : null;
  return h("details", { open }, h("summary", {}, given.title), rest, table(given, given.title), file(`${address}/${given.file}`, given.file, "CSV"));
}

function file(address, name, text) {
  return h("a", { href: address, download: name, class: "button text" }, icon("down"), h("span", {}, text));
}
