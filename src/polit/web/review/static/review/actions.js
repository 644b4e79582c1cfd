/* What keys and buttons do. One table serves both, so that nothing needs the keyboard, or a mouse. */

import { MOST_UNSEEN, confirmBatch } from "./batch.js";
import { ask } from "./dialogs.js";
import { MARK } from "./order.js";

const MOST_COMPARED = 4;
const REPEATING = /^(left|right|up|down|page_up|page_down|extend_\w+|undo|redo)$/;

/** The actions of a gallery. */
export class Actions {
  constructor(gallery) {
    this.gallery = gallery;
    this.table = { ...this.#moves(), ...this.#reveals(), ...this.#decisions(), ...this.#views() };
  }

  /** Do what a name says; `grade:A` gives a category. */
  run(name) {
    if (this.gallery.veil.isHidden || !this.gallery.order?.count) {
      return;
    }
    const [stem, value] = name.split(/:(.*)/s, 2);
    this.table[stem]?.(value);
  }

  /** End what lasts while a key is held. */
  release(name) {
    if (name === "reveal" && this.held !== undefined) {
      this.gallery.reveals.veil([this.held]);
      this.held = undefined;
    }
  }

  /** Tell whether an action lasts while its key is held. */
  isHeld(name) {
    return name === "reveal";
  }

  /** Tell whether a key that is kept down repeats an action. */
  mayRepeat(name) {
    return REPEATING.test(name);
  }

  #moves() {
    const { grid } = this.gallery;
    const by = (step, extend) => () => grid.goTo(grid.active + step(), { extend });
    const steps = {
      left: () => -1, right: () => 1, up: () => -grid.columns, down: () => grid.columns,
      page_up: () => -grid.columns * grid.pageRows, page_down: () => grid.columns * grid.pageRows,
    };
    const moves = Object.entries(steps).flatMap(([name, step]) => [
      [name, by(step, false)], [`extend_${name}`, by(step, true)],
    ]);
    return {
      ...Object.fromEntries(moves),
      row_start: () => grid.goTo(grid.active - (grid.active % grid.columns)),
      row_end: () => grid.goTo(grid.active - (grid.active % grid.columns) + grid.columns - 1),
      first: () => grid.goTo(0),
      last: () => grid.goTo(this.gallery.order.count - 1),
      next_pending: () => this.gallery.advance(),
      select: () => this.#toggle(),
      select_page: () => this.#selectPage(),
      select_none: () => this.#selectNone(),
    };
  }

  #reveals() {
    const { gallery } = this;
    const { reveals } = gallery;
    const toggled = (places) => () => (reveals.isAny ? reveals.veil() : gallery.reveal(places()));
    return {
      reveal: () => this.#hold(),
      reveal_one: toggled(() => [gallery.order.places[gallery.grid.active]]),
      reveal_selection: toggled(() => gallery.targets().map((index) => gallery.order.places[index])),
      reveal_page: toggled(() => gallery.visiblePlaces()),
      colour: () => gallery.turnColour(),
      urgent: () => this.#urgent(),
      hide: () => gallery.veil.hide(),
    };
  }

  #decisions() {
    return {
      grade: (code) => this.#decide({ code }, `category ${code}`),
      clear: () => this.#decide({ code: "" }, "no category"),
      unsure: () => this.#decide({ unsure: true }, "unsure, for a second reviewer"),
      flag: (name) => this.#decide({ flags_set: [name] }, `flag ${name}`, { staysHere: true }),
      unflag: (name) => this.#decide({ flags_clear: [name] }, `no flag ${name}`, { staysHere: true }),
      tag: () => this.#askFor("review-tag", ({ text }) => ({ tags: text.split(",").map((each) => each.trim()).filter(Boolean) })),
      note: () => this.#askFor("review-note", ({ text }) => ({ note: text })),
      undo: () => this.gallery.turn("undo"),
      redo: () => this.gallery.turn("redo"),
    };
  }

  #views() {
    const { gallery } = this;
    const one = () => [gallery.order.places[gallery.grid.active]];
    return {
      open: () => gallery.openView(this.#viewOfActive(), one()),
      stack: () => gallery.openView("stack", one()),
      compare: () => gallery.openView("compare", gallery.targets().slice(0, MOST_COMPARED).map((index) => gallery.order.places[index])),
      facts: () => gallery.openView("facts", one()),
      timeline: () => gallery.openView("timeline", []),
      tree: () => gallery.openView("tree", []),
      help: () => gallery.openView("help", []),
    };
  }

  #viewOfActive() {
    const { order, grid } = this.gallery;
    return order.marks[grid.active] & MARK.VIDEO ? "storyboard" : "loupe";
  }

  /* What the page shows already stays when the key is released. */
  #hold() {
    const { gallery } = this;
    const place = gallery.order.places[gallery.grid.active];
    if (!gallery.reveals.has(place)) {
      this.held = place;
      gallery.reveal([place]);
    }
  }

  #toggle() {
    const { order, grid } = this.gallery;
    order.select(grid.active, order.selected[grid.active] === 0);
    this.gallery.selectionChanged();
  }

  #selectPage() {
    const { order, grid } = this.gallery;
    const [first, last] = grid.onScreen();
    for (let index = first; index <= last; index += 1) {
      order.select(index, true);
    }
    this.gallery.selectionChanged();
  }

  #selectNone() {
    this.gallery.order.selectNone();
    this.gallery.selectionChanged();
  }

  async #askFor(id, decisionOf) {
    const indexes = this.gallery.targets();
    const given = await ask(id);
    this.gallery.grid.focus();
    if (given !== null && given.text.trim() !== "") {
      this.#decideOn(indexes, decisionOf(given), id.replace("review-", ""), { staysHere: true });
    }
  }

  #decide(decision, words, options = {}) {
    return this.#decideOn(this.gallery.targets(), decision, words, options);
  }

  async #decideOn(indexes, decision, words, { staysHere = false } = {}) {
    const { gallery } = this;
    const isBatch = indexes.length > MOST_UNSEEN;
    if (isBatch && !(await confirmBatch(gallery, indexes, words))) {
      gallery.announce("Nothing was decided.");
      gallery.grid.focus();
      return;
    }
    const places = indexes.map((index) => gallery.order.places[index]);
    const whole = document.getElementById("review-whole-stacks").checked;
    gallery.decide(places, { ...decision, whole_stacks: whole, batch_seen: isBatch });
    gallery.decided(indexes, words, { staysHere });
  }

  async #urgent() {
    const { gallery } = this;
    if (gallery.door.urgentReason) {
      gallery.setUrgent("");
      return;
    }
    const given = await ask("review-urgent-reason");
    gallery.grid.focus();
    if (given !== null && given.text.trim() !== "") {
      gallery.setUrgent(given.text.trim());
    }
  }
}
