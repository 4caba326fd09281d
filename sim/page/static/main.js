/** Puts the page together: state, server, levers, answer and views. */

import { Answer } from "./answer.js";
import { Assumptions, assumedOtherwise } from "./assumptions.js";
import { Client, Refused, ask } from "./client.js";
import { drawer } from "./chart.js";
import { fill, h } from "./dom.js";
import { droppable } from "./files.js";
import { header } from "./header.js";
import { Levers } from "./levers.js";
import { Money } from "./money.js";
import { readSetup } from "./setup.js";
import { Scenarios, blank, renamed } from "./scenarios.js";
import { search } from "./search.js";
import { Store, fresh, fromFragment, toFragment, user } from "./state.js";
import { Views } from "./views.js";
import { setWords, t, titled } from "./words.js";

const $ = (id) => document.getElementById(id);
/** Paired replicates that the page asks for in the end. */
const REPLICATES = 30;
/** Share of the window that the answer may take and stay in sight while what is below it is read. */
const MOST_HEIGHT = 0.34;

/** All that the parts of the page share. */
export class Page {
  active = 0;
  /** What groups give each lever, by its name, as the server tells it. */
  ranges = {};
  /** The place that was searched for and is not shown yet. */
  sought = null;
  /** How views are drawn, by name: those of the page, and of the last folder that has its own. */
  specs = {};
  user = user();
  #written = "";
  /** Kept once the address holds the state. */
  #linked = Promise.resolve();
  /** Whether what is said is why something was refused: no longer true once it runs. */
  #wrong = false;

  /** Read the link, ask what there is, show it, and run. */
  async start() {
    const { state, problem, why } = await linked(await preferred());
    this.store = new Store(state);
    await this.#words(state.lang);
    if (!state.scenarios.length) this.store.set({ scenarios: [blank([], this.setup.both.scenario)] });
    this.client = new Client({
      line: (line, body) => this.#line(line, body), gone: () => this.#gone(), back: () => this.#back(), refused: (lines) => this.#refused(lines), other: () => this.#other(),
    }, this.setup.served);
    this.#build();
    this.store.listen((after, before) => this.#changed(after, before));
    droppable(this);
    new ResizeObserver(() => this.#clear()).observe($("answer"));
    addEventListener("hashchange", () => this.#pasted());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    if (problem) this.#unread(problem, why, "anew");
    this.#range();
    this.#run();
    this.#link();
    drawer().catch(() => undefined); // charts say so
  }

  /** @returns {Object|null} the scenario that is edited; null where the baseline is looked at. */
  entry() {
    return this.store.state.scenarios[this.active] ?? null;
  }

  /** @returns {string} what a scenario is called; null is the baseline. */
  name(entry) {
    if (entry) return titled(entry.title, entry.name);
    const { baseline, assumed } = this.store.state;
    const title = this.setup.presets.find((preset) => preset.name === baseline)?.label ?? t("baseline");
    return Object.keys(assumed).length ? t("page.assumed.baseline", { title }) : title;
  }

  /** @returns {Array<string>} what is shown side by side, the baseline first; of a folder its scenarios. */
  titles() {
    const { scenarios: own, groups, view } = this.store.state;
    if (!this.folder) return [null, ...(view === "groups" && groups.length ? groups : own)].map((entry) => this.name(entry));
    const { scenarios, baseline } = this.folder;
    const ordered = [...scenarios].sort((one, other) => (other.name === baseline) - (one.name === baseline));
    return ordered.map((scenario) => scenario.title);
  }

  /** @returns {Object} the entry with its levers but the one moved scaled to the sum that is locked, if any is. */
  locked(entry, moved = null) {
    const { lock } = this.store.state;
    return lock === null ? entry : this.money.balanced(entry, moved, lock);
  }

  /** Put an entry in the place of the one that is edited. */
  change(entry, key) {
    const scenarios = [...this.store.state.scenarios];
    scenarios[Math.max(this.active, 0)] = entry;
    this.store.set({ scenarios }, `${this.active} ${key}`);
  }

  /** Put a scenario from elsewhere in the place of the one that is edited, under a name that no other has. */
  put(entry, key) {
    const { scenarios, groups } = this.store.state;
    this.active = Math.max(this.active, 0);
    const others = scenarios.filter((_, place) => place !== this.active);
    this.change(renamed(entry, [...others, ...groups, ...this.setup.presets]), key);
    this.levers.stale();
    this.levers.show();
  }

  /** Look at something else; no step that is undone. */
  look(patch) {
    this.store.set(patch);
  }

  /** Open a scenario for editing, -1 the baseline. */
  open(place) {
    this.active = place;
    this.scenarios.show();
    this.levers.show();
    $("levers").setAttribute("aria-labelledby", `scenario-${place + 1}`);
  }

  /** Say something that goes by. */
  say(text) {
    this.#wrong = false;
    fill($("notice"), text ? h("p", {}, text, " ", h("button", { type: "button", class: "button text", onclick: () => {
      this.say("");
      $("results").focus();
    } }, t("close"))) : null);
  }

  /** Draw anew, as for another theme. */
  redraw() {
    this.views.build();
    if (this.last) this.views.show(this.last);
  }

  /** Another language, without a reload: words and specifications anew, the state as it is. */
  async speak(lang) {
    await this.#words(lang);
    this.store.set({ lang });
  }

  async #words(lang) {
    const [setup, specs] = await Promise.all([ask(`/api/setup?lang=${lang}`), ask(`/api/specs?lang=${lang}`)]);
    this.setup = readSetup(setup, specs);
    this.specs = { ...this.specs, ...specs };
    setWords(this.setup.words, lang);
    this.money = new Money(this.setup.levers, this.setup.presets);
    document.documentElement.lang = lang;
    document.title = t("title");
  }

  #build() {
    header($("head"), this);
    fill($("skip"), t("skip"));
    fill($("foot"), h("p", {}, t("foot")), h("p", {}, t("foot_private")), h("p", { id: "printed", class: "printed" }));
    $("panel").setAttribute("aria-label", t("panel"));
    $("results").setAttribute("aria-label", t("results"));
    $("tabs").setAttribute("aria-label", t("views"));
    $("numbers").setAttribute("aria-label", t("numbers"));
    fill($("search"), search(this));
    for (const link of $("jump").children) link.textContent = t(`jump_${link.dataset.to}`);
    $("jump").setAttribute("aria-label", t("jump"));
    this.answer = new Answer($("answer"), $("numbers"));
    this.scenarios = new Scenarios($("scenarios"), this);
    this.levers = new Levers($("levers"), this);
    this.assumptions = new Assumptions(this.levers.assumed, this);
    this.answer.assume(assumedOtherwise(this));
    this.views?.end();
    this.views = new Views($("tabs"), $("view"), this);
    this.views.build();
    this.open(this.active);
  }

  #changed(after, before) {
    const looks = after.view !== before.view;
    if (after.lang !== before.lang) this.#build();
    else if (looks) this.views.build();
    if (this.active >= after.scenarios.length) this.active = after.scenarios.length - 1;
    if (after.scenarios !== before.scenarios || after.lock !== before.lock) {
      if (names(after) !== names(before)) this.scenarios.show();
      this.levers.show();
    }
    if (after.assumed !== before.assumed) {
      this.assumptions.show();
      this.scenarios.show();
      this.answer.assume(assumedOtherwise(this));
    }
    if (after.groups !== before.groups || after.lang !== before.lang) this.#range();
    header.update(this);
    this.#link();
    this.#run();
  }

