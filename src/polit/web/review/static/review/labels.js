/* What a cell is called: position, state, category, copies, kind, and what the canvas shows by marks. */

import { MARK, STATE, STATE_WORDS } from "./order.js";

const MARK_WORDS = [
  [MARK.ALERT, "alert"],
  [MARK.NEAR, "near known material"],
  [MARK.FIRST_GENERATION, "may be first generation"],
  [MARK.FLAGGED, "flagged"],
  [MARK.PROVISIONAL, "provisional"],
  [MARK.NO_TILE, "no tile"],
];

/** Return the words for an item of an order. */
export function labelOf(order, index, categories, { isRevealed = false } = {}) {
  const [state, grade, marks] = [order.states[index], order.grades[index], order.marks[index]];
  const words = [`${index + 1} of ${order.count}`, marks & MARK.VIDEO ? "video" : "picture"];
  words.push(STATE_WORDS[state]);
  if (grade > 0 && state !== STATE.PENDING) {
    const category = categories[grade - 1];
    words.push(category ? category.label : "category");
  }
  if (order.stack[index] > 1) {
    words.push(`stack of ${order.stack[index]}`);
  }
  words.push(...MARK_WORDS.filter(([mark]) => marks & mark).map(([, word]) => word));
  if (isRevealed) {
    words.push("unveiled");
  }
  return words.join(", ");
}
