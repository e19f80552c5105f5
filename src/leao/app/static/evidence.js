// Screen 3: does it work? Claims, the forest under a prior of the reader's, what would settle it, the chain's answer.
// @ts-check
import { ask, at, el, number, same, shown } from "./leao.js";
import { named, opening, sentence, spoken } from "./number.js";
import { brief, forest, heaps } from "./plots.js";

const RATIOS = { low: 0.2, high: 2, log: true };
const MARKS = /** @type {Record<string, string>} */ ({ supported: "✓", partly: "◐", contradicted: "✕", untested: "○" });
const NAMES = /** @type {Record<string, string>} */ ({ noruzzadeh2016: "Noruzzadeh 2016", shanmugam2019: "Shanmugam 2019" });
let only = "";

/** @param {any} answer */
function pooled(answer) {
  const { by_prior: rows } = answer.shown, slider = /** @type {HTMLInputElement} */ (at("sceptic"));
  slider.max = String(rows.length - 1);
  const sceptical = rows.findIndex((/** @type {any} */ r) => r.scepticism === 1);
  slider.value = String(sceptical);
  at("sceptic-marks").replaceChildren(el("span", {}, "neutral"), el("span", {}, "sceptical"), el("span", {}, "beyond"));
  const trials = answer.summary.trials_log_ratio.map((/** @type {any} */ e) => ({ name: NAMES[e.trial] ?? e.trial, estimate: Math.exp(e.estimate), low: Math.exp(e.estimate - 1.96 * e.error), high: Math.exp(e.estimate + 1.96 * e.error), kind: "trial" }));
  const draw = () => {
    const row = rows[Number(slider.value)], prior = row.prior_rate_ratio_95, ratio = row.rate_ratio;
    const word = row.scepticism === 0 ? "neutral" : row.scepticism < 1 ? "between neutral and sceptical" : row.scepticism === 1 ? "sceptical" : "beyond sceptical";
    slider.setAttribute("aria-valuetext", `${word}; pooled rate ratio ${number(ratio.estimate, 2)}`);
    at("forest").replaceChildren(forest([...trials, { name: "your prior", estimate: 1, ...prior, kind: "prior" }, { name: "pooled", ...ratio, kind: "pooled" }], RATIOS, "ratio of attack rates, memantine over placebo (95 %)", `Forest: pooled ${number(ratio.estimate, 2)}`));
    at("sceptic-says").replaceChildren(...[
      ["Prior", "prior.log_ratio_sd", `${number(prior.low, 2)}–${number(prior.high, 2)}, ${word}`],
      ["Pooled", "trials.rate_ratio", `${number(ratio.estimate, 2)} (${number(ratio.low, 2)}–${number(ratio.high, 2)})`],
      ["Fewer attacks at all", "trials.p_fewer", `${number(100 * row.p_fewer_attacks, 3)} %`],
      ["Attacks per 28 days", "trials.difference", `${number(row.difference_attacks_per_28d.estimate, 2)} (${number(row.difference_attacks_per_28d.low, 2)} to ${number(row.difference_attacks_per_28d.high, 2)})`],
      ["Next trial, 2 × 150, succeeds", "next_trial.sd_change", `${number(100 * row.p_next_trial, 2)} %`],
    ].map(([name, key, value]) => el("div", {}, el("dt", {}, name), el("dd", { class: "v" }, named(value, key, `${name}: ${value}: where it comes from`)))));
  };
  at("forest-numbers").replaceChildren(...trials.map((/** @type {any} */ each, /** @type {number} */ k) => el("li", {}, named(`${each.name}: ${number(each.estimate, 2)} (${number(each.low, 2)}–${number(each.high, 2)})`, `trials.${answer.summary.trials_log_ratio[k].trial}`))));
  slider.oninput = draw;
  draw();
  const next = answer.summary.next_trial;
  at("settle").replaceChildren(
    el("p", {}, `A trial of 2 × ${next.per_arm} in which success is ${next.success}. How likely it is, by how much patients' changes differ (${next.sd_of_change.tier}, ${next.sd_of_change.source}) and by what one believed before:`),
    el("div", { class: "wide", tabindex: "0" }, el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "SD of the change"), ...Object.keys(next.by_prior).map((k) => el("th", { scope: "col" }, k)))), el("tbody", {}, ...next.by_prior.neutral.map((/** @type {any} */ r, /** @type {number} */ k) => el("tr", {}, el("td", {}, named(number(r.sd_of_change, 2), "next_trial.sd_change")), ...Object.values(next.by_prior).map((/** @type {any} */ list) => el("td", {}, named(`${number(100 * list[k].p, 2)} %`, "next_trial.sd_change")))))))));
}

