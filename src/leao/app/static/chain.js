// Screen 4: from the tablet to the trial. Six boxes, sliders that hold numbers fixed, the verdict that moves with them.
// @ts-check
import { aging, at, el, failure, framed, latest, number, quick, same, shown, svg } from "./leao.js";
import { brief, curve, heaps, picture, scale } from "./plots.js";

const RATIOS = { low: 0.2, high: 1.3, log: true };
const STAGES = /** @type {Record<string, string>} */ ({ regimen: "Tablet", taking: "Tablet: missed days", exposure: "Blood and brain", renal: "Kidneys", receptor: "Receptor", compound: "Memantine in the channel", headache: "From the wave to attacks", read_outs: "What a read-out of the cortex says of attacks" });
const TITLES = ["Tablet", "Blood and brain", "Receptor", "Cortex", "Attacks", "Trial"];
const SCENARIO = "noruzzadeh2016", CEILING = 20;
/** @typedef {{key: string, label: string, unit: string, low: number, high: number, value: number, step?: number, of?: string}} Slider */
/** @type {Slider[]} */ let sliders = [];
/** @type {Record<string, number>} */ let held = {};
/** @type {Record<string, boolean>} */ const switched = { "brain-uptake": false, "tonic-2C-2D": false, calcium: false };
const SWITCHES = /** @type {Record<string, string>} */ ({ "brain-uptake": "more drug in brain than in plasma", "tonic-2C-2D": "tonic 2C and 2D receptors", calcium: "calcium-dependent desensitisation" });
const SPREADS = /** @type {Record<string, string>} */ ({ cv: "coefficient of variation", sd: "SD", sd_log: "SD of the logarithm", low: "from", high: "to" });
let last = /** @type {any} */ (null);

const OWN = [
  { key: "dose", label: "dose, once daily", unit: "mg", low: 1, high: 40, value: 10, step: 1 },
  { key: "adherence", label: "share of tablets taken", unit: "", low: 0.3, high: 1, value: 0.79, step: 0.01 },
];
const PLACE = /** @type {Record<string, number>} */ ({ dose: 0, adherence: 0, "exposure.clearance": 1, urine_ph: 1, "exposure.free_brain_ratio": 1, "receptor.magnesium": 2, "link.slope": 4 });

function asked() {
  const { dose, adherence, ...fixed } = held;
  return {
    scenario: SCENARIO, dose: dose === undefined ? null : `${dose} mg daily`, adherence: adherence ?? null, research: (dose ?? 0) > CEILING,
    exposure_hypotheses: switched["brain-uptake"] ? ["brain-uptake"] : [], receptor_hypotheses: ["tonic-2C-2D", "calcium"].filter((k) => switched[k]), fixed,
  };
}

const move = latest(async (/** @type {boolean} */ _) => {
  at("mark").textContent = "quick";
  at("sheet").replaceChildren();
  try {
    const answer = await quick("chain/answer", asked());
    last = answer;
    at("running").replaceChildren();
    draw(answer.summary);
    same(at("same"), answer, "chain");
    download(answer.shown.toml);
  } catch (error) { at("running").replaceChildren(failure(error)); throw error; }
});

/** @param {string} toml */
const download = (toml) => at("scenario").setAttribute("href", `data:text/plain;charset=utf-8,${encodeURIComponent(toml)}`);

/** What a box shows is computed; it opens on the numbers that it comes from. */
const FROM = [["dose", "adherence"], ["exposure.clearance", "urine_ph", "exposure.free_brain_ratio", "creatinine_clearance"], ["receptor.magnesium", "receptor.share_2C_2D", "receptor.magnesium_factor_2D"], ["receptor.share_2C_2D"], ["link.slope", "headache.kappa"], ["dose", "link.slope"]];

