// @ts-check
// The explorer's script: the address holds the walk, the server answers what can be done at its end.

/** @typedef {{number: number, call: string, said: string, changes: Change[]}} Offer */
/**
 * @typedef {{action: string, offers: Offer[], more: boolean, obstacle: string, place: string,
 *   parts: [string, string, string][]}} Possible
 */
/**
 * @typedef {{name: string, kind: string, description: string, value: string, message: string,
 *   parts: [string, string, string][]}} Standing
 */
/** @typedef {{text: string, values: string[], error: string}} Answer */
/**
 * @typedef {{choices: number[], trace: Trace, starts: string[], possible: Possible[], standings: Standing[],
 *   answers: Answer[], terminal: boolean, outside: string}} Walk
 */

const known = /** @type {Sources} */ (JSON.parse(byId("sources").textContent ?? "{}"));
const meanings = Object.values(known.models)[0]?.variables ?? {};
const help = /** @type {HTMLDialogElement} */ (byId("help"));
const where = /** @type {HTMLInputElement} */ (byId("where"));
const only = /** @type {HTMLInputElement} */ (byId("only"));
const asked = /** @type {HTMLInputElement} */ (byId("ask"));

/** What is asked along the walk. @type {string[]} */
let questions = [];
/** @type {Walk | null} */
let walk = null;
let requests = 0;

/** The numbers of the walk, the questions and the names of variables in the address. @returns {[number[], string[], string]} */
function fromAddress() {
  const [numbers, query] = location.hash.slice(1).split("?");
  const choices = numbers.split(".").filter(Boolean).map(Number);
  const named = new URLSearchParams(query);
  return [choices.length && choices.every(Number.isInteger) ? choices : [0], named.getAll("ask"), named.get("only") ?? ""];
}

/** @param {number[]} choices @param {string[]} texts */
function toAddress(choices, texts) {
  const named = texts.map((text) => ["ask", text]);
  const query = new URLSearchParams(only.value ? [...named, ["only", only.value]] : named).toString();
  return `#${choices.join(".")}${query ? `?${query}` : ""}`;
}

/** @param {number[]} choices */
function go(choices) {
  location.hash = toAddress(choices, questions);
}

/** Ask the server. @param {string} what @param {[string, string][]} parameters */
async function get(what, parameters) {
  const response = await fetch(`${what}?${new URLSearchParams(parameters)}`);
  const found = await response.json();
  if (!response.ok) throw new Error(found.error ?? response.statusText);
  return found;
}

/** @param {string} text */
function say(text) {
  byId("message").replaceChildren(...marked(text));
}

/** Show the walk of the address. */
async function show() {
  const [choices, texts, names] = fromAddress();
  questions = texts;
  if (document.activeElement !== only) only.value = names;
  requests += 1;
  const request = requests;
  try {
    const found = await get("walk", [["choices", choices.join(".")], ...texts.map((text) => /** @type {[string, string]} */ (["ask", text]))]);
    if (request !== requests) return; // somebody went on meanwhile
    walk = found;
    draw(found);
  } catch (problem) {
    say(problem instanceof Error ? problem.message : String(problem));
  }
}

/** @param {Walk} found */
function draw(found) {
  const { trace, choices } = found;
  const last = trace.steps.length - 1;
  byId("walk").replaceChildren(...trace.steps.map((step, index) => stepOf(found, step, index)));
  byId("walk").lastElementChild?.scrollIntoView({ block: "nearest" });
  byId("offers").replaceChildren(...starts(found), ...offers(found));
  byId("state").replaceChildren(stateTable(trace, last, only.value, meanings));
  byId("standings").replaceChildren(standings(found.standings));
  byId("answers").replaceChildren(...found.answers.map((answer, index) => answerOf(answer, index)));
  const query = `?choices=${choices.join(".")}`;
  byId("itf").setAttribute("href", `walk.itf.json${query}`);
  byId("picture").setAttribute("href", `walk.svg${query}`);
  const stuck = found.possible.every((each) => each.offers.length === 0);
  if (stuck) say(found.terminal ? "Nothing can happen any more, which is right here: the state is terminal." : "Nothing can happen any more: a deadlock.");
  else if (found.outside) say(`The state is outside the constraint \`${found.outside}\`: a check goes no further from here.`);
}

/** @param {Walk} found @param {Step} step @param {number} index */
function stepOf({ trace, choices, answers }, step, index) {
  const button = element("button", { type: "button", class: `call ${step.mark ?? ""}` }, step.call);
  button.addEventListener("click", () => go(choices.slice(0, index + 1)));
  const asked = answers.filter((answer) => answer.values.length)
    .map((answer) => element("div", { class: "asked" }, `${answer.text} = ${answer.values[index]}`));
  return element("li", { class: "step", "aria-current": index === trace.steps.length - 1 ? "step" : null },
    element("span", { class: "count" }, String(index + 1)),
    element("div", {}, button, step.said ? element("span", { class: "told" }, ` ${step.said}`) : null,
      index ? changed(wanted(step.changes)) : null, ...asked));
}

/** The changes of the variables that are asked for. @param {Change[]} changes */
function wanted(changes) {
  return changes.filter((each) => !walk || isWanted(walk.trace, each.variable, only.value));
}

