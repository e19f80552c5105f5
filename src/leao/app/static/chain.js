// Screen 4: from the tablet to the trial. Six boxes, sliders that hold numbers fixed, the verdict that moves with them.
// @ts-check
import { aging, ask, at, el, failure, framed, latest, number, quick, same, shown, svg } from "./leao.js";
import { named, open, opening, spoken } from "./number.js";
import { brief, heaps, picture, scale } from "./plots.js";

const RATIOS = { low: 0.2, high: 1.3, log: true };
const STAGES = /** @type {Record<string, string>} */ ({ regimen: "Tablet", taking: "Tablet: missed days", exposure: "Blood and brain", renal: "Kidneys", receptor: "Receptor", compound: "Memantine in the channel", headache: "From the wave to attacks", read_outs: "What a read-out of the cortex says of attacks" });
const TITLES = ["Tablet", "Blood and brain", "Receptor", "Cortex", "Attacks", "Trial"];
const SCENARIO = "noruzzadeh2016", CEILING = 20;
/** @typedef {{key: string, label: string, unit: string, low: number, high: number, value: number, step?: number, of?: string}} Slider */
/** @type {Slider[]} */ let sliders = [];
/** @type {Record<string, number>} */ let held = {};
/** @typedef {{name: string, what: string, regimen: string|null, reference: string, stage: string, sizes: string[]}} Hypothesis */
/** @type {Hypothesis[]} */ let hypotheses = [];
/** @type {Set<string>} */ const switched = new Set();
const BRIEFLY = /** @type {Record<string, string>} */ ({ "brain-uptake": "more drug in brain than in plasma", "tonic-2C-2D": "tonic 2C and 2D receptors", calcium: "calcium-dependent desensitisation", "in-vivo-occupancy-free": "occupancy as in the living rat, by free level", "in-vivo-occupancy-plasma": "occupancy as in the living rat, by plasma level", "chronic-receptors": "weeks of treatment add receptors" });
let last = /** @type {any} */ (null);

const OWN = [
  { key: "dose", label: "dose, once daily", unit: "mg", low: 1, high: 40, value: 10, step: 1 },
  { key: "adherence", label: "share of tablets taken", unit: "", low: 0.3, high: 1, value: 0.79, step: 0.01 },
];
const PLACE = /** @type {Record<string, number>} */ ({ dose: 0, adherence: 0, "exposure.clearance": 1, urine_ph: 1, "exposure.free_brain_ratio": 1, "receptor.magnesium": 2, "link.slope": 4 });

/** The hypotheses of a stage that are switched on. @param {string} stage */
const on = (stage) => hypotheses.filter((each) => each.stage === stage && switched.has(each.name)).map((each) => each.name);

function asked() {
  const { dose, adherence, ...fixed } = held;
  return {
    scenario: SCENARIO, dose: dose === undefined ? null : `${dose} mg daily`, adherence: adherence ?? null, research: (dose ?? 0) > CEILING,
    exposure_hypotheses: on("exposure"), receptor_hypotheses: on("receptor"), fixed,
  };
}

const move = latest(async (/** @type {boolean} */ _) => {
  at("mark").textContent = "quick";
  at("sheet").replaceChildren();
  try {
    const answer = await quick("chain/answer", asked());
    last = answer;
    at("running").replaceChildren();
    draw(answer.summary, answer.shown.verdict);
    const body = asked();
    same(at("same"), answer, "chain", "This answer is quick: its page, its JSON and its text for the chart are of it. The two lines below compute the full run, which has a page of its own.", () => ask("chain/page", body));
    download(answer.shown.toml);
  } catch (error) { at("running").replaceChildren(failure(error)); throw error; }
});

/** @param {string} toml */
const download = (toml) => at("scenario").setAttribute("href", `data:text/plain;charset=utf-8,${encodeURIComponent(toml)}`);