  /** Ask how far the groups' settings range, and show it below the sliders. */
  async #range() {
    const { state } = this.store;
    this.views.groups.list();
    try {
      this.ranges = state.groups.length ? (await ask("/api/check", { state, lang: state.lang })).ranges ?? {} : {};
    } catch {
      this.ranges = {};
    }
    if (state === this.store.state || state.groups === this.store.state.groups) this.levers.show();
  }

  /** Look at a finished folder through the same views; without one, at the scenarios of the page again. */
  browse(folder) {
    this.folder = folder;
    this.#told();
    this.views.build();
    this.#run();
  }

  /** Say which folder is shown, and what to know of it. */
  #told() {
    const { folder } = this;
    fill($("folder"), folder ? h("p", {}, t("folder_shown", { name: folder.id }), " ", folder.lines.join(" "), " ", h("button", { type: "button", class: "button text", onclick: () => this.browse(null) }, t("folder_leave"))) : null);
  }

  async #read() {
    const { state } = this.store;
    const { folder } = this;
    const wanted = folder.tabs ? this.views.wanted() : [];
    const asked = new URLSearchParams({ lang: state.lang, views: wanted.join(","), year: state.year ?? 2030, place: state.place ?? "", dates: (state.dates ?? []).join(",") });
    try {
      this.answer.tell(t("reading_folder"), { busy: true });
      const frame = await ask(`/api/results/${folder.id}/views?${asked}`);
      if (folder.id !== this.folder?.id || state !== this.store.state) return;
      this.folder = { ...frame.folder, tabs: frame.tabs };
      this.specs = { ...this.specs, ...frame.specs };
      this.#told();
      if (!folder.tabs && frame.tabs[0] !== state.view) return void this.look({ view: frame.tabs[0] });
      if (!folder.tabs) this.views.build();
      this.#line(frame, { state });
      this.#line({ kind: "done", replicates: frame.replicates }, { state });
    } catch (error) {
      this.#refused(error instanceof Refused ? error.lines : [t("no_server")]);
    }
  }

  #run() {
    const { state } = this.store;
    delete document.body.dataset.done; // what is shown is of what was asked before
    if (this.folder) return void this.#read();
    this.client.run({ user: this.user, lang: state.lang, state, views: this.views.wanted(), year: state.year, place: state.place });
    this.answer.wait();
    this.answer.tell(t("asking"), { done: 0, of: REPLICATES, busy: true });
  }

  #line(line, body) {
    if (line.kind === "queued") this.answer.tell(t("queued", { place: line.place }), { busy: true });
    if (line.kind === "compiling") this.answer.tell(t("compiling"), { busy: true });
    if (line.kind === "error") this.#refused(line.lines);
    if (line.kind === "frame") {
      if (body.state.lang !== this.setup.lang) return;
      this.last = line.views;
      if (this.#wrong) this.say("");
      if (line.views.answer) this.answer.show(line.views.answer, !this.folder && untouched(body.state));
      if (body.state.view === this.store.state.view) this.views.show(line.views);
      this.#reveal(body.state);
      this.answer.tell(t("refining", { n: line.replicates, of: line.of }), { done: line.replicates, of: line.of, busy: true });
      document.body.dataset.replicates = line.replicates;
    }
    if (line.kind === "done") {
      this.answer.tell(t("refined", { n: line.replicates }), { done: line.replicates, of: line.replicates, busy: false });
      this.#linked.finally(() => {
        if (body.state === this.store.state) document.body.dataset.done = `${this.views.open()} ${line.replicates}`;
      });
    } else delete document.body.dataset.done;
  }

  /** Bring the panel of a place that was searched for into sight, where the view itself does not show the place. */
  #reveal({ place, view }) {
    if (!this.sought || place !== this.sought) return;
    this.sought = null;
    if (view !== "map" && view !== "network") this.views.place.reveal();
  }

  #refused(lines = []) {
    this.answer.tell(t("refused"), { busy: false });
    this.say(lines.map((line) => line.text ?? line).join(" "));
    this.#wrong = true;
  }

  #gone() {
    document.body.classList.add("gone");
    fill($("server"), h("p", {}, t("gone")));
  }

  #back() {
    document.body.classList.remove("gone");
    fill($("server"));
    this.say(t("back"));
  }

  /** Another version or world is there now: words, levers and places are its own; the link keeps the scenario. */
  async #other() {
    await this.#link();
    location.reload();
  }

  /** What is reached by keys is not to lie below the answer, which stays in sight. */
  #clear() {
    const answer = $("answer");
    answer.classList.toggle("tall", answer.scrollHeight > MOST_HEIGHT * innerHeight);
    const { position } = getComputedStyle(answer);
    document.documentElement.style.scrollPaddingBlockStart = position === "sticky" ? `${answer.offsetHeight + 16}px` : "";
  }

  /** Let the address hold the state. */
  #link() {
    this.#linked = this.#write();
    return this.#linked;
  }

  async #write() {
    const { state } = this.store;
    const written = await toFragment(state);
    if (state !== this.store.state) return; // a newer one is written, or will be
    this.#written = written;
    history.replaceState(null, "", written);
    $("printed").textContent = location.href;
  }

  /** Say why a link is not opened, and what is shown instead. */
  #unread(problem, why, then) {
    this.say(`${t(`link_${problem}`, { why })} ${t(`link_${then}`)}`);
  }

  async #pasted() {
    if (location.hash === this.#written) return;
    const { state, problem, why } = await linked(this.store.state.lang);
    if (problem) {
      this.#unread(problem, why, "kept");
      return this.#link(); // or it would be copied and handed on
    }
    this.active = 0;
    if (state.lang !== this.store.state.lang) await this.#words(state.lang);
    return this.store.replace(state, "link");
  }
}