/** @param {any} answer */
function claims(answer) {
  const { claims: rows, references, grades } = answer.shown;
  const counts = Object.keys(MARKS).map((verdict) => [verdict, rows.filter((/** @type {any} */ r) => r.verdict === verdict).length]);
  at("filters").replaceChildren(...[["", rows.length], ...counts].map(([verdict, n]) => el("button", { type: "button", "aria-pressed": String(only === verdict), onclick: () => { only = String(verdict); claims(answer); } }, verdict ? `${MARKS[verdict]} ${verdict} (${n})` : `all (${n})`)));
  at("claims").replaceChildren(...rows.filter((/** @type {any} */ r) => !only || r.verdict === only).map((/** @type {any} */ row) => el("li", { class: `claim ${row.verdict}` },
    el("p", { class: "verdict" }, el("span", { "aria-hidden": "true" }, MARKS[row.verdict]), ` ${row.verdict}`, el("span", { class: "grade", title: grades[row.grade] }, `grade: ${row.grade}`)),
    el("h3", {}, row.claim),
    ...row.says.slice(0, 2).map((/** @type {any} */ s) => el("p", {}, ...sentence(s.parts), " ", el("cite", { title: references[s.source] ?? "" }, s.source))),
    el("details", {}, el("summary", {}, "why this grade, and what Leão computes"), el("p", {}, `Grade ${row.grade}: ${row.because}.`), row.model ? el("p", {}, "Leão: ", ...sentence(row.model_parts), ".") : el("p", {}, "Leão does not compute it."), ...row.says.slice(2).map((/** @type {any} */ s) => el("p", {}, ...sentence(s.parts), " ", el("cite", {}, s.source))), ...row.says.map((/** @type {any} */ s) => el("p", { class: "small dim" }, `${s.source}: ${references[s.source] ?? ""}`)), el("code", {}, row.command)))));
}

/** @param {any} answer */
function chain(answer) {
  const short = el("p", { class: "answer brief" }), long = el("p", { class: "answer" });
  spoken(short, brief(answer.summary));
  spoken(long, answer.shown.verdict);
  at("chain-says").replaceChildren(short, long);
  at("chain-plot").replaceChildren(heaps({ "the chain": answer.summary.densities.mechanistic, "the trials": answer.summary.densities.neutral }, { low: 0.2, high: 1.5, log: true }, "ratio of attack rates", "The chain's answer beside that of the trials"));
  const rows = Object.entries(answer.summary.controls).flatMap(([preset, list]) => list.map((/** @type {any} */ c, /** @type {number} */ k) => el("li", {}, el("span", { class: `badge ${c.status === "passed" ? "passed" : c.status === "failed" ? "failed" : "assumed"}` }, c.status), ` ${c.name}: wanted ${c.wanted}, found `, named(c.found, `controls.${preset}.${k}`))));
  at("chain-controls").replaceChildren(...rows);
  same(at("chain-same"), answer, "chain", "The lines compute the full run, the page is of this quick answer.", () => ask("chain/page", { scenario: answer.summary.scenario }));
}

opening(() => ({ scenario: "noruzzadeh2016" }));
shown(at("working"), "evidence/synthesis", {}).then((answer) => {
  at("says").textContent = answer.shown.answer;
  pooled(answer);
  claims(answer);
  at("whole").hidden = false;
  same(at("same"), answer, "evidence");
  return shown(at("chain-working"), "evidence/chain", {}).then(chain);
}).catch(() => undefined);
