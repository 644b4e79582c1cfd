/* The grid: one canvas for what is seen, few cells for what is focused, a height for the scroll bar.

   The truth about the position is `top`, in pixels of the whole list. A browser's scroll heights end
   near 16.7 million pixels, so the bar's height is scaled; keys move by index and never by the bar. */

import { Cells } from "./cells.js";
import { labelOf } from "./labels.js";
import { MARK } from "./order.js";
import { Painter } from "./paint.js";

const MOST_HEIGHT = 15_000_000;
const SCREENS_AHEAD = 2;

/** The grid of one order. */
export class Grid {
  constructor({ frame, config, tiles, reveals, onMove, onOpen }) {
    Object.assign(this, { frame, config, tiles, reveals, onMove, onOpen });
    this.spacer = frame.querySelector("[data-part='height']");
    this.layer = frame.querySelector("[data-part='layer']");
    this.painter = new Painter(frame.querySelector("canvas"), config.categories);
    this.cells = new Cells(frame.querySelector("[role='grid']"), {
      labelOf: (index) => labelOf(this.order, index, config.categories, {
        isRevealed: Boolean(reveals.get(this.order.places[index])),
      }),
      isChosen: (index) => this.order.selected[index] === 1,
    });
    this.order = null;
    this.active = 0;
    this.anchor = -1;
    this.top = 0;
    this.heading = 1;
    this.isAsked = false;
    this.areLabelsStale = false;
    this.isStopped = false;
    this.side = 168; // so that 160 pixels are drawn as 160
    this.#listen();
  }

  /** Show an order, from its start. */
  show(order) {
    this.order = order;
    this.tiles.order = order;
    this.active = 0;
    this.anchor = -1;
    this.top = 0;
    this.layOut();
  }

  /** Measure the place, and lay everything out anew around the active item. */
  layOut() {
    const [width, height] = [this.frame.clientWidth, this.frame.clientHeight];
    if (width === 0 || height === 0) {
      return; // it is not shown: hidden, or printed
    }
    const hadFocus = this.cells.element.contains(document.activeElement);
    this.columns = Math.max(1, Math.floor(width / this.side));
    this.cellWidth = Math.floor(width / this.columns);
    this.cellHeight = this.side;
    this.viewHeight = height;
    this.rowCount = Math.ceil(this.order.count / this.columns);
    this.fullHeight = this.rowCount * this.cellHeight;
    const barHeight = Math.min(this.fullHeight, MOST_HEIGHT);
    this.spacer.style.height = `${Math.max(barHeight, height)}px`;
    this.layer.style.height = `${height}px`;
    this.painter.resize(width, height);
    this.scale = barHeight > height ? (this.fullHeight - height) / (barHeight - height) : 1;
    this.cells.shape({
      count: this.order.count, columns: this.columns,
      cellWidth: this.cellWidth, cellHeight: this.cellHeight,
    });
    this.range = "";
    this.#bringIntoView(this.active);
    this.render();
    this.cells.refresh(this.active);
    if (hadFocus) {
      this.focus();
    }
  }

  /** Change the size of the cells. */
  resizeCells(side) {
    this.side = side;
    this.layOut();
  }

  /** Go to an item; `extend` chooses all from where the extension began. */
  goTo(index, { extend = false, takeFocus = true } = {}) {
    const target = Math.max(0, Math.min(this.order.count - 1, index));
    const before = this.active;
    if (extend) {
      this.anchor = this.anchor < 0 ? before : this.anchor;
      this.#chooseBetween(this.anchor, target, before);
    } else {
      this.anchor = -1;
    }
    this.active = target;
    this.#bringIntoView(target);
    this.#arrange();
    this.cells.refresh(target, before);
    this.cells.refresh(target, target);
    this.areLabelsStale ||= extend;
    this.ask();
    if (takeFocus) {
      this.cells.at(target)?.focus({ preventScroll: true });
    }
    this.onMove(target, before);
  }

  /** Give the active cell the focus. */
  focus() {
    this.cells.at(this.active)?.focus({ preventScroll: true });
  }

  /** Draw again soon: something about the items changed. */
  refresh() {
    this.areLabelsStale = true;
    this.ask();
  }

  /** Draw at the next frame. */
  ask() {
    if (!this.isAsked) {
      this.isAsked = true;
      requestAnimationFrame(() => {
        this.isAsked = false;
        this.render();
      });
    }
  }

  /** Stop drawing and wipe the canvas, until `start`. */
  stop() {
    this.isStopped = true;
    this.painter.clear();
  }

  /** Draw again. */
  start() {
    this.isStopped = false;
    this.range = "";
    this.ask();
  }

  /** Return the first and the last index of what is drawn. */
  visible() {
    const first = Math.floor(this.top / this.cellHeight);
    const end = Math.ceil((this.top + this.viewHeight) / this.cellHeight);
    return this.#indexes(first, end);
  }

