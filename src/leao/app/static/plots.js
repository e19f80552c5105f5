// Small drawings by hand: a scale, a forest, a curve with its band, the densities of two answers.
// @ts-check
import { number, svg } from "./leao.js";

/** @typedef {{low: number, high: number, log?: boolean}} Range */
/** Place of a value between two ends of a drawing. @param {Range} range @param {number} a @param {number} b */
export function scale(range, a, b) {
  const f = range.log ? Math.log : (/** @type {number} */ x) => x;
  const low = f(range.low), span = f(range.high) - low || 1;
  return (/** @type {number} */ x) => a + (b - a) * Math.min(Math.max((f(x) - low) / span, -0.02), 1.02);
}

/** Round values for ticks. @param {Range} range @param {number} [most] */
export function ticks(range, most = 6) {
  if (range.log) return [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000].filter((x) => x >= range.low * 0.999 && x <= range.high * 1.001).slice(0, 12);
  const raw = (range.high - range.low) / most, power = 10 ** Math.floor(Math.log10(raw || 1));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((k) => k >= raw) ?? raw;
  const out = [];
  for (let x = Math.ceil(range.low / step) * step; x <= range.high + 1e-9 * step; x += step) out.push(Math.abs(x) < 1e-12 ? 0 : x);
  return out;
}

/** A drawing that says in words what it shows. @param {number} width @param {number} height @param {string} title @param {...(Node|null)} inner */
export function picture(width, height, title, ...inner) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title }, ...inner.filter((each) => each !== null));
}

/** @param {Range} range @param {(x: number) => number} x @param {number} y @param {string} label @param {[number, number]} ends */
export function axis(range, x, y, label, ends) {
  const marks = ticks(range).flatMap((value) => [svg("line", { class: "axis", x1: x(value), x2: x(value), y1: y, y2: y + 4 }), svg("text", { class: "tick m", x: x(value), y: y + 17 }, number(value, 3))]);
  return svg("g", {}, svg("line", { class: "axis", x1: ends[0], x2: ends[1], y1: y, y2: y }), ...marks, svg("text", { class: "name m", x: (ends[0] + ends[1]) / 2, y: y + 41 }, label));
}

/** @param {number[]} xs @param {number[]} ys */
export const path = (xs, ys) => xs.map((x, k) => `${k ? "L" : "M"}${x.toFixed(1)} ${ys[k].toFixed(1)}`).join("");

/** A line with its band. @param {{x: number[], middle: number[], low?: number[], high?: number[], at?: number|null, xs: Range, ys: Range, label: string, unit: string, title: string, colour?: string}} curve */
export function curve(curve) {
  const width = 520, height = 288, left = 56, right = 12, top = 26, bottom = 52;
  const x = scale(curve.xs, left, width - right), y = scale(curve.ys, height - bottom, top);
  const xs = curve.x.map(x), rows = ticks(curve.ys, 4);
  const band = curve.low && curve.high ? svg("path", { class: "band", d: `${path(xs, curve.high.map(y))}${path([...xs].reverse(), [...curve.low].reverse().map(y)).replace("M", "L")}Z` }) : null;
  return picture(width, height, curve.title,
    svg("g", {}, ...rows.flatMap((value) => [svg("line", { class: "rule", x1: left, x2: width - right, y1: y(value), y2: y(value) }), svg("text", { class: "tick e", x: left - 7, y: y(value) + 4 }, number(value, 3))])),
    band, svg("path", { class: "curve", d: path(xs, curve.middle.map(y)) }),
    ...curve.x.map((_, k) => svg("circle", { class: "point", cx: xs[k], cy: y(curve.middle[k]), r: 2.6 })),
    curve.at === null || curve.at === undefined ? null : svg("line", { class: "now", x1: x(curve.at), x2: x(curve.at), y1: top, y2: height - bottom }),
    axis(curve.xs, x, height - bottom, curve.unit, [left, width - right]),
    svg("text", { class: "name", x: left, y: top - 10 }, curve.label));
}

/** Rows of a forest: squares for trials, a diamond for what is pooled.
 * @param {{name: string, estimate: number, low: number, high: number, kind: "trial"|"pooled"|"prior"|"model"}[]} rows @param {Range} range @param {string} label @param {string} title */