/** @param {any} s @param {import("./number.js").Part[]} verdict */
function draw(s, verdict) {
  at("mark").textContent = s.quick ? "quick" : "full run";
  spoken(at("verdict-brief"), brief(s));
  spoken(at("verdict-says"), verdict);
  at("verdict-plot").replaceChildren(heaps({ "the chain": s.densities.mechanistic, "the trials": s.densities.neutral }, RATIOS, "ratio of attack rates, memantine over placebo", s.verdict.text));
  const box = (/** @type {string} */ key, /** @type {any} */ d, /** @type {string} */ value, /** @type {(string|Node)[]} */ what, /** @type {import("./plots.js").Range} */ range, share = 90) => ({ key, d, value, what, range, share });
  const boxes = [
    box("dose", s.regimen.share_taken_percent, held.dose === undefined ? "10 mg" : `${number(held.dose)} mg`, ["once daily; ", named(of(s.regimen.share_taken_percent, "%"), "chain.share_taken_percent"), " of tablets taken"], { low: 0, high: 100 }),
    box("chain.plasma_ng_per_mL", s.exposure.plasma_ng_per_mL, of(s.exposure.plasma_ng_per_mL, "ng/mL"), ["plasma; free in brain ", named(of(s.exposure.free_brain_uM, "µM"), "chain.free_brain_uM")], { low: 0, high: 120 }),
    box("chain.block_percent", s.receptor.mixture_block_percent, of(s.receptor.mixture_block_percent, "%"), ["of the NMDA current at rest blocked"], { low: 0.1, high: 100, log: true }),
    box("chain.threshold_relative", s.cortex.threshold_relative, `× ${of(s.cortex.threshold_relative, "", 4)}`, ["threshold of a wave over no drug"], { low: 0.98, high: 1.6 }),
    box("chain.rate_ratio", s.headache.rate_ratio, `× ${of(s.headache.rate_ratio, "", 3)}`, ["attacks; slope of the link ", named(of(s.headache.trigger_slope, "", 2), "link.slope")], { low: 0.3, high: 1.02 }),
    box("chain.fewer_percent", s.trial.fewer_attacks_percent, of(s.trial.fewer_attacks_percent, "%", 2), [s.quick ? "fewer attacks in a trial's arm" : "fewer attacks, as single simulated trials find"], { low: 0, high: 60 }, s.trial.interval_percent ?? 90),
  ];
  const what = ["chain.share_taken_percent", ...boxes.slice(1).map((each) => each.key)]; // what the bar below is of
  for (const [k, each] of boxes.entries()) {
    at(`value-${k}`).replaceChildren(named(each.value, each.key, `${each.value} ${each.what.map((part) => (typeof part === "string" ? part : part.textContent)).join("")}: where it comes from`));
    at(`what-${k}`).replaceChildren(...each.what);
    at(`bar-${k}`).replaceChildren(strip(each.d, each.range, each.share, what[k]));
  }
  document.body.dataset.drawn = String(Number(document.body.dataset.drawn ?? 0) + 1);
}

/** @param {any} d @param {string} unit @param {number} [digits] */
function of(d, unit, digits = 3) {
  const gap = unit ? ` ${unit}` : "";
  return d.median === null ? "none" : `${number(d.median, digits)}${gap}`;
}

/** A median with its range on a line. @param {any} d @param {import("./plots.js").Range} range @param {number} share @param {string} key */
function strip(d, range, share, key) {
  const x = scale(range, 6, 194), [a, m, b] = [d.p05, d.median, d.p95].map((v) => x(v ?? range.high));
  const title = `median ${number(d.median)}, ${share} % ${number(d.p05)} to ${number(d.p95)}`;
  return el("div", {}, picture(200, 16, title, svg("line", { class: "rule", x1: 0, x2: 200, y1: 8, y2: 8 }), svg("line", { class: "span", x1: a, x2: b, y1: 8, y2: 8 }), svg("circle", { class: "point", cx: m, cy: 8, r: 4.5 })), el("p", { class: "small dim" }, `${share} %: `, named(`${number(d.p05)} to ${number(d.p95)}`, key)));
}

function boxes() {
  const all = [...OWN, ...sliders];
  at("boxes").replaceChildren(...TITLES.map((title, k) => el("li", {}, el("h3", {}, title), el("p", { class: "value", id: `value-${k}` }), el("p", { class: "unit", id: `what-${k}` }), el("div", { id: `bar-${k}` }), ...all.filter((s) => PLACE[s.key] === k).map(slider), ...hypotheses.filter((each) => (each.stage === "exposure" ? 1 : 2) === k).map(toggle))));
}

