/* All keys at a glance: those of the grid as they are set, the categories, and those of each view. */

import { make, visibleText } from "./dom.js";
import { Panel } from "./panel.js";

const ACTIONS = {
  left: "One item back", right: "One item on", up: "One row up", down: "One row down",
  page_up: "One screen up", page_down: "One screen down", row_start: "First of the row",
  row_end: "Last of the row", first: "First item", last: "Last item",
  extend_left: "Choose on to the left", extend_right: "Choose on to the right",
  extend_up: "Choose on upwards", extend_down: "Choose on downwards",
  select: "Choose the item, or let it go", select_page: "Choose all on the screen",
  open: "Open the item", next_pending: "Next pending item",
  reveal: "Reveal the item while the key is held", reveal_selection: "Reveal the chosen items, or veil them",
  reveal_page: "Reveal the page at 160 pixels, or veil it", colour: "Reveal in grey or in colour",
  stack: "Open the stack", compare: "Compare two to four chosen items", facts: "Facts about the item",
  tag: "Tag", note: "Note", unsure: "Unsure: to a second reviewer", clear: "Clear the category",
  urgent: "Urgent: a child may be in danger now", undo: "Undo", redo: "Do again", help: "All keys",
};
const VIEWS = [
  ["Loupe", [["Enter", "Unveil at full size, grey"], ["G", "Grey or colour"], ["+ and −", "Zoom"],
    ["F", "Fit"], ["A", "One to one"], ["R", "Turn by 90°"], ["Arrows", "Move"],
    ["[ and ]", "Previous and next"], ["E", "Sharper part"], ["V", "Unveil or veil"]]],
  ["Stack", [["Arrows", "Move"], ["Space", "Select"], ["V", "Hold to reveal one"],
    ["P", "Reveal the page"], ["O", "Split out of the stack"],
    ["C", "Compare the chosen"], ["Enter", "Open in the loupe"]]],
  ["Compare", [["Enter", "Unveil all, grey"], ["G", "Grey or colour"], ["B", "Blink"], ["D", "Difference"]]],
  ["Storyboard", [["Enter", "Ask for the key frames, then play"], ["V", "Hold to reveal one"],
    ["P", "Reveal all"], ["G", "Grey or colour"]]],
  ["Every view", [["Esc", "Back"], ["Esc Esc", "Hide everything"], ["Ctrl+Z", "Undo"]]],
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

const ARROWS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space" };

function keyWord(key) {
  return String(key).replace(/Arrow(Left|Right|Up|Down)|^ $/, (name) => ARROWS[name]);
}

function keyWords(keys) {
  return [keys].flat(2).map(keyWord).join(" or ");
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
  panel.keys.set("?", () => panel.leave());
  return panel.asView(() => []);
}
