// @ts-check
// The report's script: sorts and filters the checks, and shows the steps of a violation.
"use strict";

const overview = byId("overview");
const viewer = byId("viewer");
const help = /** @type {HTMLDialogElement} */ (byId("help"));

/** @type {Map<string, HTMLElement>} */
const contents = new Map();
for (const script of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("script.trace"))) {
  contents.set(script.dataset.id ?? "", script);
}
const order = [...contents.keys()];

/** @type {Sources | null} */
let sources = null;

/** The texts of the models, and what is where in them. @returns {Sources} */
function known() {
  sources ??= /** @type {Sources} */ (JSON.parse(byId("sources").textContent ?? "{}"));
  return sources;
}

/** What is known of a model. @param {string} file @returns {Model} */
function model(file) {
  return known().models[file] ?? { places: {}, variables: {} };
}

// ---------------------------------------------------------------- All checks

const search = /** @type {HTMLInputElement} */ (byId("search"));
const standing = /** @type {HTMLSelectElement} */ (byId("standing"));
const rows = /** @type {HTMLTableRowElement[]} */ ([...document.querySelectorAll("#checks tbody tr")]);
const texts = new Map(rows.map((row) => [row, (row.textContent ?? "").toLowerCase()]));

function filterChecks() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const wanted = standing.value === "violated" ? "violated" in row.dataset : standing.value;
    const stands = wanted === "" || wanted === true || wanted === row.dataset.standing;
    const text = `${row.dataset.name?.toLowerCase()} ${texts.get(row)}`;
    row.hidden = !(stands && words.every((word) => text.includes(word)));
    if (!row.hidden) shown += 1;
  }
  byId("shown").textContent = shown === rows.length ? "" : `${shown} of ${rows.length} checks`;
}

/** Sort the checks by a column, the other way round if they are. @param {HTMLElement} header */
function sortChecks(header) {
  const key = header.dataset.key ?? "";
  const way = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  for (const other of document.querySelectorAll("#checks thead th")) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", way);
  const isNumber = header.classList.contains("number");
  /** @param {HTMLTableRowElement} left @param {HTMLTableRowElement} right */
  const compare = (left, right) => {
    const [a, b] = [left.dataset[key] ?? "", right.dataset[key] ?? ""];
    return isNumber ? Number(a) - Number(b) : a.localeCompare(b, "en", { numeric: true });
  };
  const sorted = [...rows].sort((a, b) => (way === "ascending" ? compare(a, b) : compare(b, a)));
  document.querySelector("#checks tbody")?.append(...sorted);
}

// ---------------------------------------------------------------- One violation

/** What is shown, and how: the address says it. @type {View} */
let now = { id: "", step: 0, fold: false, lanes: "", beside: false, only: "" };
/** @type {Violation | null} */
let violation = null;