/** The choice of an initial state, where the walk begins. @param {Walk} found */
function starts({ starts, choices }) {
  if (starts.length < 2 || choices.length > 1) return [];
  const made = element("select", { "aria-label": "Initial state" },
    ...starts.map((text, index) => element("option", { value: index, selected: index === choices[0] },
      text || `initial state ${index + 1}`)));
  made.addEventListener("change", () => go([Number(made.value)]));
  return [element("p", {}, "Begin with ", made)];
}

/** The actions with what they can do, those that can be taken first. @param {Walk} found */
function offers({ possible, choices }) {
  const able = possible.filter((each) => each.offers.length);
  const unable = possible.filter((each) => !each.offers.length);
  let number = 0;
  const taken = able.map((each) => element("ul", { class: "offers" },
    ...each.offers.map((offer) => {
      number += 1;
      const button = element("button", { type: "button", "data-key": number < 10 ? number : null }, offer.call);
      button.addEventListener("click", () => go([...choices, offer.number]));
      return element("li", {}, number < 10 ? element("kbd", {}, String(number)) : null, " ", button,
        offer.said ? element("span", { class: "told" }, ` ${offer.said}`) : null, " ",
        offer.changes.length ? changed(wanted(offer.changes)) : element("span", { class: "quiet" }, "nothing changes"));
    }),
    each.more ? element("li", { class: "quiet" }, "and more, which are left out") : null,
    each.obstacle ? element("li", { class: "reason" }, ...marked(each.obstacle)) : null));
  const not = unable.map((each) => element("details", { class: "unable" },
    element("summary", {}, element("span", { class: "quiet" }, each.action), " ", ...marked(each.obstacle)),
    element("p", { class: "quiet" }, each.place),
    ...each.parts.map(([text, sign, value]) => element("p", {}, element("code", {}, `${text} ${sign} ${value}`)))));
  return not.length ? [...taken, element("h3", {}, "What cannot"), ...not] : taken;
}

/** @param {Standing[]} found */
function standings(found) {
  return element("ul", { class: "standings" }, ...found.map(standingOf));
}

/** @param {Standing} standing */
function standingOf({ name, kind, description, value, message, parts }) {
  if (kind === "cover") {
    const reached = value === "true";
    return element("li", { title: description },
      element("span", { class: `value ${reached ? "true" : "elsewhere"}` }, reached ? "reached" : "not here"), ` ${name}`);
  }
  return element("li", { title: description }, element("span", { class: `value ${value}` }, value), ` ${name}`,
    message ? element("div", { class: "quiet" }, ...marked(message)) : null,
    ...parts.map(([text, sign, part]) => element("div", {}, element("code", {}, `${text} ${sign} ${part}`))));
}

/** @param {Answer} answer @param {number} index */
function answerOf({ text, values, error }, index) {
  const remove = element("button", { type: "button", "aria-label": `remove ${text}` }, "×");
  remove.addEventListener("click", () => {
    questions = questions.filter((_, other) => other !== index);
    go(walk?.choices ?? [0]);
  });
  return element("p", {}, remove, " ", element("code", {}, text), " ",
    error ? element("span", { class: "reason" }, ...marked(error)) : element("code", {}, `= ${values.at(-1) ?? ""}`));
}

/** Let the walk go on to a violation, or to where something is true. @param {string | null} condition */
async function goOn(condition) {
  if (walk === null) return;
  say("Searching …");
  try {
    /** @type {[string, string][]} */
    const parameters = [["choices", walk.choices.join(".")]];
    if (condition !== null) parameters.push(["where", condition]);
    const found = await get("nearest", parameters);
    say(found.message);
    if (found.choices) go(found.choices);
  } catch (problem) {
    say(problem instanceof Error ? problem.message : String(problem));
  }
}

function back() {
  if (walk && walk.choices.length > 1) go(walk.choices.slice(0, -1));
}

function random() {
  const numbers = walk?.possible.flatMap((each) => each.offers.map((offer) => offer.number)) ?? [];
  if (walk && numbers.length) go([...walk.choices, numbers[Math.floor(Math.random() * numbers.length)]]);
}

/** @type {Record<string, () => void>} */
const keys = {
  Backspace: back,
  r: random,
  v: () => void goOn(null),
  "/": () => where.focus(),
  e: () => asked.focus(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (target.matches("input, select, textarea")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  const numbered = /^[1-9]$/.test(event.key)
    ? /** @type {HTMLElement | null} */ (document.querySelector(`#offers [data-key="${event.key}"]`)) : null;
  if (numbered) numbered.click();
  else if (event.key in keys) keys[event.key]();
  else return;
  event.preventDefault();
});

byId("back").addEventListener("click", back);
byId("random").addEventListener("click", random);
byId("violation").addEventListener("click", () => void goOn(null));
byId("restart").addEventListener("click", (event) => {
  event.preventDefault();
  go([0]);
});
byId("help-button").addEventListener("click", () => help.showModal());
byId("where-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (where.value.trim()) void goOn(where.value);
});
only.addEventListener("input", () => {
  history.replaceState(null, "", toAddress(walk?.choices ?? [0], questions));
  if (walk) draw(walk);
});
byId("ask-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!asked.value.trim()) return;
  questions = [...questions, asked.value.trim()];
  asked.value = "";
  go(walk?.choices ?? [0]);
});
window.addEventListener("hashchange", () => {
  say("");
  void show();
});
void show();
