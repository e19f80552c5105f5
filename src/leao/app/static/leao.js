// What every screen needs: words, elements, questions to the server, progress with a way to stop, the same elsewhere.
// @ts-check

/** @typedef {{state: string, line: string, summary: any, page: boolean, command: string|null, python: string|null,
 *   text: string|null, shown: any, job: string}} Answer */

/** @type {Record<string, string>} */
export const words = JSON.parse(document.body.dataset.words || "{}");
export const lang = document.documentElement.lang || "en";
const local = lang === "en" ? "en-GB" : lang; // 3 February, as everywhere in Leão

/** The words of a key, with values in the places of {name}.
 * @param {string} key @param {Record<string, string|number>} [values] */
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** An element; text is text, never markup.
 * @param {string} tag @param {Record<string, any>} [props] @param {...(Node|string|null|undefined|false)} inner */
export function el(tag, props = {}, ...inner) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && !["list", "form", "role"].includes(name) && typeof value !== "string") /** @type {any} */ (node)[name] = value;
    else node.setAttribute(name === "className" ? "class" : name, value === true ? "" : String(value));
  }
  for (const part of inner) if (part !== null && part !== undefined && part !== false) node.append(part);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
/** An element of a drawing. @param {string} tag @param {Record<string, any>} [props] @param {...(Node|string)} inner */
export function svg(tag, props = {}, ...inner) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) if (value !== null && value !== undefined) node.setAttribute(name, String(value));
  node.append(...inner);
  return node;
}

/** The element of an id, which the page has. @template {HTMLElement} T @param {string} id @returns {T} */
export function at(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no #${id}`);
  return /** @type {T} */ (node);
}

/** A number in the language of the page. @param {number|null|undefined} value @param {number} [digits] */
export function number(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return new Intl.NumberFormat(local, { maximumSignificantDigits: digits }).format(value).replace("-", "−");
}

/** A day in the language of the page. @param {string} iso @param {boolean} [long] */
export function day(iso, long = true) {
  const [y, m, d] = iso.split("-").map(Number);
  const options = long ? { day: "numeric", month: "long", year: "numeric" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(local, { .../** @type {any} */ (options), timeZone: "UTC" }).format(Date.UTC(y, m - 1, d));
}

/** What the answers say, by their English words, in the language of the page. @type {Record<string, string>} */
const spoken = {};
/** A line of an answer in the language of the page, where it is known. @param {string} line */
export const say = (line) => spoken[line] ?? line;

export class Refused extends Error {
  state = "";
}
export class Stopped extends Error {}

/** @param {Response} response */
async function json(response) {
  const body = await response.text();
  let content;
  try { content = JSON.parse(body); } catch { content = { line: body.trim() }; }
  if (!response.ok && response.status !== 202) {
    const detail = Array.isArray(content.detail) ? content.detail.map((/** @type {any} */ d) => `${d.loc?.slice(1).join(".")}: ${d.msg}`).join("; ") : null;
    throw new Refused(content.line || detail || `${response.status}`);
  }
  return content;
}

/** Put a file into the server's memory. @param {string} name @param {Blob|string} content @returns {Promise<string>} */
export async function hold(name, content) {
  const answer = await fetch(`/api/files?name=${encodeURIComponent(name)}&lang=${lang}`, { method: "PUT", body: content }).catch(() => {
    throw new Refused(t("too_large_or_gone"));
  });
  return (await json(answer)).file;
}

/** Enter opens the dialog of a file input as the space bar does. @param {HTMLInputElement} input */
export function opens(input) { input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); input.click(); } }); }

/** @param {string} file */
export function forget(file) {
  return fetch(`/api/files/${file}`, { method: "DELETE", keepalive: true }).catch(() => undefined);
}

/** Begin a question. @param {string} call @param {any} asked @returns {Promise<string>} */
async function begin(call, asked) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`/api/${call}`, { method: "POST", headers, body: JSON.stringify(asked) }).catch(() => {
    throw new Refused(t("server_gone"));
  });
  return (await json(answer)).job;
}

