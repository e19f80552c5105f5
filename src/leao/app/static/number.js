// A number opened: value, unit, source, passage, tier, spread, and the verdict over its range, recomputed.
// @ts-check
import { at, el, failure, lang, number, say, shown, t, words } from "./leao.js";
import { curve } from "./plots.js";

/** @typedef {{text: string, opens: string|null}} Part */
/** The question behind the numbers, what to say above them, and which call knows a number. */
let question = () => /** @type {any} */ ({}), remark = () => "", call = "chain/over";
/** Numbers of the answer on this screen, by key: what they are came with it. @type {Record<string, any>} */
let stated = {};

/** Say what the numbers of this screen are asked with. @param {() => any} asked @param {() => string} [about] @param {string} [of] the call */
export function opening(asked, about, of) {
  question = asked;
  if (about) remark = about;
  if (of) call = of;
  at("number-close").addEventListener("click", () => /** @type {HTMLDialogElement} */ (at("number")).close());
}

/** Keep what the numbers of an answer are. @param {Record<string, any>} numbers */
export function states(numbers) { stated = numbers; }

/** The tiles of an answer: name, value, and the key of a number that opens. @param {HTMLElement} place @param {(string|null)[][]} rows */
export const tiled = (place, rows) => place.replaceChildren(...rows.map(([name, value, key]) => el("div", {}, el("dt", {}, name), el("dd", { class: "v" }, key && stated[key] ? named(String(value), key, t("number_opens", { what: `${name}: ${value}` })) : value))));

/** A number that opens. @param {string} text @param {string} key @param {string} [label] */
export const named = (text, key, label) => el("button", { type: "button", class: "named", "data-number": key, "aria-label": label ?? `${text}: where it comes from`, onclick: () => open(key, text) }, text);

/** A sentence whose numbers open. @param {Part[]} parts */
export const sentence = (parts) => parts.map((part) => (part.opens === null ? document.createTextNode(part.text) : named(part.text, part.opens)));
/** Put it in a place. @param {HTMLElement} place @param {Part[]} parts */
export const spoken = (place, parts) => place.replaceChildren(...sentence(parts));

/** @param {any} d */
const spread = (d) => (d === null ? t("number_none_given") : Object.entries(d).map(([k, v]) => (k === "dist" ? v : `${words[`spread_${k}`] ?? k} ${typeof v === "number" ? number(v, 4) : v}`)).join(", "));
/** @param {any} n @param {number} value */
const valued = (n, value) => `${number(value, 5)}${n.unit === "dimensionless" || !n.unit ? "" : ` ${n.unit}`}`;

/** @param {string} key @param {string} [seen] as it stood on the screen */
export async function open(key, seen) {
  const dialog = /** @type {HTMLDialogElement} */ (at("number")), body = at("number-body");
  at("number-head").textContent = key;
  if (!dialog.open) dialog.showModal();
  try {
    const { summary } = stated[key] ? { summary: stated[key] } : await shown(body, call, { ...question(), number: key }), { number: n, over } = summary;
    at("number-head").textContent = say(n.label);
    const value = n.words ?? (n.value === null ? null : valued(n, n.value) + (n.fixed === null ? "" : `; ${t("number_fixed", { value: number(n.fixed, 5) })}`));
    const how = summary.no_range && !n.ledger && ["derived", ""].includes(n.tier) ? "number_how" : "number_passage";
    const rows = [
      value === null ? null : [t(key.startsWith("controls.") ? "number_control" : "number_value"), value],
      seen && seen !== value ? [t("number_clicked"), seen] : null,
      n.value === null && n.unit ? [t("number_unit"), say(n.unit)] : null,
      ...(summary.facts ?? []).map((/** @type {string[]} */ [name, what]) => [say(name), say(what)]),
      [t("number_source"), n.reference ?? say(n.source)],
      [t(how), n.where ? say(n.where) : t("number_not_given")],
      n.tier ? [t("number_tier"), words[`tier_${n.tier}`] ?? n.tier] : null,
      summary.no_range && !n.uncertainty ? null : [t("number_known"), spread(n.uncertainty)],
      n.ledger ? [t("number_differ"), spread(n.between_subject)] : null,
      n.note ? [t("number_note"), say(n.note)] : null,
    ];
    const facts = el("dl", { class: "facts" }, ...rows.flatMap((row) => (row === null ? [] : [el("dt", {}, row[0]), el("dd", {}, row[1])])));
    const otherwise = summary.otherwise?.length ? [sheet(["were it", "the verdict would say", "its numbers"], summary.otherwise.map((/** @type {any} */ o) => [o.status, o.says, o.numbers]))] : [];
    const behind = summary.behind?.length ? [el("details", {}, el("summary", {}, t("number_behind", { n: summary.behind.length })), el("ul", { class: "chosen" }, ...summary.behind.map((/** @type {any} */ b) => el("li", {}, el("button", { type: "button", class: "quiet", onclick: () => open(b.key) }, el("strong", {}, `${number(b.value, 4)}${b.unit === "dimensionless" ? "" : ` ${b.unit}`}`), ` ${b.label} `, el("span", { class: `badge ${b.tier}` }, words[`tier_${b.tier}`] ?? b.tier))))))] : [];
    const from = summary.comes_from.length ? [el("p", {}, summary.no_range ? "What of the chain it bears on; open one for its source and for the verdict over its range." : "It comes most of all from these; open one for its source and for the verdict over its range."), el("ul", { class: "chosen" }, ...summary.comes_from.map((/** @type {any} */ each) => el("li", {}, el("button", { type: "button", class: "quiet", onclick: () => open(each.key) }, each.label))))] : [];
    const table = summary.controls ? [sheet(["control", "wanted", "found", "status"], summary.controls.map((/** @type {any} */ c) => [c.name, c.wanted, el("button", { type: "button", class: "named", onclick: () => open(c.key) }, c.found), c.status]))] : [];
    const none = summary.controls ? [] : [el("p", { class: "dim" }, summary.no_range ? say(summary.no_range) : "Its uncertainty is not given, so it is not drawn, and there is no range to look at.")];
    const english = n.ledger && lang !== "en" ? [el("p", { class: "dim small" }, t("number_english"))] : [];
    const about = remark() ? [el("p", { class: "dim small" }, remark())] : [];
    body.replaceChildren(...about, facts, ...english, ...(over.length ? ranged(n, over, summary.plots) : none), ...otherwise, ...from, ...behind, ...table);
    body.parentElement?.scrollTo(0, 0);
  } catch (error) { body.replaceChildren(failure(error)); }
}

/** @param {string[]} heads @param {(string|Node)[][]} rows */
const sheet = (heads, rows) => el("div", { class: "wide", tabindex: "0" }, el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", {}, cell)))))));

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
