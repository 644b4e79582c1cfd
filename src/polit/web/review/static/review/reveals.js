/* What is unveiled in the grid itself: 160 pixels, until the key is released or it scrolls away. */

const MOST_OF_EVENT = 100;
const RUNGS = ["tile", "grey160", "colour160", "full_grey", "full"];

/** Return the lesser of two rungs of the ladder. */
function lesser(one, other) {
  return RUNGS.indexOf(one) < RUNGS.indexOf(other) ? one : other;
}

/** Unveiled cells of the grid, and on which rung an item was seen on this page. */
export class Reveals {
  constructor({ door, onChange }) {
    this.door = door;
    this.onChange = onChange;
    this.rung = "grey160";
    this.shown = new Map();
    this.rungs = new Map();
    this.wanted = new Map(); // the rung on which a place was asked for last
  }

  /** Return the bitmap of a place, or nothing. */
  get(place) {
    return this.shown.get(place)?.part.bitmap;
  }

  /** Unveil places of the grid, by one event for each hundred. Returns how many show a picture. */
  async reveal(places) {
    const { rung } = this; // it may be another one when the answers come
    const hidden = places.filter((place) => this.shown.get(place)?.rung !== rung);
    hidden.forEach((place) => this.wanted.set(place, rung));
    let made = 0;
    try {
      for (let at = 0; at < hidden.length; at += MOST_OF_EVENT) {
        const some = hidden.slice(at, at + MOST_OF_EVENT)
          .filter((place) => this.wanted.get(place) === rung);
        if (some.length) {
          made += this.#take(await this.door.unveil({ what: "page", places: some, rung }), rung);
          this.onChange();
        }
      }
    } finally {
      /* What was refused is not about to come: the next key asks anew. */
      hidden.filter((place) => this.wanted.get(place) === rung)
        .forEach((place) => this.wanted.delete(place));
    }
    return made;
  }

  /** Tell whether a place is unveiled, or about to be. */
  has(place) {
    return this.shown.has(place) || this.wanted.has(place);
  }

  /** What is unveiled, or about to be. */
  get places() {
    return [...new Set([...this.shown.keys(), ...this.wanted.keys()])];
  }

  /** Tell whether anything is unveiled, or about to be. */
  get isAny() {
    return this.shown.size > 0 || this.wanted.size > 0;
  }

  /** Veil places again, all of them without an argument; what is under way then comes too late. */
  veil(places = this.places) {
    for (const place of places) {
      this.wanted.delete(place);
      const held = this.shown.get(place);
      if (held) {
        this.shown.delete(place);
        held.answer.closePart(held.part);
        this.#closeEmpty(held.answer);
      }
    }
    this.onChange();
  }

  /** Veil what is no longer on the screen. */
  keepOnly(isOnScreen) {
    const gone = this.places.filter((place) => !isOnScreen(place));
    if (gone.length) {
      this.veil(gone);
    }
  }

  /** Note that an item was seen on a rung: its decision says so. */
  noteRung(place, rung) {
    const before = this.rungs.get(place) ?? "tile";
    this.rungs.set(place, lesser(before, rung) === before ? rung : before);
  }

  /** Return the least rung on which all of some items were seen. */
  rungOf(places) {
    return places.reduce(
      (least, place) => lesser(least, this.rungs.get(place) ?? "tile"), "full",
    );
  }

  #take(answer, rung) {
    let made = 0;
    for (const part of answer.parts) {
      const isWanted = this.wanted.get(part.place) === rung;
      if (isWanted) {
        this.veil([part.place]);
      }
      if (isWanted && !answer.isClosed && part.bitmap) {
        this.shown.set(part.place, { answer, part, rung });
        this.noteRung(part.place, rung);
        made += 1;
      } else {
        answer.closePart(part); // released, or hidden, while it was under way
      }
    }
    this.#closeEmpty(answer);
    return made;
  }

  #closeEmpty(answer) {
    if (![...this.shown.values()].some((each) => each.answer === answer)) {
      answer.close();
    }
  }
}