/** Ask and wait for the answer; `hear` gets what is told on the way.
 * @param {string} call @param {any} asked
 * @param {{hear?: (kind: string, content: any) => void, signal?: AbortSignal, begun?: (job: string) => void}} [how]
 * @returns {Promise<Answer>} */
export async function ask(call, asked, how = {}) {
  const job = await begin(call, asked);
  how.begun?.(job);
  const stop = () => fetch(`/api/jobs/${job}`, { method: "DELETE", keepalive: true });
  if (how.signal?.aborted) { stop(); throw new Stopped(); }
  const end = await new Promise((resolve, reject) => {
    const source = new EventSource(`/api/jobs/${job}/events?lang=${lang}`);
    how.signal?.addEventListener("abort", () => { source.close(); stop(); reject(new Stopped()); });
    for (const kind of ["progress", "partial"]) source.addEventListener(kind, (event) => how.hear?.(kind, JSON.parse(event.data)));
    source.addEventListener("end", (event) => { source.close(); resolve(JSON.parse(event.data)); });
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) reject(new Refused(t("server_gone"))); };
  });
  if (end.state === "stopped") throw new Stopped();
  if (end.state !== "done") throw Object.assign(new Refused(end.line), { state: end.state });
  const answer = await json(await fetch(`/api/jobs/${job}?lang=${lang}`));
  Object.assign(spoken, answer.spoken);
  return { ...answer, job };
}

/** Ask in one round trip, for what answers at once: no progress, no way to stop. @param {string} call @param {any} asked @returns {Promise<Answer>} */
export async function quick(call, asked) {
  const headers = { "content-type": "application/json" };
  const answer = await json(await fetch(`/api/${call}?whole=true&lang=${lang}`, { method: "POST", headers, body: JSON.stringify(asked) }).catch(() => { throw new Refused(t("server_gone")); }));
  if (answer.state === "stopped") throw new Stopped();
  if (answer.state !== "done") throw new Refused(answer.line);
  Object.assign(spoken, answer.spoken);
  return answer;
}

/** Ask while `place` shows that something happens, how far it is, and a way to stop it.
 * @param {HTMLElement} place @param {string} call @param {any} asked @param {(kind: string, content: any) => void} [hear] */
export async function shown(place, call, asked, hear) {
  const control = new AbortController();
  const bar = /** @type {HTMLProgressElement} */ (el("progress", { "aria-label": t("working") }));
  const step = el("span", { class: "step" }, t("working"));
  const row = el("div", { class: "working", role: "status" }, step, bar, el("button", { type: "button", class: "quiet", onclick: () => control.abort() }, t("stop")));
  place.replaceChildren(row);
  try {
    const answer = await ask(call, asked, {
      signal: control.signal,
      hear: (kind, content) => {
        if (kind === "progress") {
          step.textContent = words[`step_${content.step}`] ?? content.step;
          if (content.of) { bar.max = content.of; bar.value = content.done; }
        }
        hear?.(kind, content);
      },
    });
    place.replaceChildren();
    return answer;
  } catch (error) {
    place.replaceChildren(error instanceof Stopped ? el("p", { class: "dim", role: "status" }, t("stopped")) : failure(error));
    throw error;
  }
}

/** Say that what stands in a section is of an earlier question, until it is not. @param {HTMLElement} section @param {boolean} stale */
export function aging(section, stale) { section.setAttribute("aria-busy", String(stale)); }

/** What went wrong, in its line. @param {any} error */
export function failure(error) {
  if (!(error instanceof Refused)) console.error(error);
  return el("div", { class: "banner", role: "alert" }, error instanceof Refused ? named(error.message) : t("unexpected"));
}

/** A refusal with the label of its field instead of the option's name. @param {string} line */
const named = (line) => line.replace(/^--([a-z0-9-]+):/, (whole, name) => (words[`plan_${name.replaceAll("-", "_")}`] ?? whole.slice(0, -1)) + ":");