/** @param {any} s */
function draw(s) {
  at("mark").textContent = s.quick ? "quick" : "full run";
  at("verdict-brief").textContent = brief(s);
  at("verdict-says").textContent = s.verdict.text;
  at("verdict-plot").replaceChildren(heaps({ "the chain": s.densities.mechanistic, "the trials": s.densities.neutral }, RATIOS, "ratio of attack rates, memantine over placebo", s.verdict.text));
  const values = [
    [held.dose === undefined ? "10 mg" : `${number(held.dose)} mg`, `once daily; ${of(s.regimen.share_taken_percent, "%")} of tablets taken`],
    [of(s.exposure.plasma_ng_per_mL, "ng/mL"), `plasma; free in brain ${of(s.exposure.free_brain_uM, "µM")}`],
    [of(s.receptor.mixture_block_percent, "%"), "of the NMDA current at rest blocked"],
    [`× ${of(s.cortex.threshold_relative, "", 4)}`, "threshold of a wave over no drug"],
    [`× ${of(s.headache.rate_ratio, "", 3)}`, `attacks; slope of the link ${of(s.headache.trigger_slope, "", 2)}`],
    [of(s.trial.fewer_attacks_percent, "%", 2), s.quick ? "fewer attacks in a trial's arm" : "fewer attacks, as single simulated trials find"],
  ];
  const bars = [s.regimen.share_taken_percent, s.exposure.plasma_ng_per_mL, s.receptor.mixture_block_percent, s.cortex.threshold_relative, s.headache.rate_ratio, s.trial.fewer_attacks_percent];
  const ranges = [{ low: 0, high: 100 }, { low: 0, high: 120 }, { low: 0.1, high: 100, log: true }, { low: 0.98, high: 1.6 }, { low: 0.3, high: 1.02 }, { low: 0, high: 60 }];
  for (const [k, [value, what]] of values.entries()) {
    at(`value-${k}`).replaceChildren(el("button", { type: "button", class: "named", "aria-label": `${value} ${what}: where it comes from`, onclick: () => computed(k, value, what, bars[k]) }, value));
    at(`what-${k}`).textContent = what;
  }
  for (const [k, bar] of bars.entries()) at(`bar-${k}`).replaceChildren(strip(bar, ranges[k], k === 5 ? s.trial.interval_percent ?? 90 : 90));
  document.body.dataset.drawn = String(Number(document.body.dataset.drawn ?? 0) + 1);
}

/** @param {any} d @param {string} unit @param {number} [digits] */
function of(d, unit, digits = 3) {
  const gap = unit ? ` ${unit}` : "";
  return d.median === null ? "none" : `${number(d.median, digits)}${gap}`;
}

/** A median with its range on a line. @param {any} d @param {import("./plots.js").Range} range @param {number} share */
function strip(d, range, share) {
  const x = scale(range, 6, 194), [a, m, b] = [d.p05, d.median, d.p95].map((v) => x(v ?? range.high));
  const title = `median ${number(d.median)}, ${share} % ${number(d.p05)} to ${number(d.p95)}`;
  return el("div", {}, picture(200, 16, title, svg("line", { class: "rule", x1: 0, x2: 200, y1: 8, y2: 8 }), svg("line", { class: "span", x1: a, x2: b, y1: 8, y2: 8 }), svg("circle", { class: "point", cx: m, cy: 8, r: 4.5 })), el("p", { class: "small dim" }, `${share} %: ${number(d.p05)} to ${number(d.p95)}`));
}

function boxes() {
  const all = [...OWN, ...sliders];
  at("boxes").replaceChildren(...TITLES.map((title, k) => el("li", {}, el("h3", {}, title), el("p", { class: "value", id: `value-${k}` }), el("p", { class: "unit", id: `what-${k}` }), el("div", { id: `bar-${k}` }), ...all.filter((s) => PLACE[s.key] === k).map(slider), ...Object.keys(SWITCHES).filter((name) => (name === "brain-uptake" ? 1 : 2) === k).map(toggle))));
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

/** @param {string} name */
function toggle(name) {
  const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", id: `switch-${name}` }));
  box.addEventListener("change", () => { switched[name] = box.checked; move(true); });
  return el("div", { class: "switch" }, box, el("label", { for: `switch-${name}` }, `hypothesis: ${SWITCHES[name]}`));
}

function note() {
  at("above").hidden = (held.dose ?? 0) <= CEILING;
  at("carried").textContent = Object.keys(held).length ? "The full run, the scenario file and the lines below hold what you fixed here." : "";
}

// --- one number -----------------------------------------------------------------------------------------------------

/** @param {number} k @param {string} value @param {string} what @param {any} d */
function computed(k, value, what, d) {
  const dialog = /** @type {HTMLDialogElement} */ (at("number")), rows = [["Value", value], ["Range", `${number(d.p05)} to ${number(d.p95)}`], ["Source", `computed by Leão (${last.summary.quick ? `quick: ${last.summary.trials} draws, shipped maps` : "full run"}), tier derived`], ["What", what]];
  at("number-head").textContent = `${TITLES[k]}: ${what}`;
  at("number-body").replaceChildren(el("dl", { class: "facts" }, ...rows.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text)])), el("p", {}, "It comes from everything before it, most of all from these; open one for its source and for the verdict over its range."), el("ul", { class: "chosen" }, ...FROM[k].map((key) => el("li", {}, el("button", { type: "button", class: "quiet", onclick: () => open(key) }, [...OWN, ...sliders].find((s) => s.key === key)?.label ?? key)))));
  if (!dialog.open) dialog.showModal();
}

