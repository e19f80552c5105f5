// Screen 5: a trial planned by sliders, its power drawn as the trials come in; or a trial's table, checked and analysed.
// @ts-check
import { aging, ask, at, el, failure, forget, framed, hold, latest, number, opens, same, shown, t } from "./leao.js";
import { named, opening } from "./number.js";
import { curve } from "./plots.js";

const SIZES = 6, CEILING = 20;
const SAYS = /** @type {Record<string, (v: number) => string>} */ ({ largest: (v) => `${v} per group`, effect: (v) => (v ? `${v} % fewer` : "no effect"), weeks: (v) => `${v} weeks`, dropout: (v) => `${v} %`, repeats: (v) => `${v}` });
/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (at(id));

function design() {
  const most = Number(input("largest").value), sizes = Array.from({ length: SIZES }, (_, k) => Math.max(10, Math.round((most * (k + 1)) / SIZES / 5) * 5));
  const doses = input("kind").value === "dose_finding" ? input("doses").value.split(/[,;]/).map((d) => d.trim()).filter(Boolean) : [];
  return {
    kind: input("kind").value, sizes: [...new Set(sizes)], weeks: Number(input("weeks").value), effect: Number((1 - Number(input("effect").value) / 100).toFixed(2)), repeats: Number(input("repeats").value),
    doses, research: doses.some((d) => parseFloat(d) > CEILING), policy: input("kind").value === "titrated" ? input("policy").value : null,
    dropout: Number(input("dropout").value) / 100, stratify: input("stratify").checked, estimator: input("estimator").value || null, endpoint: input("endpoint").value,
  };
}

/** What the numbers on the screen are of. */
let planned = "";
opening(() => ({ scenario: "noruzzadeh2016" }), () => planned);

/** A cell with a figure that opens. @param {any} row @param {string} key @param {string} label @param {(v: number, se: number|null) => string} says */
const figure = (row, key, label, says) => (row[key] === null || row[key] === undefined ? "–" : named(says(row[key], row[`${key}_se`]), `design.${key}`, `${label}: ${says(row[key], row[`${key}_se`])}: what it is`));

/** Curve and table of an answer, whole or so far. @param {any} s @param {number} most @param {number} asked */
function power(s, most, asked) {
  const line = s.estimators[s.estimator][s.comparison].by_n, xs = line.map((/** @type {any} */ r) => r.n), middle = line.map((/** @type {any} */ r) => 100 * (r.power ?? 0)), half = line.map((/** @type {any} */ r) => 196 * (r.power_se ?? 0));
  at("power").replaceChildren(curve({ x: xs, middle, low: middle.map((/** @type {number} */ v, /** @type {number} */ k) => Math.max(0, v - half[k])), high: middle.map((/** @type {number} */ v, /** @type {number} */ k) => Math.min(100, v + half[k])), xs: { low: 0, high: most }, ys: { low: 0, high: 100 }, label: "power, % (band: Monte Carlo error, 95 %)", unit: "patients per group", title: `Power by size: ${s.by_n.map((/** @type {any} */ r) => `${r.n}: ${number(100 * (r.power ?? 0))} %`).join(", ")}` }));
  const percent = (/** @type {number} */ v, /** @type {number|null} */ se) => `${number(100 * v)} %${se ? ` ± ${number(100 * se, 1)}` : ""}`;
  const plain = (/** @type {number} */ v, /** @type {number|null} */ se) => `${number(v, 2)}${se ? ` ± ${number(se, 1)}` : ""}`;
  planned = `${s.design.kind.replaceAll("_", " ")}, ${s.estimator.replaceAll("_", " ")} (${s.scale}), ${s.repeats} simulated trials of each size${s.repeats === asked ? "" : " so far"}.`;
  const rows = s.by_n.map((/** @type {any} */ r) => [String(r.n), figure(r, "power", `power with ${r.n} per group`, percent), figure(r, "type_1_error", `type I error with ${r.n} per group`, percent), figure(r, "coverage", `coverage with ${r.n} per group`, percent), figure(r, "bias", `bias with ${r.n} per group`, plain)]);
  at("characteristics").replaceChildren(
    el("p", { class: "small", role: "status" }, `${s.repeats === asked ? "" : "So far: "}${s.repeats} of ${asked} simulated trials.`), table(["per group", "power", "type I error", "coverage", "bias"], rows), ...against(s, percent),
    s.caution ? el("p", { class: "banner ask small" }, s.caution.replaceAll("_", " ")) : "", el("p", { class: "small dim" }, `${s.estimator.replaceAll("_", " ")}, ${s.scale}, on ${s.endpoint.replaceAll("_", " ")}; ± one Monte Carlo standard error. A number opens: what it is and how it is counted.`));
}

