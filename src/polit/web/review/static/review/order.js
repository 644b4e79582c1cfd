/* The order of the items: typed arrays, as the server sent them. Eleven bytes for each item. */

export const STATE = { PENDING: 0, GRADED: 1, SETTLED: 2, PROPOSED: 3, UNSURE: 4, DISPUTED: 5 };
export const MARK = {
  VIDEO: 1,
  STACK: 2,
  ALERT: 4,
  NEAR: 8,
  NO_TILE: 16,
  FIRST_GENERATION: 32,
  FLAGGED: 64,
  PROVISIONAL: 128,
};
export const STATE_WORDS = ["pending", "graded", "known", "proposed", "unsure", "disputed"];

/** Items in their order; an index counts from 0, a place is the item's own and never changes. */
export class Order {
  constructor(buffer) {
    const headerBytes = new DataView(buffer).getUint32(0, true);
    const header = new TextDecoder().decode(new Uint8Array(buffer, 4, headerBytes));
    this.header = JSON.parse(header);
    this.count = this.header.count;
    this.revision = this.header.revision;
    const at = Math.ceil((4 + headerBytes) / 4) * 4;
    const count = this.count;
    this.places = new Uint32Array(buffer, at, count);
    this.stack = new Uint32Array(buffer, at + 4 * count, count);
    this.states = new Uint8Array(buffer, at + 8 * count, count);
    this.grades = new Uint8Array(buffer, at + 9 * count, count);
    this.marks = new Uint8Array(buffer, at + 10 * count, count);
    this.selected = new Uint8Array(count);
    this.selectedCount = 0;
    this.indexes = null;
    this.pending = 0;
    for (let index = 0; index < count; index += 1) {
      this.pending += this.isOpen(index) ? 1 : 0;
    }
  }

  /** Return the index of a place, -1 where this order does not hold it. */
  indexOf(place) {
    if (this.indexes === null) {
      let most = 0;
      for (const each of this.places) {
        most = Math.max(most, each);
      }
      this.indexes = new Int32Array(most + 1).fill(-1);
      this.places.forEach((each, index) => {
        this.indexes[each] = index;
      });
    }
    return place < this.indexes.length ? this.indexes[place] : -1;
  }

  /** Tell whether somebody still has to decide on an item. */
  isOpen(index) {
    const state = this.states[index];
    return state === STATE.PENDING || state === STATE.PROPOSED;
  }

  /** Return the next open item after an index, from the start again at the end; -1 for none. */
  nextOpen(from) {
    for (let step = 1; step <= this.count; step += 1) {
      const index = (from + step) % this.count;
      if (this.isOpen(index)) {
        return index;
      }
    }
    return -1;
  }

  /** Return how an item stands, so that it can be put back. */
  standing(place) {
    const index = this.indexOf(place);
    return index < 0 ? null : [place, this.states[index], this.grades[index], this.marks[index]];
  }

  /** Put items where the server, or an officer, put them: [[place, state, grade, marks], …]. */
  put(items) {
    for (const [place, state, grade, marks] of items) {
      const index = this.indexOf(place);
      if (index >= 0) {
        this.pending -= this.isOpen(index) ? 1 : 0;
        this.states[index] = state;
        this.grades[index] = grade;
        this.marks[index] = marks;
        this.pending += this.isOpen(index) ? 1 : 0;
      }
    }
  }

  /** Choose an item, or let it go. */
  select(index, isChosen) {
    const before = this.selected[index];
    this.selected[index] = isChosen ? 1 : 0;
    this.selectedCount += this.selected[index] - before;
  }

  /** Let all items go. */
  selectNone() {
    this.selected.fill(0);
    this.selectedCount = 0;
  }

  /** Return the indexes of the chosen items, in order. */
  selection() {
    const found = [];
    for (let at = this.selected.indexOf(1); at >= 0; at = this.selected.indexOf(1, at + 1)) {
      found.push(at);
    }
    return found;
  }
}
