/* What is known of one item, beside the grid: every value is text, isolated and with nothing unseen. */

import { make, personText, sizeText, timeText } from "./dom.js";
import { Panel, placeOf } from "./panel.js";
import { fetchJson, itemAddress } from "./safetiles.js";

const LABELS = {
  names: "Names", more_names: "More names than shown", facts: "The file says", copies: "Copies", kind: "Kind",
  verdict: "Verdict", matches: "Matches", state: "State", flags: "Flags",
  suggestions: "Suggestions", history: "Decisions", agreed: "Locally agreed", settled: "Settled", problems: "Problems",
  duration_ms: "Length", lead: "Lead of its stack", digests: "Digests", sha256: "SHA-256",
};
const MOST_ROWS = 60;
const MOST_VALUES = 30;
const MOST_CHARACTERS = 2_000;
const DEEPEST = 4;
const NO_FRACTION = /(\d\d:\d\d:\d\d)\.0+(?=$|[Z+ ])/;
/* Numbers of rows and of places: nothing that an officer reads. */
const UNTOLD = new Set(["place", "has_tile", "entry", "package", "grade"]);

export async function fetchFacts(config, place) {
  /* The queue, so that a blind one is told nothing of decisions. */
  return fetchJson(itemAddress(config, place), { queue: config.scope?.queue });
}

function labelOf(name) {
  const words = name.replaceAll("_", " ");
  return LABELS[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

function leafText(name, value) {
  if (name === "size_bytes" && Number.isFinite(value)) {
    return sizeText(value);
  }
  if (name.endsWith("_ms") && Number.isFinite(value)) {
    return timeText(value);
  }
  if (typeof value === "boolean") {
    return value ? "yes" : "no";
  }
  const text = String(value).replace(NO_FRACTION, "$1");
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
}

/* Within a row, what is not so and what nobody wrote is left out. */
function isNothing(value) {
  return value === false || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function isPair(value) {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string";
}

function shownValue(name, value, depth) {
  if (value === null || value === undefined || value === "") {
    return make("span", { class: "polit-missing" }, "none");
  }
  if (typeof value !== "object") {
    return personText(leafText(name, value));
  }
  if (depth >= DEEPEST) {
    return make("span", { class: "polit-missing" }, "…");
  }
  if (Array.isArray(value)) {
    if (value.length === 0) {
      return make("span", { class: "polit-missing" }, "none");
    }
    if (value.every(isPair)) {
      const pairs = value.slice(0, MOST_VALUES).map(([key, each]) => make("li", {},
        personText(key), ": ", shownValue("", each, depth + 1)));
      return make("ul", { class: "viewer-facts__values" }, ...pairs);
    }
    const shown = value.slice(0, MOST_VALUES).map((each) => make("li", {}, shownValue(name, each, depth + 1)));
    const rest = value.length - shown.length;
    const more = rest > 0 ? [make("li", {}, `and ${rest.toLocaleString("en-GB")} more`)] : [];
    return make("ul", { class: "viewer-facts__values" }, ...shown, ...more);
  }
  const inner = Object.entries(value)
    .filter(([key, each]) => !UNTOLD.has(key) && !isNothing(each)).slice(0, MOST_VALUES);
  return make("span", {}, ...inner.flatMap(([key, each], index) => [
    index > 0 ? "; " : "", personText(labelOf(key)), ": ", shownValue(key, each, depth + 1),
  ]));
}

/* A list of terms; null or anything that is no object says so. */
export function factsList(facts) {
  if (facts === null || typeof facts !== "object") {
    return make("p", { class: "govuk-body" }, "The facts cannot be read just now.");
  }
  const known = Object.keys(LABELS).filter((name) => Object.hasOwn(facts, name));
  const others = Object.keys(facts).filter((name) => !Object.hasOwn(LABELS, name) && !UNTOLD.has(name));
  const told = [...known, ...others].filter((name) => facts[name] !== false);
  const rows = told.slice(0, MOST_ROWS).flatMap((name) => [
    make("dt", {}, personText(labelOf(name))),
    make("dd", {}, shownValue(name, facts[name], 0)),
  ]);
  return make("dl", { class: "viewer-facts" }, ...rows);
}

export function open(context, items) {
  const place = placeOf(items[0] ?? context.current());
  const panel = new Panel(context, "facts", `Facts of item ${place}`, { isModal: false });
  panel.say("Loading …");
  fetchFacts(context.config, place)
    .catch(() => null)
    .then((facts) => {
      if (!panel.isClosed) {
        panel.say("");
        panel.body.replaceChildren(factsList(facts));
      }
    });
  panel.addDecisions(() => ({ places: [place], rung: "tile" }));
  return panel.asView(() => [place]);
}