/** @returns {View} */
function fromAddress() {
  const [path, query] = location.hash.slice(1).split("?");
  const asked = new URLSearchParams(query ?? "");
  let id = "";
  try {
    id = decodeURIComponent(path.replace(/^\//, ""));
  } catch {
    // An address that was cut shows all checks.
  }
  return {
    id,
    step: Number(asked.get("step") ?? 0) - 1,
    fold: asked.has("fold"),
    lanes: asked.get("lanes") ?? "",
    beside: asked.has("beside"),
    only: asked.get("only") ?? "",
  };
}

/** @param {View} view */
function toAddress(view) {
  const asked = new URLSearchParams();
  if (view.step >= 0) asked.set("step", String(view.step + 1));
  if (view.fold) asked.set("fold", "");
  if (view.lanes) asked.set("lanes", view.lanes);
  if (view.beside) asked.set("beside", "");
  if (view.only) asked.set("only", view.only);
  const query = asked.toString().replace(/=(?=&|$)/g, "");
  return `#/${encodeURIComponent(view.id).replace(/%2F/g, "/")}${query ? `?${query}` : ""}`;
}

/** Show what the address says. */
function show() {
  const view = fromAddress();
  const content = contents.get(view.id);
  overview.hidden = content !== undefined;
  viewer.hidden = content === undefined;
  if (content === undefined) {
    violation = null;
    now = view;
    document.title = document.title.replace(/^.* · /, "");
    return;
  }
  const another = view.id !== now.id || violation === null;
  violation = /** @type {Violation} */ (JSON.parse(content.textContent ?? ""));
  const last = violation.trace.steps.length - 1;
  now = { ...view, step: view.step < 0 || view.step > last ? last : view.step };
  draw();
  if (another) {
    document.title = `${violation.trace.property} · ${document.title.replace(/^.* · /, "")}`;
    window.scrollTo(0, 0);
    viewer.focus({ preventScroll: true });
  }
}

/** Show the same in another way. @param {Partial<View>} change */
function change(change) {
  now = { ...now, ...change };
  history.replaceState(null, "", toAddress(now));
  draw();
}

/** Go to another step, and bring it into sight. @param {number} step */
function goTo(step) {
  if (violation === null || step < 0 || step >= violation.trace.steps.length) return;
  now.step = step;
  history.replaceState(null, "", toAddress(now));
  for (const each of viewer.querySelectorAll("[data-step]")) {
    const [first, last] = [Number(each.getAttribute("data-step")), Number(each.getAttribute("data-last"))];
    if (first <= step && step <= last) {
      each.setAttribute("aria-current", "step");
      each.scrollIntoView({ block: "nearest" });
    } else {
      each.removeAttribute("aria-current");
    }
  }
  viewer.querySelector(".side")?.replaceWith(side(violation));
}

/** Is it a run that violates nothing? @param {{kind: string}} trace */
function isShown({ kind }) {
  return kind === "cover" || kind === "walk";
}

/** The changes of the variables that are asked for. @param {Change[]} changes @param {Trace} trace */
function wanted(changes, trace) {
  return changes.filter((each) => isWanted(trace, each.variable, now.only));
}

/** The steps, and what is beside them. @param {Violation} shown */
function body({ trace, contrast, ...others }) {
  if (now.beside && contrast) return besides(contrast, trace);
  const steps = now.lanes in trace.lanes ? laned(trace, now.lanes) : listed(trace);
  const shape = now.lanes in trace.lanes ? "split wide" : "split";
  return element("div", { class: shape }, steps, side({ trace, contrast, ...others }));
}

function draw() {
  if (violation === null) return;
  const focused = document.activeElement?.id ?? "";
  const { trace } = violation;
  const reached = isShown(trace);
  viewer.replaceChildren(
    element("div", { class: "bar" },
      element("p", {}, element("a", { href: "#" }, "all checks"), ` · ${trace.subject}`),
      element("h2", { class: reached ? "reached" : "finding" }, trace.finding),
      trace.description ? element("p", { class: "quiet" }, trace.description) : null,
      tools(violation)),
    body(violation));
  const again = focused ? document.getElementById(focused) : null;
  if (again && viewer.contains(again)) again.focus({ preventScroll: true });
}

/** @param {string} id @param {string} text @param {boolean} pressed @param {() => void} act */
function toggle(id, text, pressed, act) {
  const made = element("button", { type: "button", id, "aria-pressed": pressed ? "true" : "false" }, text);
  made.addEventListener("click", act);
  return made;
}

/** @param {Violation} shown */
function tools(shown) {
  const { trace, contrast, files } = shown;
  const only = element("input", { type: "search", id: "only", value: now.only, placeholder: "all variables",
    "aria-label": "Show only the variables with these names", spellcheck: "false" });
  only.addEventListener("input", () => {
    now.only = only.value;
    history.replaceState(null, "", toAddress(now));
    // The field itself stays, and with it the place where one types.
    viewer.lastElementChild?.replaceWith(body(shown));
  });
  const names = Object.keys(trace.lanes);
  /** @type {Record<string, string>} */
  const called = { svg: "picture", itf: "ITF", dot: "DOT", contrast: "contrast", "contrast text": "contrast as text" };
  const links = Object.entries(files).filter(([what]) => what in called)
    .map(([what, path]) => element("a", { href: path.split("/").map(encodeURIComponent).join("/") }, called[what]));
  return element("div", { class: "tools" },
    toggle("fold", "Fold runs", now.fold, () => change({ fold: !now.fold })),
    ...names.map((name) => toggle(`lanes-${name}`, `Lanes: ${name}`, now.lanes === name,
      () => change({ lanes: now.lanes === name ? "" : name, beside: false }))),
    contrast ? toggle("beside", `Beside ${contrast.right}`, now.beside, () => change({ beside: !now.beside })) : null,
    only,
    element("span", { class: "gap" }),
    ...links);
}

/**
 * The steps in groups: with folding, those in a row that are of one action make one.
 * @param {Trace} trace @returns {{first: number, last: number}[]}
 */
function groups(trace) {
  /** @type {{first: number, last: number}[]} */
  const found = [];
  trace.steps.forEach((step, index) => {
    const group = found.at(-1);
    const own = group && trace.steps[group.first];
    // The last step stands alone: it is what is wrong. So does the first of a loop.
    const alone = index === trace.steps.length - 1 || index === trace.loop?.start;
    if (now.fold && group && own && own.action === step.action && step.action && !alone) group.last = index;
    else found.push({ first: index, last: index });
  });
  return found;
}

/**
 * The changes from before the first step of a group to after its last.
 * @param {Trace} trace @param {{first: number, last: number}} group
 */
function changesOf(trace, { first, last }) {
  if (first === last) return trace.steps[first].changes;
  /** @type {Map<string, Change>} */
  const found = new Map();
  for (const each of trace.steps.slice(first, last + 1).flatMap((step) => step.changes)) {
    const before = found.get(each.place);
    if (!before) found.set(each.place, each);
    else if (!each.edited && !before.edited) found.set(each.place, { ...each, old: before.old });
    else found.set(`${each.place} (${found.size})`, each);
  }
  return [...found.values()].filter((each) => each.edited || each.old !== each.new);
}

/**
 * The name of an action with its arguments; of several, only the name.
 * @param {Trace} trace @param {{first: number, last: number}} group @param {string} [words] the call, if it is not the step's
 */
function called(trace, { first, last }, words) {
  const step = trace.steps[first];
  const button = element("button", { type: "button", class: `call ${step.mark ?? ""}`, tabindex: "-1" },
    first === last ? words ?? step.call : step.action);
  return first === last ? button : element("span", {}, button, unfold(last - first + 1, first));
}

/** @param {number} times @param {number} step */
function unfold(times, step) {
  const made = element("button", { type: "button", class: "times", title: "show each" }, `× ${times}`);
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    change({ fold: false, step });
  });
  return made;
}