/** Every comparison of a design with several, at the largest size. @param {any} s @param {(v: number, se: number|null) => string} percent */
function against(s, percent) {
  const all = Object.entries(s.estimators[s.estimator]), doses = s.design.treatments, last = s.by_n[s.by_n.length - 1].n;
  if (all.length < 2) return [];
  const rows = all.map(([label, figures]) => { const f = /** @type {any} */ (figures), r = f.by_n.find((/** @type {any} */ each) => each.n === last); return [label, figure(r, "power", `power of ${label}`, percent), figure(r, "type_1_error", `type I error of ${label}`, percent)]; });
  return [el("p", { class: "small" }, `Power above: ${s.comparison}. Arms: ${Object.entries(doses).map(([arm, mg]) => `${arm} ${number(/** @type {number} */ (mg))} mg`).join(", ")}. Each comparison with ${last} per group:`), table(["comparison", "power", "type I error"], rows)];
}

/** @param {string[]} head @param {(string|Node)[][]} rows */
const table = (head, rows) => el("table", {}, el("thead", {}, el("tr", {}, ...head.map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", {}, cell))))));

at("design").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = /** @type {HTMLButtonElement} */ (at("compute")), body = design();
  const draw = (/** @type {any} */ answer) => power(answer, Math.max(...body.sizes), body.repeats);
  button.disabled = true;
  at("above").hidden = !body.research;
  at("design-answer").hidden = true;
  for (const id of ["power", "characteristics", "design-same", "design-sheet"]) at(id).replaceChildren();
  try {
    const done = await shown(at("computing"), "trial/power", body, (kind, content) => { if (kind === "partial") draw(content); });
    draw(done.summary);
    at("design-answer").hidden = false;
    framed(at("design-sheet"), done.job, "The design, as a page");
    same(at("design-same"), done, "power");
  } catch { /* said beside the bar */ }
  button.disabled = false;
});
for (const [id, says] of Object.entries(SAYS)) {
  const tell = () => { at(`${id}-says`).textContent = says(Number(input(id).value)); input(id).setAttribute("aria-valuetext", says(Number(input(id).value))); };
  input(id).addEventListener("input", tell);
  tell();
}

// --- a real table ---------------------------------------------------------------------------------------------------

const ROLES = /** @type {const} */ (["arm", "visit", "day", "subject", "value", "baseline"]);
const TYPED = /** @type {const} */ (["control", "visit_days", "covariates", "strata"]);
const FURTHER = /** @type {const} */ (["stopped", "subgroup"]); // columns that no name is guessed for
let file = "", header = /** @type {string[]} */ ([]);

/** @param {File} chosen */
async function take(chosen) {
  for (const id of ["chosen", "answer"]) at(id).hidden = true;
  try {
    if (file) forget(file);
    file = await hold(chosen.name, chosen);
    const seen = await shown(at("looking"), "trial/look", { file });
    header = seen.summary.columns;
    at("name").textContent = `${chosen.name}: ${seen.summary.rows} rows`;
    at("preview").replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...header.map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, ...seen.shown.first_rows.map((/** @type {string[]} */ row) => el("tr", {}, ...row.map((c) => el("td", {}, c)))))));
    at("columns").replaceChildren(...ROLES.map((role) => column(role, "as its name says")), ...FURTHER.map((role) => column(role, "none")), pick("kind", ["count", "rate", "days", "score", "change"]), pick("better", ["lower", "higher"]));
    for (const select of at("columns").querySelectorAll("select")) select.addEventListener("change", () => analyse(true));
    at("chosen").hidden = false;
    analyse(true);
  } catch (error) { at("looking").replaceChildren(failure(error)); }
}

