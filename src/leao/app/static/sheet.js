// Screen 6, the second part: the same wave over a sheet of cortex, or as an aura in half of the visual field.
// @ts-check
import { at, el, failure, forget, hold, number, opens, same, shown } from "./leao.js";
import { named } from "./number.js";
import { asked } from "./wave.js";

/** What is drawn for a row of films: canvases side by side, with and without drug. @param {any} row @param {[string, string][]} key */
function films(row, key) {
  const canvas = (/** @type {any} */ s) => el("canvas", { "data-reel": String(s.reel), role: "img", "aria-label": s.alt });
  const under = (/** @type {any} */ s) => (row.field ? el("ul", { class: "key" }, ...key.map(([colour, word]) => { const mark = el("i"); mark.style.background = colour; return el("li", {}, mark, word); })) : el("p", { class: "small dim" }, s.scale));
  return el("div", { class: row.field ? "field" : "" }, el("h3", {}, row.title), el("div", { class: "films" }, ...row.screens.map((/** @type {any} */ s) => el("figure", {}, s.title ? el("figcaption", {}, s.title) : null, canvas(s), under(s)))));
}

/** @param {any} s */
function measured(s) {
  const rows = [["A wave", "propagated", ""], ["Area invaded", "invaded_mm2", "mm²"], ["Farthest from the stimulus", "reached_mm", "mm"], ["Speed, outer half", "speed_mm_per_min", "mm/min"], ["Neurones depolarised", "duration_s", "s"], ["K⁺ outside, peak", "k_peak_mM", "mM"], ["Glutamate outside, peak", "glutamate_peak_uM", "µM"], ["DC shift", "dc_shift_mV", "mV"]];
  const cell = (/** @type {any} */ each, /** @type {string} */ key, /** @type {string} */ unit) => (typeof each[key] === "boolean" ? (each[key] ? "propagated" : "did not propagate") : each[key] === null ? (each.propagated ? "not seen long enough" : "none") : named(`${number(each[key])} ${unit}`, `wave.${s.preset}.${key}`));
  const runs = s.control ? [s, s.control] : [s], heads = s.control ? ["", "with the drug", "without"] : ["", "found"];
  return el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, ...rows.map(([name, key, unit]) => el("tr", {}, el("th", { scope: "row" }, name), ...runs.map((each) => el("td", {}, cell(each, key, unit)))))));
}

/** @param {string} id */
const value = (id) => /** @type {HTMLInputElement} */ (at(id)).value.trim();

let stop = () => {}, file = /** @type {string|null} */ (null);
at("over").addEventListener("submit", async (event) => {
  event.preventDefault();
  const start = /** @type {HTMLButtonElement} */ (at("over-start")), kind = value("over-kind");
  const minutes = Number(value("minutes").replace(",", "."));
  if (!(minutes > 0)) { at("over-working").replaceChildren(el("div", { class: "banner ask", role: "alert" }, "Minutes followed: wanted a number above 0, such as 2.")); at("minutes").focus(); return; }
  start.disabled = true;
  stop();
  at("over-result").hidden = true;
  try {
    const body = { ...asked(), size: value("size") || "10 mm", minutes, return_path: value("return_path"), node: value("node") || "80 um", every: value("every") || "2 s", at: value("at") || null, radius: value("radius") || null, file };
    const done = await shown(at("over-working"), `wave/${kind}`, kind === "aura" ? { ...body, hemifield: value("hemifield"), eccentricity: value("eccentricity") || null } : body);
    const { film, rows, key } = done.shown;
    at("films").classList.toggle("single", done.summary.control === null);
    at("films").replaceChildren(...rows.map((/** @type {any} */ row) => films(row, key)));
    at("over-says").textContent = sentence(done.summary);
    at("over-table").replaceChildren(measured(done.summary));
    at("over-result").hidden = false;
    const { playFilm } = await import(/** @type {string} */ ("/static/film.js"));
    stop = await playFilm(film, at("over-result"));
    same(at("same"), done, kind);
  } catch (error) { if (!at("over-working").firstChild) at("over-working").replaceChildren(failure(error)); }
  start.disabled = false;
});

/** @param {any} s */
function sentence(s) {
  const share = `${number(s.invaded_percent, 2)} % of the sheet invaded`, still = s.still_moving ? "; still moving at the end" : "";
  const course = s.propagated ? `The wave propagated: ${share}${still}.` : `No wave propagated: ${share}.`;
  const seen = (s.scotoma ?? []).filter((/** @type {any} */ row) => row.outer_deg !== null);
  return seen.length ? `${course} In the visual field its edge comes to ${number(Math.max(...seen.map((/** @type {any} */ row) => row.outer_deg)), 2)}° from fixation.` : course;
}

at("over-kind").addEventListener("change", () => { for (const id of ["hemifield-field", "eccentricity-field"]) at(id).hidden = value("over-kind") !== "aura"; });

/** The table of places is held, or is forgotten. @param {File|undefined} chosen */
async function places(chosen) {
  if (file) forget(file);
  file = null;
  at("over-working").replaceChildren();
  try { if (chosen) file = await hold(chosen.name, chosen); } catch (error) { at("over-working").replaceChildren(failure(error)); }
  at("places-forget").hidden = file === null;
}
const chosen = /** @type {HTMLInputElement} */ (at("places"));
opens(chosen);
chosen.addEventListener("change", () => places(chosen.files?.[0]));
at("places-forget").addEventListener("click", () => { chosen.value = ""; places(undefined); chosen.focus(); });
addEventListener("pagehide", () => { if (file) forget(file); });
