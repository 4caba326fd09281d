/** Groups of a workshop: their links are read by the server's own check; each can be copied into a scenario. */

import { Refused, ask } from "./client.js";
import { button, dialog, fill, h } from "./dom.js";
import { mistakes } from "./files.js";
import { table } from "./table.js";
import { t } from "./words.js";

/** What the view of groups shows besides its chart: a sentence, the groups, and the range of their settings. */
export class Groups {
  /** @param {import("./main.js").Page} page */
  constructor(page) {
    this.page = page;
    this.sentence = h("p", { class: "groups-sentence" });
    this.named = h("div", { class: "groups" });
    this.root = h("div", {}, this.sentence, this.named);
    this.settings = h("div", { class: "groups-settings" });
  }

  /** @param {{sentences: Array<string>, settings: Object}} data of the view `groups`. */
  show({ sentences, settings }) {
    this.sentence.textContent = sentences.join(" ");
    fill(this.settings, settings.rows.length ? table(settings, settings.title) : null);
  }

  /** Nothing of it is known yet. */
  clear() {
    this.sentence.textContent = "";
    fill(this.settings);
    this.list();
  }

  /** Name the groups that are there. */
  list() {
    const { page } = this;
    if (page.folder) return fill(this.named);
    const { groups } = page.store.state;
    const { groups: most } = page.setup.limits;
    const full = groups.length >= most;
    const rows = groups.map((entry, place) => {
      const name = page.name(entry);
      const use = button(t("group_use"), () => this.#use(entry), { class: "text" });
      for (const said of ["aria-label", "title"]) use.setAttribute(said, t("group_use_of", { name }));
      return h("li", {}, h("b", {}, name), use, button(t("group_drop", { name }), () => this.#drop(place), { icon: "close", bare: true, class: "small" }));
    });
    return fill(this.named,
      groups.length ? h("ul", { "aria-label": t("group_list") }, rows) : h("p", { class: "hint" }, t("groups_none", { most })),
      full ? null : button(t("groups_add"), () => this.#ask(), { icon: "plus" }));
  }

  #use(entry) {
    this.page.put(structuredClone(entry), "group");
    this.page.say(t("group_used", { name: this.page.name(entry) }));
  }

  #drop(place) {
    const { store } = this.page;
    store.replace({ groups: store.state.groups.filter((_, order) => order !== place) }, "group");
    this.named.querySelector("button")?.focus();
  }

  #ask() {
    const links = h("textarea", { id: "group-links", rows: 8, spellcheck: "false", "aria-describedby": "group-hint" });
    const picker = h("input", { type: "file", id: "group-files", multiple: true, accept: ".yaml,.yml,text/yaml" });
    const wrong = h("div", { role: "alert" });
    const form = h("form", { class: "form", onsubmit: async (event) => {
      event.preventDefault();
      const lines = await this.#add([...linesOf(links.value), ...await texts(picker.files)]);
      if (lines) fill(wrong, h("p", {}, t("groups_wrong")), mistakes(lines));
      else box.close();
    } },
    h("div", { class: "form-row" }, h("label", { for: "group-links" }, t("groups_links")), links, h("p", { class: "hint", id: "group-hint" }, t("groups_links_hint"))),
    h("div", { class: "form-row" }, h("label", { for: "group-files" }, t("groups_files")), picker),
    wrong, h("button", { type: "submit", class: "button primary" }, t("groups_add")));
    const box = dialog(t("groups_add"), [form], { close: t("close") });
    links.focus();
  }

  /** @returns {Promise<Array|null>} what is wrong, if anything; then nothing was added. */
  async #add(sources) {
    if (!sources.length) return null;
    const { store } = this.page;
    const { state } = store;
    try {
      const found = await ask("/api/check", { state, sources, lang: state.lang });
      if (!found.ok) return found.lines;
      store.replace({ groups: found.state.groups }, "groups");
      this.page.say([t("groups_added", { count: sources.length }), ...found.notes].join(" "));
      return null;
    } catch (error) {
      return error instanceof Refused ? error.lines : [t("no_server")];
    }
  }
}

/** A link each, which the group's name may stand before. */
function linesOf(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => ({ name: "", text: line }));
}

function texts(files) {
  return Promise.all([...files].map(async (file) => ({ name: file.name, text: await file.text() })));
}
