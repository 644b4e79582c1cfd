/* Paints cells on the canvas. Every mark is a shape or a word: none is told by colour alone. */

import { MARK, STATE } from "./order.js";

const STRIP = 24; // below the picture: category, state, number of copies
const GAP = 6;
const BADGE = 18;

/** The brush of one canvas. */
export class Painter {
  constructor(canvas, categories) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false, desynchronized: false });
    this.codes = categories.map((each) => each.code);
    this.colours = {};
    this.readColours();
  }

  /** Read the colours of the theme, as the style sheet resolves them. */
  readColours() {
    for (const probe of document.querySelectorAll("[data-ink]")) {
      this.colours[probe.dataset.ink] = getComputedStyle(probe).color;
    }
  }

  /** Make the canvas as large as its place, in pixels of the device. */
  resize(width, height) {
    const ratio = window.devicePixelRatio || 1;
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.font = "bold 13px Arial, sans-serif";
    this.context.textBaseline = "middle";
  }

  /** Wipe everything. */
  clear() {
    this.context.fillStyle = this.colours.ground;
    this.context.fillRect(0, 0, this.width, this.height);
  }

  /** Paint one cell: `cell` has left, top, side, width, height, and what is in it. */
  cell(cell) {
    const { context, colours } = this;
    context.fillStyle = cell.isChosen ? colours.chosen : colours.raised;
    context.fillRect(cell.left + 2, cell.top + 2, cell.width - 4, cell.height - 4);
    this.#picture(cell);
    this.#strip(cell);
    this.#badges(cell);
    this.#frame(cell);
  }

  #picture({ bitmap, left, top, width, height, isRevealed, marks }) {
    const { context } = this;
    const [boxWidth, boxHeight] = [width - 2 * GAP, height - STRIP - 2 * GAP];
    if (!bitmap) {
      if (bitmap === null || marks & MARK.NO_TILE) {
        this.#text("no tile", left + width / 2, top + GAP + boxHeight / 2, { align: "center" });
      }
      return;
    }
    const scale = Math.min(boxWidth / bitmap.width, boxHeight / bitmap.height);
    const [drawnWidth, drawnHeight] = [bitmap.width * scale, bitmap.height * scale];
    context.imageSmoothingEnabled = isRevealed;
    context.drawImage(
      bitmap,
      left + GAP + (boxWidth - drawnWidth) / 2,
      top + GAP + (boxHeight - drawnHeight) / 2,
      drawnWidth,
      drawnHeight,
    );
  }

  #strip({ left, top, width, height, state, grade, stack }) {
    const middle = top + height - GAP - STRIP / 2 + 2;
    let at = left + GAP;
    if (grade > 0 && state !== STATE.PENDING) {
      at += this.#box(this.codes[grade - 1] ?? "?", at, middle, { isDashed: state === STATE.PROPOSED });
    }
    const word = { [STATE.SETTLED]: "known", [STATE.PROPOSED]: "prop.", [STATE.UNSURE]: "unsure",
      [STATE.DISPUTED]: "≠" }[state];
    if (word) {
      this.#text(word, at, middle);
    }
    if (stack > 1) {
      this.#text(`×${stack}`, left + width - GAP, middle, { align: "right" });
    }
  }

  /* Upper left: what calls for attention. Upper right: what it is. */
  #badges({ left, top, width, marks }) {
    let at = left + GAP;
    const signs = [[MARK.ALERT, "!"], [MARK.NEAR, "≈"], [MARK.FIRST_GENERATION, "1st"],
      [MARK.FLAGGED, "⚑"]];
    for (const [mark, sign] of signs) {
      if (marks & mark) {
        at += this.#box(sign, at, top + GAP + BADGE / 2, { isFull: mark === MARK.ALERT });
      }
    }
    if (marks & MARK.VIDEO) {
      this.#triangle(left + width - GAP - BADGE, top + GAP);
    }
  }

  #frame({ left, top, width, height, isChosen, isRevealed, isActive, marks, stack }) {
    const { context, colours } = this;
    context.strokeStyle = isChosen || isActive || isRevealed ? colours.text : colours.border;
    context.lineWidth = isChosen ? 4 : 1;
    context.setLineDash(marks & MARK.PROVISIONAL ? [6, 4] : isActive && !isChosen ? [2, 2] : []);
    context.strokeRect(left + 3.5, top + 3.5, width - 7, height - 7);
    context.setLineDash([]);
    context.lineWidth = 1;
    if (stack > 1) {
      context.strokeRect(left + 1.5, top + 1.5, width - 3, height - 3);
    }
    if (isChosen) {
      this.#box("✓", left + width / 2 - BADGE / 2, top + GAP + BADGE / 2, { isFull: true });
    }
  }

  /** Paint a word in a box; returns how far the next one is. */
  #box(word, left, middle, { isFull = false, isDashed = false } = {}) {
    const { context, colours } = this;
    const width = Math.max(BADGE, context.measureText(word).width + 8);
    context.fillStyle = isFull ? colours.text : colours.ground;
    context.fillRect(left, middle - BADGE / 2, width, BADGE);
    context.strokeStyle = colours.text;
    context.setLineDash(isDashed ? [3, 2] : []);
    context.strokeRect(left + 0.5, middle - BADGE / 2 + 0.5, width - 1, BADGE - 1);
    context.setLineDash([]);
    const ink = isFull ? colours.ground : colours.text;
    this.#text(word, left + width / 2, middle, { align: "center", ink });
    return width + 3;
  }

  #text(word, left, middle, { align = "left", ink = this.colours.text } = {}) {
    this.context.textAlign = align;
    this.context.fillStyle = ink;
    this.context.fillText(word, left, middle + 1);
  }

  #triangle(left, top) {
    const { context, colours } = this;
    context.fillStyle = colours.ground;
    context.fillRect(left, top, BADGE, BADGE);
    context.strokeStyle = colours.text;
    context.strokeRect(left + 0.5, top + 0.5, BADGE - 1, BADGE - 1);
    context.fillStyle = colours.text;
    context.beginPath();
    context.moveTo(left + 6, top + 4);
    context.lineTo(left + 14, top + 9);
    context.lineTo(left + 6, top + 14);
    context.fill();
  }
}
