// A calendar of the diary's months on which the days of dose changes are picked: a grid that arrow keys walk.
// @ts-check
import { day, el, lang, t } from "./leao.js";

const DAY = 86_400_000;
/** @param {string} iso */
export const stamp = (iso) => { const [y, m, d] = iso.split("-").map(Number); return Date.UTC(y, m - 1, d); };
/** @param {number} time */
export const iso = (time) => new Date(time).toISOString().slice(0, 10);

/** @typedef {{first: string, days: number[], steps: {day: string, dose: string}[], pick: (day: string) => void, most: number}} Calendar */

/** Draw the last `most` months. @param {HTMLElement} place @param {Calendar} calendar @returns {number} months left out */
export function draw(place, calendar) {
  const start = stamp(calendar.first), end = start + (calendar.days.length - 1) * DAY;
  const from = new Date(start), to = new Date(end);
  const months = [];
  for (let y = from.getUTCFullYear(), m = from.getUTCMonth(); Date.UTC(y, m, 1) <= end; m++) months.push(Date.UTC(y, m, 1));
  void to;
  const shown = months.slice(-calendar.most);
  place.replaceChildren(...shown.map((month) => one(month, start, calendar)));
  const first = place.querySelector("button");
  if (first) first.tabIndex = 0;
  place.onkeydown = (event) => walk(place, event);
  return months.length - shown.length;
}

/** @param {number} month @param {number} start @param {Calendar} calendar */
function one(month, start, calendar) {
  const date = new Date(month);
  const title = new Intl.DateTimeFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(month);
  const names = Array.from({ length: 7 }, (_, k) => new Intl.DateTimeFormat(lang, { weekday: "narrow", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + k)));
  const cells = names.map((name) => el("span", { "aria-hidden": "true" }, name));
  const lead = (date.getUTCDay() + 6) % 7;
  for (let k = 0; k < lead; k++) cells.push(el("span"));
  for (let time = month; new Date(time).getUTCMonth() === date.getUTCMonth(); time += DAY) cells.push(cell(time, start, calendar));
  return el("div", { class: "month" }, el("h3", {}, title), el("div", { class: "days" }, ...cells));
}

/** @param {number} time @param {number} start @param {Calendar} calendar */
function cell(time, start, calendar) {
  const when = iso(time), place = Math.round((time - start) / DAY);
  const state = calendar.days[place];
  const what = state === undefined ? t("outside_diary") : state > 0 ? t("headache") : state === 0 ? t("no_headache") : t("not_written");
  const before = calendar.steps.filter((step) => step.day <= when);
  const current = before.length ? before[before.length - 1] : null;
  const step = current && current.day === when;
  const classes = [state === undefined && "outside", state > 0 && "ache", state === -1 && "unwritten", state !== undefined && current?.dose && "on", step && "step"].filter(Boolean).join(" ");
  const said = [day(when), what, step ? current.dose || t("stops") : ""].filter(Boolean).join(", ");
  return el("button", { type: "button", class: classes, "aria-label": said, title: said, tabindex: "-1", "data-day": when, onclick: () => calendar.pick(when) }, String(new Date(time).getUTCDate()));
}

/** @param {HTMLElement} place @param {KeyboardEvent} event */
function walk(place, event) {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -28, PageDown: 28 }[event.key];
  const here = /** @type {HTMLElement|null} */ (document.activeElement);
  if (!by || !here?.dataset.day) return;
  const buttons = /** @type {HTMLElement[]} */ ([...place.querySelectorAll("button")]);
  const next = buttons[Math.min(Math.max(buttons.indexOf(here) + by, 0), buttons.length - 1)];
  event.preventDefault();
  here.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