/** @param {{first: number, last: number}} group @param {Trace} trace */
function attributes({ first, last }, trace) {
  const isLast = last === trace.steps.length - 1;
  const looped = trace.loop && trace.loop.back && last >= trace.loop.start;
  return {
    "data-step": first,
    "data-last": last,
    "aria-current": first <= now.step && now.step <= last ? "step" : null,
    class: `step${isLast && !isShown(trace) ? " last" : ""}${looped ? " looped" : ""}`,
  };
}

/** All steps in one column. @param {Trace} trace */
function listed(trace) {
  const items = groups(trace).flatMap((group) => {
    const step = trace.steps[group.first];
    const many = group.first !== group.last;
    const item = element("li", attributes(group, trace),
      element("span", { class: "count" }, String(group.last + 1)),
      element("div", {},
        called(trace, group),
        step.said && !many ? element("span", { class: "told", title: step.said }, ` ${step.said}`) : null,
        group.first === 0 && !many ? null : changed(wanted(changesOf(trace, group), trace)),
        step.abstract && !many ? element("span", { class: "abstract" }, step.abstract.title, " ",
          changed(step.abstract.changes)) : null));
    item.addEventListener("click", () => goTo(group.last));
    const loop = trace.loop;
    return loop && loop.start === group.first ? [rule(loop.said), item] : [item];
  });
  const loop = trace.loop;
  if (loop && loop.back) {
    items.push(element("li", { class: "step looped" }, element("span", { class: "count" }, `↺ ${loop.start + 1}`),
      element("div", {}, element("strong", {}, loop.back.call), element("span", { class: "told" }, ` ${loop.back.said}`),
        changed(wanted(loop.back.changes, trace)))));
  }
  return element("ol", { class: "steps", "aria-label": "Steps" }, ...items);
}

