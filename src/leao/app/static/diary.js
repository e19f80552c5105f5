// Screen 1: a diary is dropped, every doubt is answered, what was taken is said, and the review follows.
// @ts-check
import { aging, ask, at, day, el, failure, forget, framed, hold, lang, latest, number, opens, same, say, shown, t, words } from "./leao.js";
import { draw } from "./calendar.js";
import { opening, states, tiled } from "./number.js";

const MONTHS = 12;
/** @typedef {{say: string[], column: string[], ignore: string[], only: string[], dates: string|null, unlisted: string|null,
 *   severity: string|null, length: string|null, utc: string|null, sheet: string|null, map: string|null}} How */
/** @returns {How} */
const plainly = () => ({ say: [], column: [], ignore: [], only: [], dates: null, unlisted: null, severity: null, length: null, utc: null, sheet: null, map: null });

const state = {
  file: "", name: "", how: plainly(), seen: /** @type {any} */ (null), steps: /** @type {{day: string, dose: string}[]} */ ([]), clearance: /** @type {number|null} */ (null), months: MONTHS,
};

// --- a file comes ---------------------------------------------------------------------------------------------------

/** @param {string} name @param {Blob|string} content */
async function take(name, content) {
  for (const part of ["reading", "doses", "answer"]) at(part).hidden = true;
  at("trouble").replaceChildren();
  at("working").replaceChildren(el("div", { class: "working", role: "status" }, el("span", {}, t("step_hold")), el("progress", { "aria-label": t("working") })));
  try {
    if (state.file) forget(state.file);
    Object.assign(state, { file: await hold(name, content), name, how: plainly(), seen: null, steps: [], months: MONTHS });
    await begin();
  } catch (error) { at("trouble").replaceChildren(failure(error)); }
  at("working").replaceChildren();
}

/** A case of the shelf, with its doses. @param {string} name */
async function open(name) {
  try {
    const entry = (await (await fetch(`/api/cases?lang=${lang}`)).json())[name], held = await (await fetch(`/api/cases/${name}`, { method: "POST" })).json();
    Object.assign(state, { file: held.file, name: `${entry.title}: ${held.name}`, steps: entry.doses.map((/** @type {[string, string]} */ [when, dose]) => ({ day: when, dose })) });
    await begin();
  } catch (error) { at("trouble").replaceChildren(failure(error)); }
}

/** @param {string} [focus] */
async function begin(focus = "name") {
  at("name").textContent = state.name;
  await check();
  if (!state.seen) return;
  at("empty").hidden = true;
  at("reading").hidden = false;
  const head = at("reading-head");
  head.tabIndex = -1;
  head.focus();
  void focus;
}

// --- how it reads ---------------------------------------------------------------------------------------------------

const check = () => new Promise((resolve) => checking(resolve));
const checking = latest(async (/** @type {(value?: unknown) => void} */ done) => {
  try {
    const answer = await ask("diary/check", { file: state.file, ...state.how });
    at("trouble").replaceChildren();
    state.seen = { ...answer.shown, ...answer.summary };
    render();
    if (state.seen.open.length === 0 && state.seen.usable) review();
    else { at("answer").hidden = true; at("doses").hidden = true; }
  } catch (error) {
    at("trouble").replaceChildren(failure(error));
    if (!state.seen) at("empty").hidden = false;
  } finally { done(); }
});

/** Take an answer and read again. @param {[string, string][]} options */
function answer(options) {
  for (const [option, value] of options) {
    const held = /** @type {any} */ (state.how)[option];
    if (Array.isArray(held)) { if (!held.includes(value)) held.push(value); } else /** @type {any} */ (state.how)[option] = value;
  }
  check();
}

/** @param {string} option @param {string} value */
function withdraw(option, value) {
  const held = /** @type {any} */ (state.how)[option];
  /** @type {any} */ (state.how)[option] = Array.isArray(held) ? held.filter((/** @type {string} */ each) => each !== value) : null;
  check();
}

