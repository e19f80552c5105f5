// Screen 2: a regimen that somebody has in mind, checked while the form is filled; what is not asked is unknown.
// @ts-check
import { aging, ask, at, el, failure, framed, latest, number, same, say, shown, t, words } from "./leao.js";
import { opening, states, tiled } from "./number.js";

const LISTS = /** @type {const} */ (["taking", "history"]);
const NUMBERS = ["age", "weight", "serum_creatinine", "creatinine_clearance", "urine_ph", "adherence"];
const QUIET = 350; // ms without a key before the plan is checked

/** @type {Record<string, string|null>} */ const chosen = {};
/** @type {Record<string, string[]>} */ const listed = { taking: [], history: [] };
/** @type {Record<string, boolean>} */ const none = { taking: false, history: false };
let preset = /** @type {string|null} */ (null);

/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (at(id));

/** What is asked, as the options of leao plan. */
function asked() {
  /** @type {Record<string, string|null>} */ const body = { dose: preset ? null : input("dose").value.trim() || null, preset };
  for (const name of NUMBERS) {
    const value = input(name).value.trim();
    const unit = /** @type {HTMLSelectElement|null} */ (document.querySelector(`select[data-unit="${name}"]`))?.value ?? "";
    body[name] = value ? `${value} ${/[a-zµ%/]/i.test(value) ? "" : unit}`.trim() : null;
  }
  for (const name of LISTS) body[name] = none[name] ? "none" : listed[name].join(", ") || null;
  return { ...body, ...chosen };
}

const check = latest(async (/** @type {boolean} */ _) => {
  const body = asked();
  marks();
  if (!body.dose && !body.preset) {
    for (const id of ["sheet", "same", "tiles"]) at(id).replaceChildren();
    at("headline").replaceChildren(el("p", { class: "dim" }, t("plan_dose_first")));
    return;
  }
  aging(at("answer"), true);
  const done = await shown(at("answering"), "plan/check", body).catch((error) => {
    for (const id of ["sheet", "same", "tiles", "headline"]) at(id).replaceChildren();
    throw error;
  });
  states(done.shown.stated);
  headline(done.summary);
  framed(at("sheet"), done.job, t("regimen_answer"));
  same(at("same"), done, "plan");
  aging(at("answer"), false);
});

/** @param {any} plan */
function headline(plan) {
  const level = plan.refused || plan.cautions.some((/** @type {any} */ c) => c.level === "stop") ? "stop" : plan.ask_first.length || plan.not_in_rules.length ? "ask" : "plain";
  const says = plan.refused ? t("plan_refused") : level === "stop" ? t("plan_do_not") : level === "ask" ? t("plan_ask_first", { n: plan.ask_first.length + plan.not_in_rules.length }) : t("plan_plain");
  at("headline").replaceChildren(el("div", { class: `banner ${level}` }, el("strong", {}, says), plan.refused ? ` ${say(plan.refused)}` : null));
  const tiles = [[t("plan_creatinine_clearance"), plan.patient.creatinine_clearance_mL_min === null ? t("unknown") : `${number(plan.patient.creatinine_clearance_mL_min)} mL/min`, "plan.creatinine_clearance"]];
  for (const [region, ceiling] of Object.entries(plan.ceiling_mg_per_day ?? {})) tiles.push([t("plan_ceiling", { region }), ceiling === null ? t("unknown") : t("mg_per_day", { n: number(/** @type {number} */ (ceiling)) }), `plan.ceiling_${region}`]);
  const level_ = plan.forecast?.plasma_ng_per_mL;
  if (level_) tiles.push([t("plan_level"), `${number(level_.median)} ng/mL (${number(level_.p05)}–${number(level_.p95)})`, "plan.plasma_ng_per_mL"]);
  tiled(at("tiles"), tiles);
}

/** Show which answers are unknown: "not asked" is pressed where nothing stands. */
function marks() {
  for (const button of document.querySelectorAll(".not-asked")) {
    const name = /** @type {HTMLElement} */ (button).dataset.for ?? "";
    button.setAttribute("aria-pressed", String(!input(name).value.trim()));
  }
  for (const name of LISTS) {
    at(`${name}-chips`).replaceChildren(...listed[name].map((word, k) => el("li", {}, word, el("button", { type: "button", "aria-label": t("take_back", { what: word }), onclick: () => { listed[name].splice(k, 1); check(true); } }, "×"))));
    document.querySelector(`[data-none="${name}"]`)?.setAttribute("aria-pressed", String(none[name]));
    document.querySelector(`[data-unknown="${name}"]`)?.setAttribute("aria-pressed", String(!none[name] && !listed[name].length));
  }
  for (const button of document.querySelectorAll("#presets button")) button.setAttribute("aria-pressed", String(/** @type {HTMLButtonElement} */ (button).value === preset));
}

let timer = 0;
function soon() { clearTimeout(timer); timer = setTimeout(() => check(true), QUIET); }

/** @param {"taking"|"history"} name */
function add(name) {
  const field = input(name), words = field.value.split(/[,;]/).map((word) => word.trim()).filter(Boolean);
  if (!words.length) return;
  listed[name].push(...words.filter((word) => !listed[name].includes(word)));
  none[name] = false;
  field.value = "";
  check(true);
}

at("form").addEventListener("submit", (event) => event.preventDefault());
at("form").addEventListener("input", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (field.id === "dose") preset = null;
  if (field.id !== "taking" && field.id !== "history") soon();
});
for (const name of LISTS) {
  input(name).addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === ",") { event.preventDefault(); add(name); } });
  document.querySelector(`[data-add="${name}"]`)?.addEventListener("click", () => add(name));
  document.querySelector(`[data-none="${name}"]`)?.addEventListener("click", () => { listed[name] = []; none[name] = true; check(true); });
  document.querySelector(`[data-unknown="${name}"]`)?.addEventListener("click", () => { listed[name] = []; none[name] = false; check(true); });
}
for (const button of document.querySelectorAll(".not-asked")) button.addEventListener("click", () => { input(/** @type {HTMLElement} */ (button).dataset.for ?? "").value = ""; check(true); });
for (const group of document.querySelectorAll(".choice[data-name]")) group.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("button"), name = /** @type {HTMLElement} */ (group).dataset.name ?? "";
  if (!button) return;
  chosen[name] = button.value || null;
  for (const each of group.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === button));
  check(true);
});

opening(() => ({}), undefined, "numbers/ledger");
check(true);
ask("plan/warm", {}).then(({ shown: names }) => {
  at("taking-names").replaceChildren(...Object.entries(names.medicines).map(([written, name]) => el("option", { value: written }, written === name ? null : String(name))));
  at("history-names").replaceChildren(...Object.entries(names.history).map(([word, what]) => el("option", { value: word }, say(String(what)))));
  at("presets").replaceChildren(...names.presets.map((/** @type {any} */ each) => el("button", { type: "button", class: "quiet", value: each.name, title: say(each.what), "aria-pressed": "false", onclick: () => { preset = each.name; input("dose").value = each.dose; check(true); } }, words[`preset_${each.name}`] ?? each.name)));
}).catch((error) => at("answering").replaceChildren(failure(error)));
