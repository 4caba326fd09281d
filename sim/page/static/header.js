/** The bar at the top: what is done with the whole page. */

import { button, fill, h } from "./dom.js";
import { isDark } from "./chart.js";
import { files } from "./files.js";
import { blank } from "./scenarios.js";
import { tour } from "./tour.js";
import { t } from "./words.js";

const parts = {};
/** Names of this computer that lead nowhere from another one. */
const ALONE = /^(localhost|127\.|\[::1\])/;

/**
 * Write the bar.
 * @param {Element} root
 * @param {import("./main.js").Page} page
 */
export function header(root, page) {
  const { store } = page;
  parts.undo = button(t("undo"), () => store.undo(), { icon: "undo", bare: true });
  parts.redo = button(t("redo"), () => store.redo(), { icon: "redo", bare: true });
  const reset = button(t("reset"), () => {
    page.active = 0;
    store.replace({ scenarios: [blank([], page.setup.both.scenario)], assumed: {}, lock: null, groups: [] }, "reset");
  }, { icon: "reset", bare: true });
  const other = store.state.lang === "ja" ? "en" : "ja";
  const language = h("button", { type: "button", class: "button text", lang: other, id: "language", onclick: async () => {
    await page.speak(other);
    document.getElementById("language").focus();
  } }, page.setup.both.language[other]);
  fill(root,
    h("h1", {}, t("page.name"), " ", h("small", {}, t("tagline"))),
    h("div", { class: "bar-tools", role: "toolbar", "aria-label": t("tools") },
      parts.undo, parts.redo, reset,
      h("span", { id: "share", class: "group" }, button(t("copy_link"), () => copy(page), { icon: "link" }), button(t("files"), () => files(page), { icon: "down" })),
      button(t("print"), () => print(), { icon: "print", bare: true }),
      button(t("tour"), tour, { icon: "tour" }), theme(page), language));
  header.update(page);
}

/** Whether there is a step back or forth. */
header.update = ({ store }) => {
  // not `disabled`, which would take the focus from whoever goes back step by step
  parts.undo.setAttribute("aria-disabled", String(!store.canUndo));
  parts.redo.setAttribute("aria-disabled", String(!store.canRedo));
};

function theme(page) {
  const toggle = button(t("theme"), () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    toggle.setAttribute("aria-pressed", String(isDark()));
    page.redraw();
  }, { icon: "theme", bare: true });
  toggle.setAttribute("aria-pressed", String(isDark()));
  return toggle;
}

async function copy(page) {
  try {
    await navigator.clipboard.writeText(location.href);
    page.say(t(ALONE.test(location.hostname) ? "copied_here" : "copied"));
  } catch {
    page.say(t("copy_failed", { link: location.href }));
  }
}

addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input:not([type=range]), textarea"); // which has its own way back
  if (!(event.ctrlKey || event.metaKey) || field || event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  (event.shiftKey ? parts.redo : parts.undo)?.click();
});