function render() {
  const { seen } = state, open = seen.questions.length;
  const count = at("count");
  count.textContent = open === 0 ? t("nothing_open") : open === 1 ? t("one_open") : t("many_open", { n: open });
  count.classList.toggle("open", open > 0);
  at("usable").textContent = open === 0 && !seen.usable ? say(seen.problem ?? "") : "";
  const held = document.activeElement?.closest("#questions") !== null;
  at("questions").replaceChildren(...seen.questions.map(question));
  if (held) (at("questions").querySelector("button") ?? at("count")).focus?.();
  at("answered").replaceChildren(...given().map(([option, value]) => el("li", {}, spoken(option, value), el("button", { type: "button", "aria-label": t("take_back", { what: `${option} ${value}` }), onclick: () => withdraw(option, value) }, "×"))));
  preview();
  how();
  const medicines = seen.medicines.map((/** @type {any} */ m) => el("tr", {}, el("td", {}, m.name), el("td", {}, m.class === null ? t("not_acute") : words[`class_${m.class}`] ?? m.class), el("td", {}, number(m.count))));
  at("medicines").replaceChildren(...(medicines.length ? [el("h3", {}, t("medicines")), el("div", { class: "wide", tabindex: "0" }, el("table", {}, el("thead", {}, el("tr", {}, ...["name", "class", "times"].map((k) => el("th", { scope: "col" }, t(k))))), el("tbody", {}, ...medicines)))] : []));
  const lines = [...seen.understood.map(say), ...seen.oddities.map((/** @type {any} */ o) => `${o.row === null ? "" : `${t("row")} ${o.row}: `}${say(o.what)}`), ...seen.left_out.map((/** @type {any} */ l) => `${t("left_out")} ${l.rows.slice(0, 8).join(", ")}: ${say(l.why)}`)];
  at("understood").replaceChildren(...lines.map((/** @type {string} */ line) => el("li", {}, line)));
  calendar();
}

/** @returns {[string, string][]} */
function given() {
  const rows = /** @type {[string, string][]} */ ([]);
  for (const [option, value] of Object.entries(state.how)) for (const each of Array.isArray(value) ? value : value === null ? [] : [value]) rows.push([option, each]);
  return rows;
}

/** @param {string} option @param {string} value */
function spoken(option, value) {
  if (option === "say" || option === "column") {
    const cut = value.lastIndexOf("="), head = value.slice(0, cut), tail = value.slice(cut + 1);
    return option === "say" ? `“${head}”: ${meaning(tail)}` : `${tail}: ${role(head)}`;
  }
  return `${words[`option_${option}`] ?? option}: ${meaning(value)}`;
}

/** @param {string} word */
const meaning = (word) => words[`means_${word}`] ?? word;
/** @param {string} name */
const role = (name) => words[`role_${name}`] ?? name;

/** What a button says: a meaning, a column that is one of ours, codes with their meanings. @param {string} means */
function label(means) {
  const [ours, name] = means.startsWith("= ") ? means.slice(2).split(/: (.*)/s) : ["", ""];
  if (ours) return name ? t("it_is_in", { role: role(ours), name }) : t("it_is", { role: role(ours) });
  if (means === "ignore") return t("leave_out");
  return means.split("; ").map((part) => { const [word, is] = part.split(/: (?=[a-z]+$)/); return is ? `${word} = ${meaning(is)}` : meaning(part); }).join("; ");
}

/** @param {any} q */
function question(q) {
  const where = [q.column ?? t("whole_file"), q.count === 1 ? t("once") : t("n_times", { n: q.count }), q.row === null ? "" : t("first_in_row", { row: q.row })].filter(Boolean).join(" · ");
  const buttons = q.choices.map((/** @type {any} */ c) => el("button", { type: "button", "data-means": c.means, onclick: () => answer(c.options) }, q.asks.startsWith("which of these") ? c.means : label(c.means)));
  if (q.column && seenHeader(q.column) && !q.choices.some((/** @type {any} */ c) => c.means === "ignore") && q.choices.length === 0 && q.other === null) buttons.push(el("button", { type: "button", onclick: () => answer([["ignore", q.column]]) }, t("leave_out")));
  let other = null;
  if (q.other !== null) {
    const isDay = /date:first( of weeks)?=$/.test(q.other), asked = isDay ? t("first_row_day") : t("something_else");
    const input = /** @type {HTMLInputElement} */ (el("input", { type: isDay ? "date" : "text", "aria-label": asked, placeholder: asked, maxlength: "160", size: "16" }));
    const write = () => { if (input.value.trim()) answer([[q.option, q.other + input.value.trim()]]); };
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") write(); });
    other = el("span", { class: "row" }, isDay ? el("span", { class: "small dim" }, asked) : null, input, el("button", { type: "button", onclick: write }, t("take_it")));
  }
  return el("li", {}, el("p", { class: "where" }, where), el("p", { class: q.word ? "asks" : "asks first" }, q.word ? el("span", { class: "word" }, q.column === null || q.row === null ? say(q.word) : q.word) : null, q.word ? " " : null, say(q.asks)), el("div", { class: "choice" }, ...buttons, other), q.choices.length || q.other !== null ? null : el("p", { class: "small dim" }, say(q.answer)));
}

/** @param {string} name */
const seenHeader = (name) => state.seen.header.includes(name);

