/** A tour of five steps: each points at a part of the page and says one thing to try there. */

import { button, fill, h } from "./dom.js";
import { t } from "./words.js";

const STEPS = ["answer", "scenarios", "levers", "view", "share"];
/** What a step points at, where it is not the part of its name. */
const PARTS = { view: "results" };
/** Share of the window from which on a part is shown from its beginning, not by its middle. */
const TALL = 0.5;

/** Start the tour; Escape or the last step ends it, and the focus goes back to where it was. */
export function tour() {
  const before = document.activeElement;
  const box = h("div", { class: "tour", role: "dialog", "aria-labelledby": "tour-title", tabindex: "-1" });
  let step = 0;
  const escape = (event) => event.key === "Escape" && end();
  const end = () => {
    removeEventListener("keydown", escape);
    mark(null);
    box.remove();
    before?.focus?.();
  };
  const show = () => {
    const name = STEPS[step];
    mark(document.getElementById(PARTS[name] ?? name));
    fill(box,
      h("p", { class: "tour-count" }, t("tour_count", { step: step + 1, of: STEPS.length })),
      h("h2", { id: "tour-title" }, t(`tour_${name}`)), h("p", {}, t(`tour_${name}_text`)),
      h("div", { class: "tour-buttons" }, button(t("tour_end"), end, { class: "text" }),
        step ? button(t("tour_back"), () => go(-1)) : null,
        button(t(step === STEPS.length - 1 ? "tour_done" : "tour_next"), () => go(1), { class: "primary" })));
    box.focus();
  };
  const go = (by) => {
    step += by;
    if (step >= STEPS.length) end();
    else show();
  };
  addEventListener("keydown", escape);
  document.body.append(box);
  show();
}

function mark(element) {
  for (const each of document.querySelectorAll(".toured")) each.classList.remove("toured");
  if (!element) return;
  element.classList.add("toured");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const block = element.offsetHeight > TALL * innerHeight ? "start" : "center";
  element.scrollIntoView({ block, behavior: still ? "auto" : "smooth" });
}