/** @param {string} said */
function rule(said) {
  return element("li", { class: "rule" }, said);
}

/** The steps with a column for each value of a type. @param {Trace} trace @param {string} type */
function laned(trace, type) {
  const lanes = trace.lanes[type];
  const rows = groups(trace).flatMap((group) => {
    const step = trace.steps[group.first];
    const many = group.first !== group.last;
    const inOneLane = trace.steps.slice(group.first, group.last + 1).every((each) => each.lanes?.[type]?.[0] === step.lanes?.[type]?.[0]);
    const [lane, words] = (inOneLane ? step.lanes?.[type] : undefined) ?? ["", step.call];
    const changes = changesOf(trace, group);
    /** @param {string} name */
    const cell = (name) => element("td", {},
      name === lane ? called(trace, group, words) : null,
      changed(wanted(changes, trace).filter((each) => ((lanes.includes(each.lane ?? "") ? each.lane : "") ?? "") === name)
        // Where it stands says which key it is.
        .map((each) => (name ? { ...each, place: each.place.replace(`[${name}]`, "") } : each))));
    const row = element("tr", { ...attributes(group, trace), title: step.said ?? null }, element("td", { class: "count" }, String(group.last + 1)),
      ...lanes.map(cell), cell(""));
    row.className = row.className.replace("step", "");
    row.addEventListener("click", () => goTo(group.last));
    const loop = trace.loop;
    return loop && loop.start === group.first
      ? [element("tr", {}, element("td", { colspan: lanes.length + 2, class: "rule" }, loop.said)), row] : [row];
  });
  return element("div", { class: "laned" }, element("table", { class: "lanes" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "count" }, "#"),
      ...lanes.map((lane) => element("th", { scope: "col" }, lane)), element("th", { scope: "col", class: "others" }, "others"))),
    element("tbody", {}, ...rows)));
}

/** What is beside the steps: why, the state, and the text of the model. @param {Violation} shown */
function side({ trace, file }) {
  const { places, variables } = model(file);
  const step = trace.steps[now.step];
  const last = now.step === trace.steps.length - 1 || !step;
  const action = step ? step.action : "";
  const place = places[action];
  const of = last ? places[trace.property] : undefined;
  return element("aside", { class: "side", "aria-label": "The chosen step", "aria-live": "polite" },
    last ? why(trace) : null,
    of ? code(trace.property, of, trace.failure.place) : null,
    step ? element("h3", {}, `State ${now.step + 1}`) : null,
    step && step.said ? element("p", { class: "quiet" }, step.said) : null,
    step ? stateTable(trace, now.step, now.only, variables) : null,
    place ? code(action, place, "") : null,
    now.step <= 0 && trace.constants.length ? constants(trace) : null);
}

/** @param {Trace} trace */
function why({ failure, kind, loop }) {
  return element("div", { class: `why${isShown({ kind }) ? " reached" : ""}` },
    element("p", {}, ...marked(failure.message)),
    failure.conjunct ? element("p", {}, `${failure.is_}: `, element("code", {}, failure.conjunct)) : null,
    failure.witnesses.length ? element("p", {}, "for ",
      element("code", {}, failure.witnesses.map(([name, value]) => `${name} = ${value}`).join(", "))) : null,
    ...failure.parts.map(([text, sign, value]) => element("p", {}, element("code", {}, `${text} ${sign} ${value}`))),
    ...(loop ? loop.notes.map((note) => element("p", { class: "quiet" }, ...marked(note))) : []));
}

/** @param {Trace} trace */
function constants(trace) {
  return element("details", {}, element("summary", {}, "Constants"), element("table", {}, element("tbody", {},
    ...trace.constants.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name),
      element("td", {}, value))))));
}

/** The lines of a declaration, the one at a place marked. @param {string} name @param {Place} place @param {string} at */
function code(name, { file, first, last }, at) {
  const marked = at.startsWith(`${file}:`) ? Number(at.slice(file.length + 1).split(":")[0]) : 0;
  const text = (known().texts[file] ?? []).slice(first - 1, last);
  const list = element("ol", { start: first }, ...text.map((line, index) =>
    element("li", { class: first + index === marked ? "here" : null }, line || " ")));
  return element("div", {}, element("h3", {}, name, " ", element("span", { class: "quiet" }, `${file}:${first}`)),
    element("div", { class: "code", tabindex: "0", role: "region", "aria-label": `${name} in ${file}` }, list));
}

