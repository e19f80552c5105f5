// Screen 6: a wave on the line of cortex, drawn while it is solved and played again; traces at a point; the threshold.
// @ts-check
import { ask, at, el, failure, framed, number, same, shown, svg } from "./leao.js";
import { named, opening } from "./number.js";
import { axis, path, picture, scale, ticks } from "./plots.js";

const MS = 50;
const NAMES = /** @type {Record<string, string>} */ ({ kcl: "KCl", pulse: "current pulse", leao: "leao, the first model", eaat: "eaat, the second model" });
/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (at(id));
let share = /** @type {number|null} */ (null), film = /** @type {any} */ (null), moment = 0, place = 0, timer = 0, playing = false;

/** Tissue, stimulus and drug, as options of leao cortex. */
export function asked() {
  return {
    preset: input("preset").value, stimulus: input("stimulus").value, strength: input("strength").value.trim() || null, compound: input("compound").value || null,
    concentration: input("compound").value ? input("concentration").value.trim() || "1 uM" : null, magnesium: input("magnesium").value.trim() || null, set: share === null ? [] : [`share_2C_2D=${share}`],
    ...Object.fromEntries(["tissue", "oxygen", "pump_neurone", "pump_glia", "antagonist", "block"].map((name) => [name, input(name).value.trim() || null])),
  };
}

at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  stop();
  const start = /** @type {HTMLButtonElement} */ (at("start"));
  start.disabled = true;
  film = null;
  for (const id of ["tiles", "map", "trace", "same", "sheet"]) at(id).replaceChildren();
  try {
    const done = await shown(at("working"), "wave/solve", asked(), (kind, content) => { if (kind === "partial") grow(content); });
    const watched = film !== null, kept = film ? input("field").value : null;
    film = done.shown;
    begin(kept);
    at("result").hidden = false;
    tiles(done.summary);
    whole();
    same(at("same"), done, "wave");
    framed(at("sheet"), done.job, "The wave, as a page");
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) frame(Math.round(film.time_s.length / 3));
    else if (watched) frame(film.time_s.length - 1);
    else play();
  } catch { /* said beside the bar */ }
  at("live").hidden = true;
  start.disabled = false;
});

/** The fields to choose from, and the place looked at. @param {string|null} kept */
function begin(kept) {
  if (!film.x_mm[place]) place = Math.round(0.6 * film.x_mm.length);
  at("field").replaceChildren(...Object.keys(film.fields).map((name) => el("option", { value: name, selected: name === kept }, `${film.fields[name].what}, ${film.fields[name].unit}`)));
  input("moment").max = String(film.time_s.length - 1);
}

/** What was solved since the last look is put behind what is drawn; a longer run begins anew at 0. @param {any} piece */
function grow(piece) {
  if (!film || piece.time_s[0] === 0) {
    place = Math.round(0.6 * piece.x_mm.length);
    film = { time_s: [], x_mm: piece.x_mm, run_s: piece.run_s, fields: Object.fromEntries(Object.keys(piece.fields).map((name) => [name, { ...piece.kinds[name], low: Infinity, high: -Infinity, values: [] }])) };
    begin(at("field").firstChild ? input("field").value : null);
    at("result").hidden = false;
    at("live").hidden = false;
  }
  film.time_s.push(...piece.time_s);
  for (const [name, rows] of Object.entries(piece.fields)) {
    const f = film.fields[name];
    f.values.push(...rows);
    for (const row of rows) for (const v of row) { f.low = Math.min(f.low, v); f.high = Math.max(f.high, v); }
  }
  input("moment").max = String(film.time_s.length - 1);
  moment = film.time_s.length - 1;
  trace();
  frame(moment);
  document.body.dataset.streamed = String(Number(document.body.dataset.streamed ?? 0) + 1);
}