function preview() {
  const { header, first_rows: rows, columns, roles } = state.seen;
  /** @type {Record<string, string>} */ const taken = {};
  for (const [name, headers] of Object.entries(columns.read_as)) for (const h of /** @type {string[]} */ (headers)) taken[h] ??= name;
  const pick = (/** @type {string} */ name) => {
    if (!name) return el("span", { class: "dim" }, t("no_name"));
    const now = columns.ignored.includes(name) ? "-" : taken[name] ?? "";
    const options = [["", t("not_counted")], ["-", t("leave_out")], ...roles.map((/** @type {string} */ r) => [r, role(r)])];
    const select = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": t("column_is", { name }) }, ...options.map(([value, label]) => el("option", { value, selected: value === now }, label))));
    select.addEventListener("change", () => turn(name, select.value));
    return select;
  };
  const head = header.map((/** @type {string} */ name) => el("th", { scope: "col" }, el("div", {}, name || "–"), pick(name)));
  const body = rows.map((/** @type {string[]} */ row) => el("tr", {}, ...row.map((cell) => el("td", {}, cell))));
  at("preview").replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)));
}

/** A column is taken for something else. @param {string} name @param {string} as */
function turn(name, as) {
  const { how } = state;
  how.ignore = how.ignore.filter((each) => each !== name);
  how.column = how.column.filter((pair) => pair.slice(pair.indexOf("=") + 1) !== name && (as === "" || as === "-" || !pair.startsWith(`${as}=`)));
  if (as === "-" || as === "") how.ignore.push(name);
  else how.column.push(`${as}=${name}`);
  check();
}

function how() {
  const { first_date: first, choices, kept } = state.seen;
  const fields = [];
  if (first && !state.seen.numbered) fields.push(field("dates", t("date_is", { text: first[0], day: day(first[1]) }), choices.dates));
  fields.push(field("unlisted", t("unlisted_days"), choices.unlisted), field("severity", t("severity_scale"), choices.severity), field("length", t("length_unit"), choices.length));
  if (kept.length) fields.push(field("map", t("kept_mapping"), kept));
  at("how").replaceChildren(...fields);
}

/** @param {string} option @param {string} label @param {string[]} values */
function field(option, label, values) {
  const now = /** @type {any} */ (state.how)[option] ?? "";
  const select = /** @type {HTMLSelectElement} */ (el("select", { id: `how-${option}` }, el("option", { value: "" }, option === "map" ? t("none_kept") : t("as_the_file_says")), ...values.map((value) => el("option", { value, selected: value === now }, meaning(value)))));
  select.addEventListener("change", () => { /** @type {any} */ (state.how)[option] = select.value || null; check(); });
  return el("div", { class: "field" }, el("label", { for: `how-${option}` }, label), select);
}

// --- what was taken -------------------------------------------------------------------------------------------------

function calendar() {
  const { span, days, numbered } = state.seen;
  state.steps.sort((a, b) => (numbered ? Number(a.day) - Number(b.day) : a.day < b.day ? -1 : 1));
  at("steps").replaceChildren(...state.steps.map((step, k) => el("li", {}, el("span", {}, `${numbered ? step.day : day(step.day)}: `, el("strong", {}, step.dose || t("stops"))), el("button", { type: "button", class: "quiet", onclick: () => { state.steps.splice(k, 1); doses(); } }, t("remove")))));
  const input = /** @type {HTMLInputElement} */ (at("dose-day"));
  input.type = numbered ? "number" : "date";
  if (!span || !days) { at("calendar").replaceChildren(); return; }
  const pick = (/** @type {string} */ when) => { input.value = when; at("dose-text").focus(); };
  const before = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.day : undefined;
  const left = draw(at("calendar"), { first: span[0], days, steps: state.steps, pick, most: state.months });
  at("earlier").hidden = left <= 0;
  if (before) /** @type {HTMLElement|null} */ (at("calendar").querySelector(`[data-day="${before}"]`))?.focus();
}

/** @param {string} dose */
function step(dose) {
  const when = /** @type {HTMLInputElement} */ (at("dose-day")).value;
  if (!when) { at("dose-trouble").replaceChildren(el("div", { class: "banner ask", role: "alert" }, t("which_day"))); at("dose-day").focus(); return; }
  if (!dose && !state.steps.some((each) => each.dose)) { at("dose-trouble").replaceChildren(el("div", { class: "banner ask", role: "alert" }, t("which_dose"))); at("dose-text").focus(); return; }
  state.steps = state.steps.filter((each) => each.day !== when);
  state.steps.push({ day: when, dose });
  doses();
}

function doses() { at("dose-trouble").replaceChildren(); calendar(); review(); }

/** The steps as the options of the review. */
function taken() {
  const steps = state.steps, first = steps[0];
  if (!first) return { start: null, dose: null, change: [], stop: null };
  const rest = steps.slice(1), last = rest[rest.length - 1];
  const stop = last && !last.dose ? last.day : null;
  const change = rest.filter((each) => each.day !== stop).map((each) => `${each.day}: ${each.dose || "0 mg"}`);
  return { start: first.day, dose: first.dose || "0 mg", change, stop };
}

