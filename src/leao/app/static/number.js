// A number opened: value, unit, source, passage, tier, spread, and the verdict over its range, recomputed.
// @ts-check
import { at, el, failure, number, shown } from "./leao.js";
import { curve } from "./plots.js";

const SPREADS = /** @type {Record<string, string>} */ ({ cv: "coefficient of variation", sd: "SD", sd_log: "SD of the logarithm", low: "from", high: "to" });
/** @typedef {{text: string, opens: string|null}} Part */
/** The question behind the numbers, and what to say above them. */
let question = () => /** @type {any} */ ({}), remark = () => "";

/** Say what the numbers of this screen are asked with. @param {() => any} asked @param {() => string} [about] */
export function opening(asked, about) {
  question = asked;
  if (about) remark = about;
  at("number-close").addEventListener("click", () => /** @type {HTMLDialogElement} */ (at("number")).close());
}

/** A number that opens. @param {string} text @param {string} key @param {string} [label] */
export const named = (text, key, label) => el("button", { type: "button", class: "named", "data-number": key, "aria-label": label ?? `${text}: where it comes from`, onclick: () => open(key, text) }, text);

/** Put a sentence whose numbers open in a place. @param {HTMLElement} place @param {Part[]} parts */
export const spoken = (place, parts) => place.replaceChildren(...parts.map((part) => (part.opens === null ? document.createTextNode(part.text) : named(part.text, part.opens))));

/** @param {any} d */
const spread = (d) => (d === null ? "none given" : Object.entries(d).map(([k, v]) => (k === "dist" ? v : `${SPREADS[k] ?? k} ${typeof v === "number" ? number(v, 4) : v}`)).join(", "));
/** @param {any} n @param {number} value */
const valued = (n, value) => `${number(value, 5)}${n.unit === "dimensionless" || !n.unit ? "" : ` ${n.unit}`}`;

/** @param {string} key @param {string} [seen] as it stood on the screen */
export async function open(key, seen) {
  const dialog = /** @type {HTMLDialogElement} */ (at("number")), body = at("number-body");
  at("number-head").textContent = key;
  if (!dialog.open) dialog.showModal();
  try {
    const { summary } = await shown(body, "chain/over", { ...question(), number: key }), { number: n, over } = summary;
    at("number-head").textContent = n.label;
    const rows = [["Value", n.words ?? valued(n, n.value) + (n.fixed === null ? "" : `; fixed here at ${number(n.fixed, 5)}`)], seen ? ["Clicked", seen] : null, ["Source", n.reference ?? n.source], ["Passage", n.where || "not given"], ["Tier", n.tier], ["How well it is known", spread(n.uncertainty)], n.ledger ? ["How people differ", spread(n.between_subject)] : null, n.note ? ["Note", n.note] : null];
    const facts = el("dl", { class: "facts" }, ...rows.flatMap((row) => (row === null ? [] : [el("dt", {}, row[0]), el("dd", {}, row[1])])));
    const from = summary.comes_from.length ? [el("p", {}, "It comes most of all from these; open one for its source and for the verdict over its range."), el("ul", { class: "chosen" }, ...summary.comes_from.map((/** @type {any} */ each) => el("li", {}, el("button", { type: "button", class: "quiet", onclick: () => open(each.key) }, each.label))))] : [];
    const table = summary.controls ? [el("div", { class: "wide", tabindex: "0" }, el("table", {}, el("thead", {}, el("tr", {}, ...["control", "wanted", "found", "status"].map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, ...summary.controls.map((/** @type {any} */ c) => el("tr", {}, ...[c.name, c.wanted, c.found, c.status].map((cell) => el("td", {}, cell)))))))] : [];
    const none = summary.controls ? [] : [el("p", { class: "dim" }, "Its uncertainty is not given, so it is not drawn, and there is no range to look at.")];
    const about = remark() ? [el("p", { class: "dim small" }, remark())] : [];
    body.replaceChildren(...about, facts, ...(over.length ? ranged(n, over, summary.plots) : none), ...from, ...table);
  } catch (error) { body.replaceChildren(failure(error)); }
}

/** @param {any} n @param {any[]} over @param {{key: string, label: string, scale: number}[]} plots */
function ranged(n, over, plots) {
  const xs = over.map((r) => r.value), range = { low: Math.min(...xs), high: Math.max(...xs) };
  const unit = `${n.over ?? n.label}${n.unit && n.unit !== "dimensionless" && !n.over ? `, ${n.unit}` : ""}`;
  const mark = n.over && n.tier === "derived" ? null : n.value; // what is put through its range is another number
  const drawn = plots.map(({ key, label, scale }) => {
    const whole = typeof over[0][key] === "number", of = (/** @type {string} */ end) => over.map((r) => scale * (whole ? r[key] : r[key][end]));
    const middle = of("median"), low = of("p05"), high = of("p95");
    const ys = scale === 1 ? { low: Math.max(0.05, Math.min(...low) - 0.02), high: Math.max(1, ...high) + 0.01 } : { low: 0, high: Math.max(5, ...high) };
    return el("figure", { class: "plot" }, el("figcaption", {}, label), curve({ x: xs, middle, low: whole ? undefined : low, high: whole ? undefined : high, at: mark, xs: range, ys, label: "", unit, title: `${label}, over the range of ${n.label}` }));
  });
  const shownOf = (/** @type {any} */ r, /** @type {any} */ { key, scale }) => (typeof r[key] === "number" ? number(scale * r[key], 3) : `${number(r[key].median, 4)} (${number(r[key].p05, 4)}–${number(r[key].p95, 4)})`);
  return [...drawn,
    el("details", {}, el("summary", {}, "as a table"), el("table", {}, el("thead", {}, el("tr", {}, ...[n.over ?? "value", ...plots.map((p) => p.label)].map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, ...over.map((r) => el("tr", {}, el("td", {}, number(r.value, 4)), ...plots.map((p) => el("td", {}, shownOf(r, p)))))))),
    el("p", { class: "small dim" }, "Each point is computed anew, with this number there and all else as it is; quick."),
  ];
}