/** @param {any} s */
function tiles(s) {
  const read = (/** @type {string} */ key, /** @type {string} */ unit, digits = 3) => (s[key] === null ? "none" : `${number(s[key], digits)} ${unit}`);
  const rows = [["A wave", "propagated", s.propagated ? "propagated" : "did not propagate"], ["Speed", "speed_mm_per_min", read("speed_mm_per_min", "mm/min")], ["Lasts", "duration_s", read("duration_s", "s")], ["K+ peak", "k_peak_mM", read("k_peak_mM", "mM")], ["Glutamate peak", "glutamate_peak_uM", read("glutamate_peak_uM", "µM")], ["DC shift", "dc_shift_mV", read("dc_shift_mV", "mV")], ["Solved in", "cpu_s", read("cpu_s", "CPU-s", 2)]];
  at("tiles").replaceChildren(...rows.map(([name, key, value]) => el("div", {}, el("dt", {}, name), el("dd", { class: "v" }, named(value, `wave.${s.preset}.${key}`, `${name}: ${value}: where it comes from`)))));
}

const field = () => film.fields[input("field").value] ?? Object.values(film.fields)[0];
const end = () => film.run_s ?? film.time_s[film.time_s.length - 1];
const ends = () => { const f = field(), gap = 0.04 * (f.high - f.low || 1); return { low: f.low - gap, high: f.high + gap }; };

/** Draw one moment. @param {number} k */
function frame(k) {
  moment = Math.min(Math.max(k, 0), film.time_s.length - 1);
  input("moment").value = String(moment);
  at("clock").textContent = `${number(film.time_s[moment])} s`;
  input("moment").setAttribute("aria-valuetext", `${number(film.time_s[moment])} s`);
  const f = field(), width = 860, height = 256, left = 62, right = 12, top = 12, bottom = 50, xs = { low: 0, high: film.x_mm[film.x_mm.length - 1] };
  const x = scale(xs, left, width - right), y = scale(ends(), height - bottom, top);
  at("line").replaceChildren(picture(width, height, `${f.what} along the line at ${number(film.time_s[moment])} s`,
    ...ticks(ends(), 4).flatMap((v) => [svg("line", { class: "rule", x1: left, x2: width - right, y1: y(v), y2: y(v) }), svg("text", { class: "tick e", x: left - 7, y: y(v) + 4 }, number(v))]),
    svg("line", { class: "now", x1: x(film.x_mm[place]), x2: x(film.x_mm[place]), y1: top, y2: height - bottom }),
    svg("path", { class: "curve", d: path(film.x_mm.map(x), f.values[moment].map(y)) }), axis(xs, x, height - bottom, "place on the line, mm", [left, width - right])));
  const now = at("trace").querySelector(".now");
  if (now) { const at_ = scale({ low: 0, high: end() }, 62, 508)(film.time_s[moment]); now.setAttribute("x1", String(at_)); now.setAttribute("x2", String(at_)); }
}

/** Draw what does not move: place against time, and the trace at the chosen place. */
function whole() {
  const f = field(), canvas = /** @type {HTMLCanvasElement} */ (el("canvas", { role: "img", "aria-label": `${f.what} by time and place; click a place for its trace`, tabindex: "0" }));
  canvas.width = film.time_s.length;
  canvas.height = film.x_mm.length;
  const context = canvas.getContext("2d"), image = context?.createImageData(canvas.width, canvas.height);
  if (context && image) {
    for (let j = 0; j < canvas.width; j++) for (let i = 0; i < canvas.height; i++) {
      const v = (f.values[j][i] - f.low) / (f.high - f.low || 1), at_ = 4 * ((canvas.height - 1 - i) * canvas.width + j);
      image.data.set([30 + 210 * v, 50 + 90 * v * (1 - 0.4 * v), 110 - 60 * v, 255], at_);
    }
    context.putImageData(image, 0, 0);
  }
  const choose = (/** @type {number} */ next) => { place = Math.min(Math.max(next, 0), film.x_mm.length - 1); trace(); frame(moment); };
  canvas.addEventListener("click", (event) => choose(Math.round((1 - event.offsetY / canvas.clientHeight) * (film.x_mm.length - 1))));
  canvas.addEventListener("keydown", (event) => { const by = { ArrowUp: 4, ArrowDown: -4 }[event.key]; if (by) { event.preventDefault(); choose(place + by); } });
  at("map").replaceChildren(el("figcaption", {}, "Place (up) against time; arrow keys or a click choose a place"), canvas);
  trace();
  frame(moment);
}

