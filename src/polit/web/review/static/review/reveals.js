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
    this.wish = 0;
  }

  /** Return the bitmap of a place, or nothing. */
  get(place) {
    return this.shown.get(place)?.part.bitmap;
  }

  /** Unveil places of the grid, by one event for each hundred. Returns how many show a picture. */
  async reveal(places) {
    const wish = this.wish;
    const hidden = places.filter((place) => this.shown.get(place)?.rung !== this.rung);
    let made = 0;
    for (let at = 0; at < hidden.length && wish === this.wish; at += MOST_OF_EVENT) {
      const some = hidden.slice(at, at + MOST_OF_EVENT);
      const answer = await this.door.unveil({ what: "page", places: some, rung: this.rung });
      if (wish !== this.wish || answer.isClosed) {
        answer.close(); // released, or hidden, while it was under way
        return made;
      }
      made += this.#take(answer);
      this.onChange();
    }
    return made;
  }

  /** Veil places again; all of them without an argument, and whatever is under way. */
  veil(places = null) {
    if (places === null) {
      this.wish += 1;
    }
    for (const place of places ?? [...this.shown.keys()]) {
      const held = this.shown.get(place);
      if (held) {
        this.shown.delete(place);
        held.answer.closePart(held.part);
        if (![...this.shown.values()].some((each) => each.answer === held.answer)) {
          held.answer.close();
        }
      }
    }
    this.onChange();
  }

  /** Veil what is no longer on the screen. */
  keepOnly(isOnScreen) {
    const gone = [...this.shown.keys()].filter((place) => !isOnScreen(place));
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

  #take(answer) {
    for (const part of answer.parts) {
      this.veil([part.place]);
      if (part.bitmap) {
        this.shown.set(part.place, { answer, part, rung: this.rung });
        this.noteRung(part.place, this.rung);
      }
    }
    return answer.parts.filter((part) => part.bitmap).length;
  }
}