  /** Return the first and the last index on the screen: rows of which half or more is seen.

      A low window shows less than is drawn, and what nobody sees is neither revealed nor chosen. */
  onScreen() {
    const { top, bottom } = this.frame.getBoundingClientRect();
    const above = Math.max(0, -top);
    const below = Math.min(this.viewHeight, Math.min(bottom, window.innerHeight) - top);
    const first = Math.round((this.top + above) / this.cellHeight);
    const end = Math.round((this.top + below) / this.cellHeight);
    return this.#indexes(first, Math.max(first + 1, end));
  }

  #indexes(firstRow, endRow) {
    const last = Math.min(this.order.count, endRow * this.columns) - 1;
    return [Math.min(firstRow * this.columns, Math.max(0, last)), last];
  }

  /** Return how many rows a page key moves. */
  get pageRows() {
    return Math.max(1, Math.floor(this.viewHeight / this.cellHeight) - 1);
  }

  /** Draw now. */
  render() {
    if (this.isStopped || this.order === null) {
      return;
    }
    const [first, last] = this.#arrange();
    if (this.areLabelsStale) {
      this.areLabelsStale = false;
      this.cells.refresh(this.active);
    }
    this.#wish(first, last);
    this.#paint(first, last);
  }

  /* Have the cells where they belong; painting can wait for the next frame. */
  #arrange() {
    const [first, last] = this.visible();
    const range = `${first} ${last} ${this.active}`;
    if (range !== this.range) {
      this.range = range;
      this.cells.assign(first / this.columns, Math.floor(last / this.columns), this.active);
      this.reveals.keepOnly((place) => {
        const index = this.order.indexOf(place);
        return index >= first && index <= last;
      });
    }
    this.cells.place(this.top);
    return [first, last];
  }

  #wish(first, last) {
    const ahead = (last - first + 1) * SCREENS_AHEAD;
    const [back, on] = this.heading > 0 ? [0, ahead] : [ahead, 0];
    this.tiles.want({ first, last, before: first - back, after: last + on });
  }

  #paint(first, last) {
    const { order, painter } = this;
    painter.clear();
    let blank = 0;
    for (let index = first; index <= last; index += 1) {
      const place = order.places[index];
      const revealed = this.reveals.get(place);
      const bitmap = revealed ?? this.tiles.get(place);
      blank += bitmap === undefined && !(order.marks[index] & MARK.NO_TILE) ? 1 : 0;
      painter.cell({
        bitmap, isRevealed: Boolean(revealed),
        left: (index % this.columns) * this.cellWidth,
        top: Math.floor(index / this.columns) * this.cellHeight - this.top,
        width: this.cellWidth, height: this.cellHeight,
        state: order.states[index], grade: order.grades[index], marks: order.marks[index],
        stack: order.stack[index],
        isChosen: order.selected[index] === 1, isActive: index === this.active,
      });
    }
    /* For whoever measures: what share of the screen still waits for its tile. */
    this.frame.dataset.blank = String(last < first ? 0 : blank / (last - first + 1));
  }

  #bringIntoView(index) {
    const above = Math.floor(index / this.columns) * this.cellHeight;
    const most = Math.max(0, this.fullHeight - this.viewHeight);
    const least = above + this.cellHeight - this.viewHeight;
    this.#moveTo(Math.min(most, Math.max(least, Math.min(above, this.top))));
  }

  #moveTo(top) {
    this.heading = top < this.top ? -1 : 1;
    this.top = top;
    const bar = top / this.scale;
    if (Math.abs(this.frame.scrollTop - bar) > 0.5) {
      this.frame.scrollTop = bar;
      this.ours = this.frame.scrollTop; // the event that follows is not a person's
    }
  }

  #chooseBetween(anchor, target, before) {
    for (let index = Math.min(anchor, before); index <= Math.max(anchor, before); index += 1) {
      this.order.select(index, false);
    }
    for (let index = Math.min(anchor, target); index <= Math.max(anchor, target); index += 1) {
      this.order.select(index, true);
    }
  }

  #onScroll() {
    const bar = this.frame.scrollTop;
    if (this.order === null || (this.ours !== undefined && Math.abs(bar - this.ours) < 1)) {
      return;
    }
    this.ours = undefined;
    const top = Math.min(bar * this.scale, Math.max(0, this.fullHeight - this.viewHeight));
    this.heading = top < this.top ? -1 : 1;
    this.top = top;
    this.ask();
  }

  #onPress(event) {
    const index = event.target.reviewIndex;
    if (index === undefined || event.button !== 0) {
      return;
    }
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      this.order.select(index, this.order.selected[index] === 0);
    }
    this.goTo(index, { extend: event.shiftKey });
    this.refresh();
  }

  #listen() {
    this.frame.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    this.cells.element.addEventListener("pointerdown", (event) => this.#onPress(event));
    this.cells.element.addEventListener("dblclick", (event) => {
      if (event.target.reviewIndex !== undefined) {
        this.onOpen(event.target.reviewIndex);
      }
    });
    new ResizeObserver(() => this.order && this.layOut()).observe(this.frame);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.painter.readColours();
      this.ask();
    });
  }
}
