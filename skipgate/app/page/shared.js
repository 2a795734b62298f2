// @ts-check
// What the scripts of all pages share: elements, changes, states. All text goes into the page as text, never as markup,
// so whatever a model is named, it cannot act.
"use strict";

/** @typedef {{variable: number, place: string, old: string, new: string, edited?: true, lane?: string}} Change */
/** @typedef {{title: string, changes: Change[]}} AbstractStep */
/**
 * @typedef {{action: string, call: string, said?: string, mark?: string, lanes?: Record<string, [string, string]>,
 *   changes: Change[], state: Record<string, number>, abstract?: AbstractStep}} Step
 */
/** @typedef {{name: string, read?: true, lanes?: string}} Variable */
/** @typedef {{text: string, parts?: string[]}} Value */
/**
 * @typedef {{message: string, conjunct: string, is_: string, place: string, witnesses: [string, string][],
 *   parts: [string, string, string][]}} Failure
 */
/**
 * @typedef {{subject: string, finding: string, kind: string, property: string, description: string,
 *   constants: [string, string][], variables: Variable[], lanes: Record<string, string[]>, values: Value[],
 *   steps: Step[], loop: {start: number, said: string, back: Step | null, notes: string[]} | null,
 *   failure: Failure}} Trace
 */
/** @typedef {{call: string, said: string, changes?: Change[]}} Right */
/** @typedef {{relation: string, right?: Right, reason?: string, place?: string}} Row */
/**
 * @typedef {{title: string, left: string, right: string, sentences: string[], parting: number | null, rows: Row[]}}
 *   Contrast
 */
/** @typedef {{file: string, first: number, last: number}} Place */
/** @typedef {{places: Record<string, Place>, variables: Record<string, string>}} Model */
/** @typedef {{models: Record<string, Model>, texts: Record<string, string[]>}} Sources */
/** @typedef {{file: string, trace: Trace, contrast: Contrast | null, files: Record<string, string>}} Violation */
/** @typedef {{id: string, step: number, fold: boolean, lanes: string, beside: boolean, only: string}} View */

const SHORT = 40; // characters of a value that are read at a glance

/**
 * An element with attributes and children. A null child is left out; an attribute that is false or null is, too.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | null>} [attributes]
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Is a variable among those that are asked for?
 * @param {Trace} trace @param {number} variable @param {string} only names, or parts of them; none asks for all
 */
function isWanted(trace, variable, only) {
  const words = only.toLowerCase().split(/[\s,]+/).filter(Boolean);
  const name = trace.variables[variable]?.name.toLowerCase() ?? "";
  return variable < 0 || words.length === 0 || words.some((word) => name.includes(word));
}

/** What changed. @param {Change[]} changes */
function changed(changes) {
  return element("span", { class: "changes" }, ...changes.flatMap((each, index) => [
    // What is between is for those who listen, copy or search.
    index ? element("span", { class: "unseen" }, "; ") : null,
    element("span", { class: "change" }, element("span", { class: "where" }, `${each.place}: `), ...difference(each)),
  ]));
}

/** @param {Change} change */
function difference(change) {
  if (!change.edited) {
    return [element("span", { class: "old" }, change.old), " → ", element("span", { class: "new" }, change.new)];
  }
  return [
    change.new ? element("span", { class: "added" }, `+ ${change.new}`) : null,
    change.new && change.old ? " " : null,
    change.old ? element("span", { class: "removed" }, `− ${change.old}`) : null,
  ];
}

/** The state after so many steps: the numbers of the variables' values. @param {Trace} trace @param {number} step */
function stateAfter(trace, step) {
  /** @type {Record<string, number>} */
  const state = {};
  for (const each of trace.steps.slice(0, step + 1)) Object.assign(state, each.state);
  return state;
}

/**
 * The variables after a step, and what they were if they changed.
 * @param {Trace} trace @param {number} step @param {string} only @param {Record<string, string>} meanings
 */
function stateTable(trace, step, only, meanings) {
  const state = stateAfter(trace, step);
  const before = step > 0 ? stateAfter(trace, step - 1) : state;
  const found = trace.variables.map((variable, number) => {
    const isNew = state[number] !== before[number];
    if (!isWanted(trace, number, only)) return null;
    const value = trace.values[state[number]];
    const old = trace.values[before[number]].text;
    return element("tr", { class: `${isNew ? "changed" : ""}${variable.read ? " read" : ""}`,
      title: (meanings[variable.name] ?? "") + (variable.read ? " (the property reads it)" : "") },
      element("th", { scope: "row" }, variable.name),
      element("td", {}, valueOf(trace, variable, value),
        isNew && old.length <= SHORT ? element("span", { class: "before" }, old) : null));
  });
  return element("table", {}, element("tbody", {}, ...found));
}

/** @param {Trace} trace @param {Variable} variable @param {Value} value */
function valueOf(trace, variable, value) {
  const keys = variable.lanes ? trace.lanes[variable.lanes] : null;
  if (!value.parts || !keys || value.text.length < SHORT) return value.text;
  return element("table", {}, element("tbody", {}, ...value.parts.map((part, index) =>
    element("tr", {}, element("th", { scope: "row" }, keys[index]), element("td", {}, part)))));
}

/** A sentence in which what stands between backticks is code. @param {string} sentence */
function marked(sentence) {
  return sentence.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