/** @param {string} key */
async function open(key) {
  const dialog = /** @type {HTMLDialogElement} */ (at("number")), body = at("number-body");
  at("number-head").textContent = key;
  if (!dialog.open) dialog.showModal();
  try {
    const { summary: { number: n, over } } = await shown(body, "chain/over", { ...asked(), number: key });
    at("number-head").textContent = n.label;
    const spread = (/** @type {any} */ d) => (d === null ? "none given" : Object.entries(d).map(([k, v]) => (k === "dist" ? v : `${SPREADS[k] ?? k} ${typeof v === "number" ? number(v, 4) : v}`)).join(", "));
    const rows = [["Value", `${number(n.value, 5)} ${n.unit === "dimensionless" ? "" : n.unit}${n.fixed === null ? "" : `; fixed here at ${number(n.fixed, 5)}`}`], ["Source", n.reference ?? n.source], ["Passage", n.where || "not given"], ["Tier", n.tier], ["How well it is known", spread(n.uncertainty)], ["How people differ", spread(n.between_subject)], ["Note", n.note || "none"]];
    const facts = el("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
    body.replaceChildren(facts, ...(over.length ? ranged(n, over) : [el("p", { class: "dim" }, "Its uncertainty is not given, so it is not drawn, and there is no range to look at.")]));
  } catch (error) { body.replaceChildren(failure(error)); }
}

/** @param {any} n @param {any[]} over */
function ranged(n, over) {
  const xs = over.map((r) => r.value), middle = over.map((r) => r.rate_ratio.median), low = over.map((r) => r.rate_ratio.p05), high = over.map((r) => r.rate_ratio.p95);
  const unit = `${n.label}${n.unit && n.unit !== "dimensionless" ? `, ${n.unit}` : ""}`, range = { low: Math.min(...xs), high: Math.max(...xs) };
  const halves = over.map((r) => 100 * r.p_at_least_half);
  const down = Math.max(0.05, Math.min(...low) - 0.02), up = Math.max(1, ...high) + 0.01;
  return [
    el("figure", { class: "plot" }, curve({ x: xs, middle, low, high, at: n.value, xs: range, ys: { low: down, high: up }, label: "ratio of attack rates, median and 90 %", unit, title: `The chain's rate ratio over the range of ${n.label}` })),
    el("figure", { class: "plot" }, curve({ x: xs, middle: halves, at: n.value, xs: range, ys: { low: 0, high: Math.max(5, ...halves) }, label: "chance that it carries at least half of what the trials show, %", unit, title: `The verdict over the range of ${n.label}` })),
    el("details", {}, el("summary", {}, "as a table"), el("table", {}, el("thead", {}, el("tr", {}, ...["value", "rate ratio", "90 %", "at least half, %"].map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, ...over.map((r) => el("tr", {}, el("td", {}, number(r.value, 4)), el("td", {}, number(r.rate_ratio.median, 4)), el("td", {}, `${number(r.rate_ratio.p05, 4)}–${number(r.rate_ratio.p95, 4)}`), el("td", {}, number(100 * r.p_at_least_half, 3))))))),
    el("p", { class: "small dim" }, "Each point recomputes the chain through map and link with this number there and all else as it is; quick."),
  ];
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
      draw(last.summary);
      download(done.shown.toml);
    } else at("running").replaceChildren(el("p", { class: "dim", role: "status" }, "This run is of the numbers as they were when it began; the boxes show those of now, quick."));
    framed(at("sheet"), done.job, "The full run");
    same(at("same"), done, "run");
  } catch { /* said beside the bar */ }
  button.disabled = false;
});
at("reset").addEventListener("click", () => { held = {}; for (const name of Object.keys(switched)) switched[name] = false; boxes(); note(); if (last) draw(last.summary); move(true); });
at("number-close").addEventListener("click", () => /** @type {HTMLDialogElement} */ (at("number")).close());

shown(at("working"), "chain/warm", asked()).then((answer) => {
  ({ sliders } = answer.shown);
  numbers(answer.shown.numbers);
  boxes();
  at("whole").hidden = false;
  aging(at("whole"), false);
  move(true);
}).catch(() => undefined);
