/* Safe tiles: fetched in batches, the newest wish first, kept as bitmaps, the oldest closed first. */

import { MARK } from "./order.js";

const BATCH = 64; // tiles of one answer: 64 of 0.2 kB
const MOST_IN_FLIGHT = 4;
const MOST_KEPT = 1500;
const AGAIN_MS = 2000;

/** Return [[place, bytes], …] of an answer: u32 count, then place and length of each, then bytes. */
function partsOf(buffer) {
  const view = new DataView(buffer);
  const count = view.getUint32(0, true);
  let at = 4 + 8 * count;
  return Array.from({ length: count }, (_, number) => {
    const length = view.getUint32(8 + 8 * number, true);
    const bytes = new Uint8Array(buffer, at, length);
    at += length;
    return [view.getUint32(4 + 8 * number, true), bytes];
  });
}

/** The tiles of an order. A tile that is known not to exist is kept as `null`. */
export class Tiles {
  constructor({ url, onArrived }) {
    this.url = url;
    this.onArrived = onArrived;
    this.kept = new Map();
    this.queue = [];
    this.inFlight = new Map();
    this.failedUntil = new Map();
    this.order = null;
    this.isClosed = false;
  }

  /** Return a bitmap, `null` where there is none, `undefined` where it is not here yet. */
  get(place) {
    return this.kept.get(place);
  }

  /** Say what is on the screen, and how far beyond is wanted; all other wishes are dropped. */
  want({ first, last, before, after }) {
    const [seen, soon] = [this.#blocks(first, last), this.#blocks(before, after)];
    const wanted = [...soon.filter((block) => !seen.includes(block)), ...seen.reverse()];
    for (const [block, stop] of this.inFlight) {
      if (!wanted.includes(block)) {
        stop.abort();
      }
    }
    this.queue = wanted.filter((block) => !this.inFlight.has(block));
    this.#touch(first, last);
    this.#pump();
  }

  /** Return bitmaps of a few places, in their order, for whoever asks to close. */
  async few(places) {
    const answer = await fetch(`${this.url}?places=${places.join(",")}`);
    const parts = new Map(answer.ok ? partsOf(await answer.arrayBuffer()) : []);
    return Promise.all(places.map((place) => bitmapOf(parts.get(place) ?? new Uint8Array(0))));
  }

  /** Close every bitmap and fetch no more, until `open`. */
  close() {
    this.isClosed = true;
    this.queue = [];
    this.inFlight.forEach((stop) => stop.abort());
    this.kept.forEach((bitmap) => bitmap?.close());
    this.kept.clear();
  }

  /** Fetch again. */
  open() {
    this.isClosed = false;
  }

  #blocks(first, last) {
    const found = [];
    for (let block = Math.floor(Math.max(0, first) / BATCH); block * BATCH <= last; block += 1) {
      if (block * BATCH < this.order.count && this.#missing(block).length) {
        found.push(block);
      }
    }
    return found;
  }

  #missing(block) {
    const { places, marks, count } = this.order;
    const found = [];
    for (let index = block * BATCH; index < Math.min(count, (block + 1) * BATCH); index += 1) {
      if (!this.kept.has(places[index]) && !(marks[index] & MARK.NO_TILE)) {
        found.push(places[index]);
      }
    }
    return found;
  }

  #touch(first, last) {
    for (let index = first; index <= Math.min(last, this.order.count - 1); index += 1) {
      const place = this.order.places[index];
      const bitmap = this.kept.get(place);
      if (bitmap) {
        this.kept.delete(place);
        this.kept.set(place, bitmap);
      }
    }
  }

  #pump() {
    while (!this.isClosed && this.inFlight.size < MOST_IN_FLIGHT && this.queue.length) {
      const block = this.queue.pop();
      if ((this.failedUntil.get(block) ?? 0) < performance.now()) {
        this.#load(block);
      }
    }
  }

  async #load(block) {
    const places = this.#missing(block);
    if (!places.length) {
      return;
    }
    const stop = new AbortController();
    this.inFlight.set(block, stop);
    try {
      const answer = await fetch(`${this.url}?places=${places.join(",")}`, { signal: stop.signal });
      if (!answer.ok || answer.redirected) {
        throw new Error(`tiles: ${answer.status}`);
      }
      await this.#keep(partsOf(await answer.arrayBuffer()));
    } catch (error) {
      if (error.name !== "AbortError") {
        this.failedUntil.set(block, performance.now() + AGAIN_MS);
        window.setTimeout(this.onArrived, AGAIN_MS + 50);
      }
    } finally {
      this.inFlight.delete(block);
      this.#pump();
    }
  }

  async #keep(parts) {
    const made = await Promise.all(parts.map(([, bytes]) => bitmapOf(bytes)));
    parts.forEach(([place], number) => {
      if (this.isClosed) {
        made[number]?.close();
      } else {
        this.kept.get(place)?.close();
        this.kept.set(place, made[number]);
      }
    });
    this.#forget();
    this.onArrived();
  }

  #forget() {
    for (const [place, bitmap] of this.kept) {
      if (this.kept.size <= MOST_KEPT) {
        break;
      }
      bitmap?.close();
      this.kept.delete(place);
    }
  }
}

async function bitmapOf(bytes) {
  if (!bytes.length) {
    return null;
  }
  try {
    return await createImageBitmap(new Blob([bytes], { type: "image/webp" }));
  } catch {
    return null;
  }
}
