/* When the items were made: a bar for each month or day, chosen by keys or mouse, to filter by. */

import { button, count, make } from "./dom.js";
import { Panel } from "./panel.js";
import { fetchJson } from "./safetiles.js";

const MOST_BARS = 400;
const UNIT = { month: /^\d{4}-\d{2}$/, day: /^\d{4}-\d{2}-\d{2}$/ };

function lastDay(month) {
  const [year, number] = month.split("-").map(Number);
  const end = new Date(Date.UTC(2000, number, 0));
  end.setUTCFullYear(year, number, 0);
  return end.toISOString().slice(0, 10);
}

/* Bars in order, each {from, to, count}; what has not its form is left out. */
export function readBars(told) {
  const form = UNIT[told?.unit];
  const counts = form && Array.isArray(told.counts) ? told.counts : [];
  return counts
    .filter((each) => Array.isArray(each) && form.test(each[0]) && Number.isFinite(each[1]) && each[1] >= 0)
    .map(([on, items]) => (told.unit === "day"
      ? { from: on, to: on, count: items }
      : { from: `${on}-01`, to: lastDay(on), count: items }))
    .sort((one, other) => (one.from < other.from ? -1 : 1));
}

/* Joins neighbours until few enough are left to draw. */
export function joinBars(bars, most = MOST_BARS) {
  const times = Math.ceil(bars.length / most);
  if (times <= 1) {
    return bars;
  }
  const joined = [];
  for (let at = 0; at < bars.length; at += times) {
    const some = bars.slice(at, at + times);
    const items = some.reduce((sum, bar) => sum + bar.count, 0);
    joined.push({ from: some[0].from, to: some[some.length - 1].to, count: items });
  }
  return joined;
}

function dayText(day) {
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  return new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", options);
}

function spanText({ from, to }) {
  const isMonth = from.endsWith("-01") && from.slice(0, 7) === to.slice(0, 7) && to.slice(8) >= "28";
  if (isMonth) {
    const options = { month: "long", year: "numeric", timeZone: "UTC" };
    return new Date(`${from}T00:00:00Z`).toLocaleDateString("en-GB", options);
  }
  return from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`;
}

class Timeline {
  constructor(context) {
    this.context = context;
    this.bars = [];
    this.focused = 0;
    this.range = null;
    this.panel = new Panel(context, "timeline", "Timeline", { isModal: false });
    this.list = make("ul", {
      class: "viewer-timeline", role: "listbox", "aria-multiselectable": "true",
      "aria-orientation": "horizontal", "aria-label": "Items by date",
    });
    this.show = button("Show only these", () => this.apply(), { disabled: true });
    this.closer = button("Look closer", () => this.load(this.chosen()), { disabled: true });
    this.all = button("All dates", () => this.clear());
    this.panel.bar.append(this.show, this.closer, this.all);
    this.panel.body.append(this.list);
    this.addKeys();
    this.load();
  }

  addKeys() {
    const { keys } = this.panel;
    const go = (by, isExtending) => () => this.go(this.focused + by, isExtending);
    keys.set("ArrowLeft", go(-1, false));
    keys.set("ArrowRight", go(1, false));
    keys.set("Shift+ArrowLeft", go(-1, true));
    keys.set("Shift+ArrowRight", go(1, true));
    keys.set("Home", () => this.go(0, false));
    keys.set("End", () => this.go(this.bars.length - 1, false));
    keys.set(" ", () => this.choose(this.focused, this.focused));
    keys.set("Enter", () => this.apply());
  }

  async load(within = null) {
    this.panel.say("Loading …");
    const { from: _from, to: _to, ...scope } = this.context.config.scope ?? {};
    const query = within ? { ...scope, ...within, by: "day" } : scope;
    const told = await fetchJson(this.context.config.urls.timeline, query).catch(() => null);
    if (this.panel.isClosed) {
      return;
    }
    if (told === null) {
      this.panel.say("The dates cannot be read just now.");
      return;
    }
    const unknown = Number.isFinite(told.unknown) ? told.unknown : 0;
    this.fill(joinBars(readBars(told)), unknown);
  }

  fill(bars, unknown) {
    this.bars = bars;
    this.range = null;
    const most = Math.max(1, ...bars.map((bar) => bar.count));
    this.options = bars.map((bar, index) => {
      const label = `${spanText(bar)}: ${count(bar.count, "item", "items")}`;
      const column = make("span", { class: "viewer-timeline__bar" });
      column.style.setProperty("height", `${Math.max(2, (100 * bar.count) / most)}%`);
      const option = make("li", {
        role: "option", "aria-selected": "false", "aria-label": label, title: label, tabindex: "-1",
        class: "viewer-timeline__option",
      }, column);
      option.addEventListener("click", (event) => {
        this.choose(event.shiftKey && this.range ? this.range[0] : index, index);
        this.focus(index);
      });
      return option;
    });
    this.list.replaceChildren(...this.options);
    const without = unknown > 0 ? ` ${count(unknown, "item has", "items have")} no date.` : "";
    const words = bars.length > 0 ? `${spanText({ from: bars[0].from, to: bars[bars.length - 1].to })}.` : "No item has a date.";
    this.panel.say(`${words}${without} Arrow keys move, Shift extends, Enter shows.`);
    this.focused = 0;
    this.roving();
    this.showChosen();
    if (this.panel.element.contains(document.activeElement)) {
      this.options[0]?.focus();
    }
    this.panel.firstFocus = this.options[0];
  }

  roving() {
    this.options.forEach((option, index) => {
      option.tabIndex = index === this.focused ? 0 : -1;
    });
  }

  focus(index) {
    this.focused = index;
    this.roving();
    this.options[index]?.focus();
  }

  go(index, isExtending) {
    if (this.bars.length === 0) {
      return;
    }
    const to = Math.max(0, Math.min(this.bars.length - 1, index));
    if (isExtending) {
      this.choose(this.range ? this.range[0] : this.focused, to);
    }
    this.focus(to);
  }

  /* Args: where the range begins, and where it was drawn to; either may come first. */
  choose(anchor, to) {
    this.range = [anchor, to];
    this.showChosen();
  }

  chosen() {
    if (!this.range) {
      return null;
    }
    const [first, last] = [Math.min(...this.range), Math.max(...this.range)];
    return { from: this.bars[first].from, to: this.bars[last].to };
  }

  showChosen() {
    const [first, last] = this.range ? [Math.min(...this.range), Math.max(...this.range)] : [1, 0];
    let items = 0;
    this.options?.forEach((option, index) => {
      const isChosen = index >= first && index <= last;
      option.setAttribute("aria-selected", String(isChosen));
      items += isChosen ? this.bars[index].count : 0;
    });
    this.show.disabled = !this.range;
    this.closer.disabled = !this.range;
    if (this.range) {
      this.panel.say(`${spanText(this.chosen())}: ${count(items, "item", "items")}.`);
    }
  }

  apply() {
    if (this.range === null && this.bars.length > 0) {
      this.choose(this.focused, this.focused);
    }
    const chosen = this.chosen();
    if (chosen) {
      this.context.reload({ ...this.context.config.scope, ...chosen });
      this.context.announce(`Only ${spanText(chosen)} is shown.`);
    }
  }

  clear() {
    const { from: _from, to: _to, ...scope } = this.context.config.scope ?? {};
    this.context.reload(scope);
    this.load();
    this.context.announce("All dates are shown.");
  }
}

export function open(context) {
  return new Timeline(context).panel.asView(() => []);
}