/** @param {Slider} s */
function slider(s) {
  const id = `slide-${s.key.replace(".", "-")}`, unit = s.unit && s.unit !== "dimensionless" ? ` ${s.unit}` : "";
  const usual = s.key === "dose" ? "10 mg" : "as known";
  const says = el("output", { for: id }, usual);
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "range", id, min: String(s.low), max: String(s.high), step: String(s.step ?? (s.high - s.low) / 100), value: String(s.value), "data-key": s.key }));
  const free = el("button", { type: "button", class: "quiet free", hidden: true, "aria-label": `let go of ${s.label}` }, "as known");
  const tell = () => { const there = held[s.key] !== undefined; says.textContent = there ? `${number(held[s.key])}${unit}` : usual; free.hidden = !there; input.classList.toggle("held", there); input.setAttribute("aria-valuetext", says.textContent); };
  input.addEventListener("input", () => { held[s.key] = Number(Number(input.value).toPrecision(4)); tell(); note(); move(true); });
  free.addEventListener("click", () => { delete held[s.key]; input.value = String(s.value); tell(); note(); move(true); input.focus(); });
  tell();
  const why = el("button", { type: "button", class: "quiet why", "aria-label": `${s.label}: source and range`, onclick: () => open(s.key) }, "i");
  return el("div", { class: "slide" }, el("div", { class: "row" }, el("label", { for: id }, s.label), says, why, free), input);
}

/** @param {Hypothesis} each */
function toggle(each) {
  const { name, what, regimen, reference, sizes } = each, id = `switch-${name}`;
  const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", id, "aria-describedby": `${id}-what` }));
  box.checked = switched.has(name);
  box.addEventListener("change", () => { if (box.checked) switched.add(name); else switched.delete(name); note(); move(true); });
  const why = el("details", { class: "small" }, el("summary", {}, "what it says"), el("p", { id: `${id}-what` }, `${what}${regimen ? ` (${regimen} dosing)` : ""}. ${reference}`), ...sizes.map((key) => el("button", { type: "button", class: "quiet", onclick: () => open(key) }, `its size: ${key.slice(key.indexOf(".") + 1).replaceAll("_", " ")}`)));
  return el("div", {}, el("div", { class: "switch" }, box, el("label", { for: id }, `hypothesis: ${BRIEFLY[name] ?? what}`)), why);
}

function note() {
  at("above").hidden = (held.dose ?? 0) <= CEILING;
  at("carried").textContent = Object.keys(held).length || switched.size ? "The full run, the scenario file and the lines below hold what you fixed and switched on here." : "";
}

/** @param {Record<string, any[]>} stages */
function numbers(stages) {
  at("numbers").replaceChildren(...Object.entries(stages).map(([stage, rows]) => el("details", {}, el("summary", {}, `${STAGES[stage] ?? stage} (${rows.length})`), el("ul", { class: "chosen" }, ...rows.map((n) => el("li", {}, el("button", { type: "button", class: "quiet", onclick: () => open(n.key) }, el("strong", {}, `${number(n.value, 4)} ${n.unit === "dimensionless" ? "" : n.unit}`), ` ${n.label} `, el("span", { class: `badge ${n.tier}` }, n.tier))))))));
}

// --- the run in full ------------------------------------------------------------------------------------------------

at("full").addEventListener("click", async () => {
  const button = /** @type {HTMLButtonElement} */ (at("full"));
  const body = asked();
  button.disabled = true;
  try {
    const done = await shown(at("running"), "chain/run", body);
    if (JSON.stringify(asked()) === JSON.stringify(body)) {
      last = { ...done, summary: done.shown.boxes };
      draw(last.summary, done.shown.verdict);
      download(done.shown.toml);
    } else at("running").replaceChildren(el("p", { class: "dim", role: "status" }, "This run is of the numbers as they were when it began; the boxes show those of now, quick."));
    framed(at("sheet"), done.job, "The full run");
    same(at("same"), done, "run");
  } catch { /* said beside the bar */ }
  button.disabled = false;
});
at("reset").addEventListener("click", () => { held = {}; switched.clear(); boxes(); note(); if (last) draw(last.summary, last.shown.verdict); move(true); });
opening(asked, () => (last?.summary.quick === false ? "The boxes show the full run; here the chain is computed anew, quick." : ""));

shown(at("working"), "chain/warm", asked()).then((answer) => {
  ({ sliders, hypotheses } = answer.shown);
  numbers(answer.shown.numbers);
  boxes();
  at("whole").hidden = false;
  aging(at("whole"), false);
  move(true);
}).catch(() => undefined);