/** The language of the address; else that of the server or the browser, where one of them is Japanese. */
async function preferred() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked === "en" || asked === "ja") return asked;
  const { lang } = await ask("/api/health");
  return lang === "ja" || navigator.language?.startsWith("ja") ? "ja" : "en";
}

/** @returns {boolean} whether there is nothing to answer yet: one scenario that is as the baseline. */
function untouched({ scenarios, assumed }) {
  const [only, ...more] = scenarios;
  const { extends: _, ...moved } = only?.overlay ?? {};
  return !more.length && !Object.keys(assumed).length && only?.overlay.extends === "baseline" && !Object.keys(moved).length;
}

function names(state) {
  return JSON.stringify(state.scenarios.map((entry) => [entry.name, entry.title]));
}

/** The state of the address as the server reads it; else a fresh one, and why. */
async function linked(lang) {
  try {
    const found = await fromFragment(location.hash);
    const checked = found && (await ask("/api/check", { state: found, lang }));
    if (!found || checked.ok) return { state: { ...fresh(lang), ...checked?.state }, problem: null };
    return { state: fresh(lang), problem: "refused", why: checked.lines.map((line) => line.text).join(" ") };
  } catch (error) {
    return { state: fresh(lang), problem: error.message === "version" ? "version" : "broken" };
  }
}

const page = new Page();
page.start().catch(() => document.body.classList.add("failed"));
