/* A page of tiles of a view: real buttons in a list, one tab stop, arrows, a tile drawn in each. */

import { make } from "./dom.js";
import { blank, drawWhole } from "./safetiles.js";

export class TileGrid {
  /* Args: label; open(index) on Enter; hold(index) and let(index) while V is down. */
  constructor(label, acts) {
    this.acts = acts;
    this.cells = [];
    this.focused = 0;
    this.held = null;
    this.chosen = new Set();
    this.element = make("ul", { class: "viewer-tiles", "aria-label": label });
    this.element.addEventListener("keyup", (event) => {
      if (event.key.toLowerCase() === "v") {
        this.letGo();
      }
    });
    this.element.addEventListener("focusout", () => this.letGo());
  }

  /* Args: items, each {label, notes: [words]}; the label is read to whoever hears the tile. */
  fill(items) {
    this.letGo();
    this.chosen.clear();
    this.cells = items.map((item, index) => this.cell(item, index));
    this.element.replaceChildren(...this.cells.map(({ frame }) => frame));
    this.focused = 0;
    this.roving();
  }

  cell(item, index) {
    const canvas = make("canvas", { width: 160, height: 160, class: "viewer-tile", "data-veiled": true, "aria-hidden": "true" });
    const notes = make("span", { class: "viewer-tile__notes" }, item.notes.join(" · "));
    const press = make("button", { type: "button", class: "viewer-tile__button", "aria-label": item.label, tabindex: "-1" }, canvas, notes);
    if (this.acts.choose) {
      press.setAttribute("aria-pressed", "false");
    }
    press.addEventListener("focus", () => {
      this.focused = index;
      this.roving();
    });
    press.addEventListener("click", () => (this.acts.choose ? this.toggle(index) : this.acts.open(index)));
    press.addEventListener("dblclick", () => this.acts.open(index));
    const frame = make("li", { class: item.isOdd ? "viewer-tiles__odd" : "" }, press);
    return { canvas, press, frame };
  }

  roving() {
    this.cells.forEach(({ press }, index) => {
      press.tabIndex = index === this.focused ? 0 : -1;
    });
  }

  toggle(index) {
    const isChosen = !this.chosen.has(index);
    if (isChosen) {
      this.chosen.add(index);
    } else {
      this.chosen.delete(index);
    }
    this.cells[index].press.setAttribute("aria-pressed", String(isChosen));
    this.acts.choose([...this.chosen]);
  }

  columns() {
    const top = this.cells[0]?.frame.offsetTop;
    return Math.max(1, this.cells.filter(({ frame }) => frame.offsetTop === top).length);
  }

  focus(index) {
    const last = this.cells.length - 1;
    const to = Math.max(0, Math.min(last, index));
    this.cells[to]?.press.focus();
  }

  hold(event) {
    if (!event?.repeat && this.held === null && this.cells.length > 0) {
      this.held = this.focused;
      this.acts.hold(this.held);
    }
  }

  letGo() {
    if (this.held !== null) {
      const { held } = this;
      this.held = null;
      this.acts.letGo(held);
    }
  }

  addKeys(keys) {
    const by = (step) => () => this.focus(this.focused + step());
    keys.set("ArrowLeft", by(() => -1));
    keys.set("ArrowRight", by(() => 1));
    keys.set("ArrowUp", by(() => -this.columns()));
    keys.set("ArrowDown", by(() => this.columns()));
    keys.set("Home", () => this.focus(0));
    keys.set("End", () => this.focus(this.cells.length - 1));
    keys.set("v", (event) => this.hold(event));
  }

  draw(index, bitmap, isSmooth) {
    const cell = this.cells[index];
    if (cell) {
      drawWhole(cell.canvas, bitmap, { isSmooth });
    }
  }

  blank() {
    this.cells.forEach(({ canvas }) => blank(canvas));
  }
}