// --- the answer -----------------------------------------------------------------------------------------------------

const review = latest(async (/** @type {void} */ _) => {
  at("doses").hidden = false;
  at("answer").hidden = false;
  aging(at("answer"), true);
  const done = await shown(at("answering"), "diary/review", { file: state.file, ...state.how, ...taken(), creatinine_clearance: state.clearance }).catch((error) => {
    if (error.state === "refused" && (state.steps.length || state.clearance !== null)) at("dose-trouble").replaceChildren(...at("answering").childNodes); // said where the dose is written
    throw error;
  });
  at("dose-trouble").replaceChildren();
  states(done.shown.stated);
  tiles(done.summary);
  framed(at("sheet"), done.job, t("the_answer"));
  same(at("same"), done, "review");
  aging(at("answer"), false);
});

/** What the page says in numbers, in the language of the screen. @param {any} s */
function tiles(s) {
  const share = (/** @type {number|null} */ p) => (p === null ? "–" : `${number(100 * p, 2)} %`);
  const rows = [[t("result_written"), `${number(s.days.recorded)} / ${number(s.days.recorded + s.days.missing)}`, "review.days_written"]];
  if (s.baseline) rows.push([t(s.doses.length ? "result_days" : "result_whole"), number(s.baseline.headache_days_per_28d), "review.baseline"]);
  if (s.now) rows.push([t(s.doses.length ? "result_now" : "result_last"), number(s.now.headache_days_per_28d), "review.now"]);
  if (s.doses.length) {
    const c = s.change_percent;
    rows.push([t("result_change"), c ? `${number(c.median, 2)} % (${number(c.p05, 2)} ${t("to")} ${number(c.p95, 2)})` : t("result_none", { why: say(s.problem ?? "–") }), "review.change_percent"], [t("result_better"), share(s.p_better), "review.p_better"], [t("result_half"), share(s.p_50), "review.p_50"]);
  }
  tiled(at("tiles"), rows);
}

function forgetAll() {
  if (state.file) forget(state.file);
  location.assign("/diary");
}

// --- the page -------------------------------------------------------------------------------------------------------

const drop = at("drop"), file = /** @type {HTMLInputElement} */ (at("file"));
opens(file);
file.addEventListener("change", () => { const chosen = file.files?.[0]; if (chosen) take(chosen.name, chosen); });
for (const kind of ["dragover", "dragenter"]) document.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
document.addEventListener("dragleave", () => drop.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const chosen = event.dataTransfer?.files[0];
  if (chosen) take(chosen.name, chosen);
});
at("paste-open").addEventListener("click", () => {
  const area = at("paste");
  area.hidden = !area.hidden;
  at("paste-open").setAttribute("aria-expanded", String(!area.hidden));
  if (!area.hidden) at("pasted").focus();
});
at("paste-take").addEventListener("click", () => { const text = /** @type {HTMLTextAreaElement} */ (at("pasted")).value; if (text.trim()) take("pasted.csv", text); });
at("forget").addEventListener("click", forgetAll);
at("dose-add").addEventListener("click", () => { const text = /** @type {HTMLInputElement} */ (at("dose-text")).value.trim(); if (text) step(text); else step(""); });
at("dose-text").addEventListener("keydown", (event) => { if (/** @type {KeyboardEvent} */ (event).key === "Enter") at("dose-add").click(); });
at("dose-stop").addEventListener("click", () => step(""));
at("earlier").addEventListener("click", () => { state.months += MONTHS; calendar(); });
at("clearance").addEventListener("change", (event) => {
  const text = /** @type {HTMLInputElement} */ (event.target).value.trim().replace(",", ".");
  const value = Number(text);
  if (text && !Number.isFinite(value)) { at("dose-trouble").replaceChildren(el("div", { class: "banner", role: "alert" }, t("clearance_bad"))); return; }
  state.clearance = text ? value : null;
  doses();
});
at("map-keep").addEventListener("click", async () => {
  const said = at("map-said"), name = /** @type {HTMLInputElement} */ (at("map-name")).value.trim();
  try {
    const answer = await ask("diary/keep", { file: state.file, ...state.how, name });
    said.textContent = t("kept_at", { place: answer.summary.out });
    state.seen.kept = answer.summary.kept;
    how();
  } catch (error) { said.replaceChildren(failure(error)); }
});
addEventListener("pagehide", () => { if (state.file) forget(state.file); });
opening(() => ({}), undefined, "numbers/ledger");
document.documentElement.dataset.ready = lang;
const asked = location.hash.match(/^#case=(\w+)$/);
if (asked) open(asked[1]);
ask("diary/warm", {}).catch(() => undefined);
