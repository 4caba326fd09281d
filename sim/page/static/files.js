/** Files in and out: a scenario file is read by the server's own check; downloads hold the command line's numbers. */

import { Refused, ask, askFile } from "./client.js";
import { button, dialog, h, save } from "./dom.js";
import { t } from "./words.js";

const KINDS = ["yaml", "csv", "parquet", "report"];
const MOST_BYTES = 200_000;

/**
 * Let scenario files be dropped on the page.
 * @param {import("./main.js").Page} page
 */
export function droppable(page) {
  let inside = 0;
  const held = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragenter", (event) => held(event) && document.body.classList.toggle("dropping", (inside += 1) > 0));
  document.addEventListener("dragleave", (event) => held(event) && document.body.classList.toggle("dropping", (inside -= 1) > 0));
  document.addEventListener("dragover", (event) => held(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!held(event)) return;
    event.preventDefault();
    inside = 0;
    document.body.classList.remove("dropping");
    upload(page, event.dataTransfer.files[0]);
  });
}

/**
 * Take a scenario file in the place of the scenario that is edited, or say what is wrong with it, line by line.
 * @param {import("./main.js").Page} page
 * @param {File} file
 */
export async function upload(page, file) {
  if (!file) return;
  if (file.size > MOST_BYTES) return wrong([{ text: t("too_large", { most: Math.round(MOST_BYTES / 1000) }) }], file.name);
  try {
    const found = await ask("/api/check", { yaml: await file.text(), lang: page.setup.lang });
    if (!found.ok) return wrong(found.lines, file.name);
    page.put(found.entry, `upload ${file.name}`);
    page.say(t("uploaded", { name: file.name }));
  } catch (error) {
    wrong(error instanceof Refused ? error.lines : [t("no_server")], file.name);
  }
  return undefined;
}

function wrong(lines, name) {
  dialog(t("file_wrong", { name }), [h("p", {}, t("file_wrong_hint")), mistakes(lines)], { close: t("close") });
}

/** @returns {HTMLElement} what is wrong, a line each. */
export function mistakes(lines) {
  return h("ol", { class: "mistakes" }, lines.map((line) => {
    const text = typeof line === "string" ? line : line.text;
    return h("li", {}, line.line ? h("b", {}, t("at_line", { line: line.line, column: line.column }), " ") : null, text);
  }));
}

/**
 * What can be taken home: opened by the button in the head.
 * @param {import("./main.js").Page} page
 */
export function files(page) {
  const picker = h("input", { type: "file", id: "upload", accept: ".yaml,.yml,text/yaml", onchange: () => {
    const [file] = picker.files;
    box.close();
    upload(page, file);
  } });
  const status = h("p", { class: "hint", role: "status" });
  const list = h("ul", { class: "downloads" }, KINDS.map((kind) => h("li", {},
    button(t(`download_${kind}`), () => download(page, kind, status), { icon: "down" }), h("span", { class: "hint" }, t(`download_${kind}_hint`)))));
  const folders = h("ul", { class: "folders" });
  const box = dialog(t("files"), [
    h("h3", {}, t("downloads")), list, status,
    h("h3", {}, t("upload")), h("label", { for: "upload" }, t("upload_hint")), picker, folders,
  ], { close: t("close") });
  browse(page, folders, box);
}

/** Finished batches and answers below the folder that the server was told of. */
async function browse(page, list, box) {
  const { folders } = await ask(`/api/results?lang=${page.setup.lang}`).catch(() => ({ folders: [] }));
  if (!folders?.length) return;
  list.before(h("h3", {}, t("folders")));
  list.append(...folders.map((folder) => h("li", {},
    button(folder.id, () => {
      box.close();
      page.browse(folder);
    }, { icon: "table", class: folder.shown ? "" : "unusable" }),
    folder.holds ? h("span", { class: "hint" }, folder.holds) : null,
    folder.lines.map((line) => h("span", { class: "doubt" }, line)),
    folder.answers?.length ? h("span", { class: "hint" }, t("folder_answers", { asked: folder.answers.join(" ") })) : null,
    folder.report ? h("a", { href: `/api/results/${folder.id}/report?lang=${page.setup.lang}`, download: "" }, t("download_report")) : null)));
}

async function download(page, kind, status) {
  status.textContent = t("download_wait");
  const { state } = page.store;
  const scenario = page.entry()?.name ?? state.baseline;
  try {
    const { blob, name } = await askFile(`/api/download/${kind}`, { user: page.user, state, scenario, lang: state.lang });
    save(blob, name);
    status.textContent = t("download_done");
  } catch (error) {
    const lines = error instanceof Refused ? error.lines.map((line) => line.text ?? line) : [t("no_server")];
    status.textContent = lines.join(" ");
  }
}
