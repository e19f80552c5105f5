// The shelf: a made-up diary is shown, a guess is made, and only then what was put in.
// @ts-check
import { ask, at, el, failure, forget, lang, t } from "./leao.js";
import { draw } from "./calendar.js";

const GUESSES = ["drug", "chance", "other", "unsure"].map((key) => [key, t(`guess_${key}`)]);
/** @type {Record<string, any>} */ let shelf = {};

/** @param {string} name */
async function show(name) {
  const entry = shelf[name];
  for (const button of at("shelf").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === name));
  at("case").hidden = false;
  at("case-head").textContent = entry.title;
  at("asks").textContent = entry.asks;
  at("truth").replaceChildren();
  at("guesses").replaceChildren(...GUESSES.map(([key, label]) => el("button", { type: "button", value: key, "aria-pressed": "false", onclick: () => reveal(name, key) }, label)));
  at("case-head").focus();
  try {
    const held = await (await fetch(`/api/cases/${name}`, { method: "POST" })).json();
    const answer = await ask("diary/check", { file: held.file, unlisted: "missing" });
    forget(held.file);
    const steps = entry.doses.map((/** @type {[string, string]} */ [day, dose]) => ({ day, dose }));
    draw(at("calendar"), { first: answer.shown.span[0], days: answer.shown.days, steps, pick: () => undefined, most: 12 });
  } catch (error) { at("calendar").replaceChildren(failure(error)); }
}

/** @param {string} name @param {string} guess */
function reveal(name, guess) {
  const entry = shelf[name], right = guess === entry.answer;
  for (const button of at("guesses").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === guess));
  const wanted = GUESSES.find(([key]) => key === entry.answer)?.[1] ?? "";
  at("truth").replaceChildren(el("div", { class: `banner ${right ? "plain" : "ask"}` }, right ? `✓ ${t("guess_right")}` : `✕ ${t("guess_wrong", { answer: wanted })}`), el("h3", {}, t("case_put_in")), el("p", {}, entry.put_in), el("h3", {}, t("case_teaches")), el("p", {}, entry.teaches), el("p", {}, el("a", { class: "button main", href: `/diary#case=${name}` }, t("case_review"))));
}

fetch(`/api/cases?lang=${lang}`).then((answer) => answer.json()).then((all) => {
  shelf = all;
  at("shelf").replaceChildren(...Object.entries(shelf).map(([name, entry]) => el("li", {}, el("button", { type: "button", value: name, "aria-pressed": "false", onclick: () => show(name) }, entry.title))));
}).catch((error) => at("working").replaceChildren(failure(error)));
