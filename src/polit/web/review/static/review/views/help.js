/* All keys at a glance: those of the grid as they are set, the categories, and those of each view. */

import { make, visibleText } from "./dom.js";
import { Panel } from "./panel.js";

const ACTIONS = {
  open: "Open the item", veil: "Hold to reveal", reveal: "Hold to reveal", page: "Reveal the page",
  grey: "Grey or colour", stack: "Open the stack", compare: "Compare two to four", tag: "Tag",
  note: "Note", next: "Next pending", undo: "Undo", redo: "Redo", hide: "Hide everything",
  clear: "Clear the category", unsure: "Unsure: to the second reviewer", select: "Select",
  help: "This help", facts: "Facts", play: "Player", storyboard: "Storyboard",
  timeline: "Timeline", tree: "Folders", urgent: "Urgent: a child at risk",
};
const VIEWS = [
  ["Loupe", [["Enter", "Unveil at full size, grey"], ["G", "Grey or colour"], ["+ and −", "Zoom"],
    ["F", "Fit"], ["X", "One to one"], ["R", "Turn by 90°"], ["Arrows", "Move"],
    ["[ and ]", "Previous and next"], ["P", "Sharper part"], ["V", "Veil again"]]],
  ["Stack", [["Arrows", "Move"], ["Space", "Select"], ["V", "Hold to reveal one"],
    ["Shift+V", "Reveal the page"], ["X", "Split out of the stack"], ["Enter", "Open in the loupe"]]],
  ["Compare", [["Enter", "Unveil all, grey"], ["B", "Blink"], ["D", "Difference"]]],
  ["Storyboard", [["Enter", "Ask for the key frames"], ["V", "Hold to reveal one"],
    ["Shift+V", "Reveal all"], ["G", "Grey or colour"], ["P", "Player"]]],
  ["Player", [["Space", "Play or pause"], [", and .", "One frame back or on"],
    ["← and →", "Five seconds back or on"], ["S", "Speed"], ["M", "Sound on or off"]]],
];

function keysTable(title, rows) {
  const cells = rows.map(([key, words]) => make("tr", { class: "govuk-table__row" },
    make("th", { scope: "row", class: "govuk-table__header" }, make("kbd", {}, visibleText(key))),
    make("td", { class: "govuk-table__cell" }, visibleText(words))));
  return make("table", { class: "govuk-table viewer-keys" },
    make("caption", { class: "govuk-table__caption govuk-table__caption--s" }, title),
    make("tbody", { class: "govuk-table__body" }, ...cells));
}

function keyWords(keys) {
  return [keys].flat(2).map((key) => (key === " " ? "Space" : String(key))).join(" or ");
}

export function open(context) {
  const panel = new Panel(context, "help", "Keys");
  const { keys = {}, categories = [] } = context.config;
  const graded = categories.map(({ key, label }) => [key, label]);
  const actions = Object.entries(keys)
    .filter(([, set]) => set !== null && typeof set !== "object" || Array.isArray(set))
    .map(([name, set]) => [keyWords(set), ACTIONS[name] ?? name.replaceAll("_", " ")]);
  const tables = [["Categories", graded], ["Grid", actions], ...VIEWS].filter(([, rows]) => rows.length > 0);
  panel.body.append(make("div", { class: "viewer-columns" }, ...tables.map(([title, rows]) => keysTable(title, rows))));
  panel.keys.set("?", () => context.closeView());
  return panel.asView(() => []);
}