/** A function that runs one at a time and, after it, once more with the newest wish only.
 * @template A @param {(wish: A) => Promise<void>} work */
export function latest(work) {
  let busy = false;
  /** @type {{wish: A}|null} */ let next = null;
  return async function again(/** @type {A} */ wish) {
    if (busy) { next = { wish }; return; }
    busy = true;
    try { await work(wish); } catch (error) { if (!(error instanceof Refused || error instanceof Stopped)) console.error(error); }
    busy = false;
    if (next) { const { wish: newest } = next; next = null; again(newest); }
  };
}

/** An answer's page in a frame without scripts, as tall as it is. @param {HTMLElement} place @param {string} job @param {string} title */
export function framed(place, job, title) {
  const old = place.querySelector("iframe");
  const frame = /** @type {HTMLIFrameElement} */ (el("iframe", { title, sandbox: "allow-same-origin", class: "sheet" }));
  if (old) frame.style.height = old.style.height;
  frame.addEventListener("load", () => {
    const inner = frame.contentDocument?.documentElement;
    if (!inner) return;
    const fit = () => { frame.style.height = `${inner.offsetHeight + 2}px`; };
    fit();
    new ResizeObserver(fit).observe(inner);
  });
  frame.src = `/api/jobs/${job}/page?lang=${lang}`;
  place.replaceChildren(frame);
}

/** The same answer elsewhere: command line, Python, chart, page, JSON; `drawn` asks for a page that is drawn when it is wanted.
 * @param {HTMLElement} place @param {Answer} answer @param {string} name @param {string} [note] @param {() => Promise<Answer>} [drawn] */
export function same(place, answer, name, note, drawn) {
  const rows = [];
  for (const [key, label] of /** @type {const} */ ([["command", "command_line"], ["python", "python"]])) {
    if (answer[key]) rows.push(el("dt", {}, t(label)), el("dd", {}, el("code", {}, answer[key]), copier(answer[key])));
  }
  const tools = [];
  if (answer.text) tools.push(copier(answer.text, t("copy_chart")));
  if (answer.page) tools.push(saver(`/api/jobs/${answer.job}/page?lang=${lang}`, `${name}.html`, t("save_page")));
  else if (drawn) tools.push(drawer(drawn, `${name}.html`));
  tools.push(saver(`/api/jobs/${answer.job}/json`, `${name}.json`, t("save_json")));
  const text = answer.text ? el("details", {}, el("summary", {}, t("chart_text")), el("pre", { tabindex: "0" }, answer.text)) : null;
  place.replaceChildren(el("section", { class: "same", "aria-label": t("same_elsewhere") },
    el("h2", {}, t("same_elsewhere")), el("div", { class: "tools" }, ...tools), note ? el("p", { class: "small dim" }, note) : null, el("dl", {}, ...rows), text));
}

/** @param {string} text @param {string} [label] */
function copier(text, label = t("copy")) {
  const button = el("button", { type: "button", class: "quiet" }, label);
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text); button.textContent = t("copied"); } catch { button.textContent = t("copy_by_hand"); }
    setTimeout(() => { button.textContent = label; }, 1600);
  });
  return button;
}

/** A page that is drawn when it is asked for, then saved. @param {() => Promise<Answer>} drawn @param {string} name */
function drawer(drawn, name) {
  const button = /** @type {HTMLButtonElement} */ (el("button", { type: "button", class: "quiet" }, t("save_page")));
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = t("working");
    try { saver(`/api/jobs/${(await drawn()).job}/page?lang=${lang}`, name, "").click(); } catch (error) { button.after(failure(error)); }
    button.disabled = false;
    button.textContent = t("save_page");
  });
  return button;
}

/** @param {string} from @param {string} name @param {string} label */
function saver(from, name, label) {
  return el("a", { class: "button quiet", href: from, download: name }, label);
}