/** @param {string} role @param {string} otherwise */
const column = (role, otherwise) => el("div", { class: "field" }, el("label", { for: `role-${role}` }, role), el("select", { id: `role-${role}` }, el("option", { value: "" }, otherwise), ...header.map((h) => el("option", { value: h }, h))));

/** @param {string} name @param {string[]} values */
const pick = (name, values) => el("div", { class: "field" }, el("label", { for: `role-${name}` }, name), el("select", { id: `role-${name}` }, el("option", { value: "" }, "as the table says"), ...values.map((v) => el("option", { value: v }, v))));

const analyse = latest(async (/** @type {boolean} */ _) => {
  at("answer").hidden = false;
  aging(at("answer"), true);
  const days = input("baseline_days").value.trim().replace(",", ".");
  if (days && !(Number(days) > 0)) { at("answering").replaceChildren(el("div", { class: "banner ask", role: "alert" }, "Days of the baseline: wanted a number above 0, such as 28.")); for (const id of ["sheet", "same"]) at(id).replaceChildren(); aging(at("answer"), false); return; }
  const typed = Object.fromEntries(TYPED.map((name) => [name, input(name).value.trim() || null]));
  const body = { file, ...typed, baseline_days: days ? Number(days) : null, estimator: input("table-estimator").value || null, where: input("where").value ? [input("where").value] : [], ...Object.fromEntries([...ROLES, ...FURTHER, "kind", "better"].map((role) => [role, input(`role-${role}`).value || null])) };
  const done = await shown(at("answering"), "trial/analyse", body).catch((error) => { for (const id of ["sheet", "same"]) at(id).replaceChildren(); throw error; });
  const quoted = input("table-estimator"), now = quoted.value, known = Object.keys(done.summary.estimators ?? {});
  quoted.replaceChildren(...["", ...known].map((name) => el("option", { value: name, selected: name === now }, name ? name.replaceAll("_", " ") : "usual for the kind")));
  framed(at("sheet"), done.job, "The table, analysed");
  same(at("same"), done, "analysis");
  aging(at("answer"), false);
});

opens(input("file"));
input("file").addEventListener("change", () => { const chosen = input("file").files?.[0]; if (chosen) take(chosen); });
for (const kind of ["dragover", "dragenter"]) document.addEventListener(kind, (event) => { event.preventDefault(); at("drop").classList.add("over"); });
document.addEventListener("dragleave", () => at("drop").classList.remove("over"));
document.addEventListener("drop", (event) => { event.preventDefault(); at("drop").classList.remove("over"); const chosen = event.dataTransfer?.files[0]; if (chosen) take(chosen); });
for (const id of ["where", "baseline_days", "table-estimator", ...TYPED]) input(id).addEventListener("change", () => analyse(true));
at("forget").addEventListener("click", () => { if (file) forget(file); location.assign("/trial"); });
addEventListener("pagehide", () => { if (file) forget(file); });

ask("trial/warm", {}).then(({ shown: names }) => {
  const option = (/** @type {string} */ value, /** @type {string} */ label) => el("option", { value }, label);
  at("kind").replaceChildren(...names.kinds.map((/** @type {string} */ k) => option(k, k.replaceAll("_", " "))));
  at("estimator").append(...names.estimators.map((/** @type {any} */ e) => option(e.name, `${e.name.replaceAll("_", " ")}: ${e.what}`)));
  at("policy").replaceChildren(...names.policies.map((/** @type {any} */ p) => option(p.name, p.name.replaceAll("_", " "))));
  const shape = () => {
    at("doses-field").hidden = input("kind").value !== "dose_finding";
    at("policy-field").hidden = input("kind").value !== "titrated";
    at("policy-what").textContent = names.policies.find((/** @type {any} */ p) => p.name === input("policy").value)?.what ?? "";
  };
  for (const id of ["kind", "policy"]) at(id).addEventListener("change", shape);
  input("policy").value = "titrated";
  shape();
  at("endpoint").replaceChildren(...names.endpoints.map((/** @type {string} */ e) => option(e, e.replaceAll("_", " "))));
  document.documentElement.dataset.ready = "yes";
}).catch((error) => at("computing").replaceChildren(failure(error)));
void t;