export function forest(rows, range, label, title) {
  const width = 760, row = 40, left = 190, right = 150, top = 10, height = top + rows.length * row + 54;
  const x = scale(range, left, width - right);
  const drawn = rows.map((each, k) => {
    const y = top + row * (k + 0.5), [a, m, b] = [each.low, each.estimate, each.high].map(x);
    const mark = each.kind === "pooled" ? svg("path", { class: "diamond", d: `M${a} ${y}L${m} ${y - 9}L${b} ${y}L${m} ${y + 9}Z` })
      : each.kind === "prior" ? svg("line", { class: "prior", x1: a, x2: b, y1: y, y2: y })
        : svg("g", { class: each.kind }, svg("line", { class: "span", x1: a, x2: b, y1: y, y2: y }), svg("rect", { x: m - 5, y: y - 5, width: 10, height: 10 }));
    return svg("g", {}, svg("text", { class: "label", x: 0, y: y + 4 }, each.name), mark, svg("text", { class: "label e", x: width, y: y + 4 }, each.kind === "prior" ? `${number(each.low, 2)}–${number(each.high, 2)}` : `${number(each.estimate, 2)} (${number(each.low, 2)}–${number(each.high, 2)})`));
  });
  return picture(width, height, title, svg("line", { class: "zero", x1: x(1), x2: x(1), y1: top, y2: height - 50 }), ...drawn, axis(range, x, height - 48, label, [left, width - right]));
}

/** Densities of two answers on one scale, as smooth heaps. @param {Record<string, number[]>} draws @param {Range} range @param {string} label @param {string} title */
export function heaps(draws, range, label, title) {
  const width = 760, height = 236, left = 10, right = 10, bottom = 50, top = 26;
  const x = scale(range, left, width - right), n = 320, f = range.log ? Math.log : (/** @type {number} */ v) => v;
  const low = f(range.low), step = (f(range.high) - low) / n;
  const shapes = Object.entries(draws).map(([name, values], which) => {
    const bins = new Array(n + 1).fill(0), places = values.map((value) => (f(value) - low) / step).sort((a, b) => a - b);
    const inner = places[Math.floor(0.84 * (places.length - 1))] - places[Math.floor(0.16 * (places.length - 1))];
    const wide = Math.max(0.7, 0.55 * inner * places.length ** -0.2); // a heap of nearly equal draws stays a spike
    for (const place of places) {
      for (let k = Math.max(0, Math.floor(place - 4 * wide)); k <= Math.min(n, place + 4 * wide); k++) bins[k] += Math.exp(-0.5 * ((k - place) / wide) ** 2);
    }
    const most = Math.max(...bins, 1e-9), base = height - bottom;
    const xs = bins.map((_, k) => left + ((width - left - right) * k) / n), ys = bins.map((v) => base - (base - top - 14) * (v / most));
    return svg("g", { class: `heap heap${which}` }, svg("path", { d: `M${left} ${base}${path(xs, ys).replace("M", "L")}L${width - right} ${base}Z` }), svg("text", { class: "label m", x: xs[bins.indexOf(most)] < 90 ? 90 : Math.min(xs[bins.indexOf(most)], width - 120), y: top + 12 - 16 * which + 4 }, name));
  });
  return picture(width, height, title, svg("line", { class: "zero", x1: x(1), x2: x(1), y1: top, y2: height - bottom }), ...shapes, axis(range, x, height - bottom, label, [left, width - right]));
}

/** The chain beside the trials in a sentence whose numbers open, before its verdict in full. @param {any} summary @returns {import("./number.js").Part[]} */
export function brief(summary) {
  const ratio = summary.headache.rate_ratio, quick = summary.quick ? summary.trial.fewer_attacks_percent : null, trials = [...summary.densities.neutral].sort((a, b) => a - b), fewer = (/** @type {number} */ r) => number(100 * (1 - r), 2);
  const ends = quick ? [quick.p05, quick.p95].map((v) => number(v, 2)) : [ratio.p95, ratio.p05].map(fewer);
  const chain = "chain.fewer_percent", pooled = fewer(trials[Math.floor(trials.length / 2)]);
  return [["By way of the wave, the chain gives ", null], [`${fewer(ratio.median)} %`, chain], [" fewer attacks (90 %: ", null], [`${ends[0]} to ${ends[1]}`, chain], ["); the trials show ", null], [`${pooled} %`, "trials.fewer_percent"], [".", null]].map(([text, opens]) => ({ text: String(text), opens }));
}