/** A counterexample beside what another check makes of it. @param {Contrast} contrast @param {Trace} trace */
function besides(contrast, trace) {
  const back = trace.loop?.back;
  const steps = back ? [...trace.steps, back] : trace.steps;
  /** @param {{call: string, said?: string}} each @param {Change[]} changes */
  const told = ({ call, said }, changes) => [element("strong", {}, call),
    said ? element("span", { class: "told" }, ` ${said}`) : null, " ", changed(wanted(changes, trace))];
  /** @param {Row} row @param {Step} left */
  const right = (row, left) => element("td", {},
    row.relation === "same" ? element("span", { class: "quiet" }, "the same") : null,
    row.relation === "refused" ? element("span", { class: "reason" }, "cannot") : null,
    row.relation === "stopped" ? element("span", { class: "reason" }, "goes no further") : null,
    ...(row.reason ? [", since ", ...marked(row.reason), " "] : []),
    row.place ? element("span", { class: "quiet" }, row.place) : null,
    row.right ? element("div", {}, row.relation === "refused" ? "can take " : "",
      ...told(row.right, row.right.changes ?? left.changes)) : null);
  const rows = contrast.rows.map((row, index) => {
    const left = steps[index];
    const number = index < trace.steps.length ? index + 1 : (trace.loop?.start ?? 0) + 1;
    return element("tr", { class: index === contrast.parting ? "parting" : null },
      element("td", { class: "count number" }, String(number)),
      element("td", {}, ...told(left, left.changes)),
      right(row, left));
  });
  return element("div", {},
    element("div", { class: "sentences" }, ...contrast.sentences.map((said) => element("p", {}, ...marked(said)))),
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": contrast.title },
      element("table", { class: "beside" },
        element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "count" }, "#"),
          element("th", { scope: "col" }, contrast.left), element("th", { scope: "col" }, contrast.right))),
        element("tbody", {}, ...rows))));
}

// ---------------------------------------------------------------- Keys

/** The lanes after these: none, then each type in turn. */
function nextLanes() {
  if (violation === null) return;
  const names = ["", ...Object.keys(violation.trace.lanes)];
  change({ lanes: names[(names.indexOf(now.lanes) + 1) % names.length], beside: false });
}

/** The violation that is so many after this one. @param {number} by */
function other(by) {
  const id = order[order.indexOf(now.id) + by];
  if (id !== undefined) location.hash = toAddress({ ...now, id, step: -1, lanes: "", beside: false });
}

/** @type {Record<string, () => void>} */
const keys = {
  ArrowDown: () => goTo(now.step + 1),
  j: () => goTo(now.step + 1),
  ArrowUp: () => goTo(now.step - 1),
  k: () => goTo(now.step - 1),
  Home: () => goTo(0),
  End: () => goTo((violation?.trace.steps.length ?? 0) - 1),
  ArrowLeft: () => other(-1),
  ArrowRight: () => other(1),
  f: () => change({ fold: !now.fold }),
  l: nextLanes,
  c: () => {
    if (violation?.contrast) change({ beside: !now.beside });
  },
  Escape: () => {
    location.hash = "";
  },
};

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (target.matches("input, select, textarea")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  if (event.key === "?") help.showModal();
  else if (event.key === "/") (violation === null ? search : byId("only")).focus();
  else if (violation !== null && event.key in keys) keys[event.key]();
  else return;
  event.preventDefault();
});

byId("help-button").addEventListener("click", () => help.showModal());
search.addEventListener("input", filterChecks);
standing.addEventListener("change", filterChecks);
document.querySelector(".filters")?.addEventListener("submit", (event) => event.preventDefault());
for (const header of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#checks th[data-key]"))) {
  header.querySelector("button")?.addEventListener("click", () => sortChecks(header));
}
window.addEventListener("hashchange", show);
show();