function trace() {
  const f = field(), width = 520, height = 256, left = 62, right = 12, top = 12, bottom = 50, xs = { low: 0, high: end() };
  const x = scale(xs, left, width - right), y = scale(ends(), height - bottom, top), values = f.values.map((/** @type {number[]} */ row) => row[place]);
  at("trace").replaceChildren(el("figcaption", {}, `At ${number(film.x_mm[place])} mm`), picture(width, height, `${f.what} at ${number(film.x_mm[place])} mm over time`,
    ...ticks(ends(), 4).flatMap((v) => [svg("line", { class: "rule", x1: left, x2: width - right, y1: y(v), y2: y(v) }), svg("text", { class: "tick e", x: left - 7, y: y(v) + 4 }, number(v))]),
    svg("path", { class: "curve", d: path(film.time_s.map(x), values.map(y)) }), svg("line", { class: "now", x1: x(film.time_s[moment]), x2: x(film.time_s[moment]), y1: top, y2: height - bottom }), axis(xs, x, height - bottom, "time, s", [left, width - right])));
}

function play() {
  stop();
  playing = true;
  at("play").textContent = "Pause";
  timer = setInterval(() => { if (moment >= film.time_s.length - 1) stop(); else frame(moment + 1); }, MS);
}
function stop() { clearInterval(timer); playing = false; at("play").textContent = "Play"; at("play").setAttribute("aria-pressed", "false"); }

at("play").addEventListener("click", () => { if (!film) return; if (playing) stop(); else { if (moment >= film.time_s.length - 1) moment = 0; play(); } at("play").setAttribute("aria-pressed", String(playing)); });
input("moment").addEventListener("input", () => { stop(); if (film) frame(Number(input("moment").value)); });
at("field").addEventListener("change", () => { if (film) whole(); });
input("share").addEventListener("input", () => { share = Number(input("share").value); at("share-says").textContent = `${number(100 * share)} %`; at("share-free").hidden = false; });
at("share-free").addEventListener("click", () => { share = null; at("share-says").textContent = "the tissue's"; at("share-free").hidden = true; });

at("weakest").addEventListener("click", async () => {
  const { compound, concentration, strength: _, ...tissue } = asked();
  for (const id of ["same", "sheet"]) at(id).replaceChildren();
  try {
    const done = await shown(at("working"), "wave/threshold", { ...tissue, ...(compound ? { compound, concentration: `0,${concentration}` } : { concentration: "0 uM" }) });
    const s = done.summary;
    at("thresholds").hidden = false;
    at("threshold").replaceChildren(el("div", { class: "wide", tabindex: "0" }, el("table", {}, el("thead", {}, el("tr", {}, ...["free level, µM", `threshold, ${s.threshold_unit}`, "over no drug"].map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, ...s.free_uM.map((/** @type {number} */ level, /** @type {number} */ k) => el("tr", {}, el("td", {}, number(level)), el("td", {}, s.threshold[k] === null ? "none ignites" : named(number(s.threshold[k], 4), `wave.${s.preset}.threshold`)), el("td", {}, s.threshold_relative[k] === null ? "–" : named(number(s.threshold_relative[k], 4), `wave.${s.preset}.threshold_relative`))))))));
    same(at("same"), done, "threshold");
    framed(at("sheet"), done.job, "The threshold, as a page");
  } catch { /* said beside the bar */ }
});

opening(() => ({}));
ask("wave/warm", {}).then(({ shown: names }) => {
  const option = (/** @type {string} */ value) => el("option", { value, selected: value === "leao" }, NAMES[value] ?? value);
  at("preset").replaceChildren(...names.presets.map(option));
  at("stimulus").replaceChildren(...names.stimuli.map(option));
  at("compound").append(...names.compounds.map(option));
  at("tissue").append(...names.tissues.map((/** @type {string} */ name) => el("option", { value: name }, name.replaceAll("_", " "))));
  at("antagonist").append(...names.antagonists.map((/** @type {string} */ name) => el("option", { value: name }, name)));
  document.documentElement.dataset.ready = "yes";
}).catch((error) => at("working").replaceChildren(failure(error)));
