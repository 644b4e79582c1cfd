/* The frames of a player: fetched in pieces when asked, the ones far away closed again. */

import { sortParts } from "./exposure.js";

export const PIECE = 16;
const SIDE_PX = 640;
const KEPT_PIECES = 4;

export class Reel {
  constructor(exposure, place, stepMs) {
    this.exposure = exposure;
    this.place = place;
    this.stepMs = stepMs;
    this.rung = "full_grey";
    this.pieces = new Map();
    this.waiting = new Map();
    this.endMs = Infinity;
  }

  pieceMs() {
    return this.stepMs * PIECE;
  }

  pieceAt(ms) {
    return Math.max(0, Math.floor(ms / this.pieceMs()));
  }

  /* The frame that stands at an instant: the last one before it; null while it is not here. */
  frameAt(ms) {
    const piece = this.pieces.get(this.pieceAt(ms));
    const index = Math.floor((ms - this.pieceAt(ms) * this.pieceMs()) / this.stepMs);
    return piece?.frames[Math.min(index, piece.frames.length - 1)] ?? null;
  }

  isHere(ms) {
    return this.pieces.has(this.pieceAt(ms));
  }

  isBusy() {
    return this.waiting.size > 0;
  }

  /* Asks for the piece at an instant, once. Resolves to whether it is here. */
  async want(ms) {
    const number = this.pieceAt(ms);
    if (ms >= this.endMs || this.pieces.has(number)) {
      return this.pieces.has(number);
    }
    if (!this.waiting.has(number)) {
      this.waiting.set(number, this.load(number));
    }
    return this.waiting.get(number);
  }

  async load(number) {
    const { waiting } = this;
    const request = {
      what: "frames", places: [this.place], rung: this.rung,
      from_ms: number * this.pieceMs(), step_ms: this.stepMs, count: PIECE, side_px: SIDE_PX,
    };
    const handle = await this.exposure.ask(request);
    waiting.delete(number);
    if (!handle || waiting !== this.waiting) {
      if (handle) {
        this.exposure.release(handle);
      }
      return false;
    }
    const { shown, failed } = sortParts(handle);
    this.failed = failed;
    const frames = shown.sort((one, other) => (one.at_ms ?? 0) - (other.at_ms ?? 0));
    if (frames.length < PIECE) {
      this.endMs = Math.min(this.endMs, number * this.pieceMs() + frames.length * this.stepMs);
    }
    if (frames.length === 0) {
      this.exposure.release(handle);
      return false;
    }
    this.pieces.set(number, { frames, handle });
    this.forget(number);
    return true;
  }

  forget(around) {
    const far = [...this.pieces.keys()].sort((one, other) => Math.abs(other - around) - Math.abs(one - around));
    for (const number of far.slice(0, Math.max(0, far.length - KEPT_PIECES))) {
      this.exposure.release(this.pieces.get(number).handle);
      this.pieces.delete(number);
    }
  }

  /* Closes all; what is still on its way is closed when it comes. */
  clear({ rung = this.rung, stepMs = this.stepMs } = {}) {
    this.pieces.forEach(({ handle }) => this.exposure.release(handle));
    this.pieces.clear();
    this.waiting = new Map();
    this.rung = rung;
    this.stepMs = stepMs;
    this.endMs = Infinity;
  }
}
