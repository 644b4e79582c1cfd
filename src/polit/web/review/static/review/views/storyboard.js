/* A video's key frames: twelve first, blurred to safe tiles here, sharp while held or when asked.

   The server counts the story as unveiled when it sends it; the blur only spares the eye. */

import { button, count, make, timeText } from "./dom.js";
import { Exposure, RUNG_WORDS, failureText, sortParts } from "./exposure.js";
import { Panel, placeOf } from "./panel.js";
import { fetchTiles } from "./safetiles.js";
import { TileGrid } from "./tilegrid.js";

const FIRST = 12;
const SAFE_PX = 24;

/* Indexes of so many of a count, evenly spread, the first and the last among them. */
export function spread(total, wanted) {
  if (total <= wanted) {
    return Array.from({ length: total }, (_, index) => index);
  }
  return Array.from({ length: wanted }, (_, index) => Math.round((index * (total - 1)) / (wanted - 1)));
}

/* A grey picture of 24 pixels at most, as a safe tile is. */
function softened(bitmap) {
  const scale = Math.min(1, SAFE_PX / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const soft = new OffscreenCanvas(width, height);
  const context = soft.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  context.globalCompositeOperation = "saturation";
  context.fillStyle = "#888";
  context.fillRect(0, 0, width, height);
  return soft;
}

class Storyboard {
  constructor(context, items) {
    this.context = context;
    this.place = placeOf(items[0] ?? context.current());
    this.frames = [];
    this.sharp = new Set();
    this.rung = null;
    this.isWhole = false;
    this.panel = new Panel(context, "storyboard", `Storyboard of item ${this.place}`);
    this.exposure = new Exposure(context, (text) => this.panel.say(text));
    this.grid = new TileGrid("Key frames", {
      open: (index) => this.play(this.shown()[index]?.at_ms ?? 0),
      hold: (index) => this.sharpen([index]),
      letGo: () => this.soften(),
    });
    this.build();
    this.addKeys();
    this.panel.hiders.push(() => this.veil());
    this.panel.closers.push(() => this.tile?.close());
    this.load();
  }

  build() {
    this.ask = button("Ask for the key frames", () => this.unveil("grey160"));
    this.all = button("Reveal all", () => this.revealAll(), { disabled: true });
    this.more = button("More frames", () => this.showMore(), { disabled: true });
    this.colour = button("Colour", () => this.unveil("colour160"), { disabled: true });
    this.panel.bar.append(
      this.ask, this.all, button("Veil", () => this.soften()), this.more, this.colour,
      button("Player", () => this.play(0)),
    );
    this.panel.body.append(this.grid.element);
    this.panel.firstFocus = this.ask;
  }

  addKeys() {
    const { keys } = this.panel;
    this.grid.addKeys(keys);
    keys.set("Enter", () => (this.rung ? this.play(this.shown()[this.grid.focused]?.at_ms ?? 0) : this.unveil("grey160")));
    keys.set("Shift+v", () => this.revealAll());
    keys.set("g", () => this.unveil(this.rung === "grey160" ? "colour160" : "grey160"));
    keys.set("p", () => this.revealAll());
    this.panel.addDecisions(() => ({ places: [this.place], rung: this.seenRung() }));
  }

  /* Blurred frames are tiles: a decision says what was really seen. */
  seenRung() {
    return this.wasSharp ? (this.bestRung ?? "grey160") : "tile";
  }

  async load() {
    this.panel.say("Veiled. Enter asks for the key frames; they come blurred.");
    this.grid.fill([{ label: "Safe tile of the video", notes: ["safe tile"] }]);
    const tiles = await fetchTiles(this.context.config, [this.place]).catch(() => new Map());
    if (this.panel.isClosed) {
      tiles.forEach((bitmap) => bitmap.close());
      return;
    }
    this.tile = tiles.get(this.place) ?? null;
    this.draw();
  }

  async unveil(rung) {
    if (this.rung === rung) {
      return;
    }
    this.panel.say("Asking for the key frames …");
    const handle = await this.exposure.ask({ what: "story", places: [this.place], rung });
    if (!handle) {
      return;
    }
    const { shown, failed } = sortParts(handle);
    if (shown.length === 0) {
      this.exposure.release(handle);
      this.panel.say(failureText(failed) || "No key frames came.");
      return;
    }
    const before = this.handle;
    const focused = this.grid.focused;
    this.handle = handle;
    this.rung = rung;
    this.frames = shown.sort((one, other) => (one.at_ms ?? 0) - (other.at_ms ?? 0));
    if (before) {
      this.exposure.release(before);
    }
    this.showFrames(failureText(failed));
    this.grid.focus(focused);
  }

  shown() {
    const indexes = this.isWhole
      ? this.frames.map((_, index) => index)
      : spread(this.frames.length, FIRST);
    return indexes.map((index) => this.frames[index]);
  }

  showFrames(problem) {
    const shown = this.shown();
    this.grid.fill(shown.map(({ at_ms: at }, index) => {
      const when = Number.isFinite(at) ? timeText(at) : `frame ${index + 1}`;
      return { label: `Key frame ${index + 1} of ${shown.length}, at ${when}`, notes: [when] };
    }));
    this.all.disabled = false;
    this.colour.disabled = this.rung === "colour160";
    this.more.disabled = this.isWhole || this.frames.length <= FIRST;
    this.more.textContent = this.more.disabled ? "More frames" : `All ${this.frames.length} frames`;
    const blurred = this.sharp.size > 0 ? "" : ", blurred. Hold V to reveal one";
    this.panel.say(`${count(shown.length, "key frame", "key frames")} of ${this.frames.length}, ${RUNG_WORDS[this.rung]}${blurred}. ${problem}`);
    this.draw();
  }

  showMore() {
    this.isWhole = true;
    this.sharp.clear();
    this.showFrames("");
    this.grid.focus(0);
  }

  revealAll() {
    if (this.rung) {
      this.sharpen(this.shown().map((_, index) => index));
      this.panel.say(`All shown frames revealed: ${RUNG_WORDS[this.rung]}.`);
    }
  }

  sharpen(indexes) {
    if (this.rung) {
      this.sharp = new Set(indexes);
      this.wasSharp = true;
      this.bestRung = this.bestRung === "colour160" ? "colour160" : this.rung;
      this.draw();
    }
  }

  soften() {
    this.sharp.clear();
    this.draw();
  }

  draw() {
    if (!this.rung) {
      this.grid.blank();
      this.grid.draw(0, this.tile, false);
      return;
    }
    this.shown().forEach(({ bitmap }, index) => {
      if (!bitmap || bitmap.width === 0) {
        this.grid.draw(index, null, false);
      } else if (this.sharp.has(index)) {
        this.grid.draw(index, bitmap, true);
      } else {
        this.grid.draw(index, softened(bitmap), false);
      }
    });
  }

  play(from) {
    this.context.openView("player", [{ place: this.place, from_ms: from, back: ["storyboard", [this.place]] }]);
  }

  veil() {
    this.exposure.veil();
    this.handle = null;
    this.frames = [];
    this.sharp.clear();
    this.rung = null;
    this.isWhole = false;
    for (const press of [this.all, this.more, this.colour]) {
      press.disabled = true;
    }
    const hadFocus = this.grid.element.contains(document.activeElement);
    this.grid.fill([{ label: "Safe tile of the video", notes: ["safe tile"] }]);
    if (hadFocus && !this.context.isHidden()) {
      this.grid.focus(0);
    }
    this.draw();
    this.panel.say("Veiled.");
  }
}

export function open(context, items) {
  const storyboard = new Storyboard(context, items);
  return storyboard.panel.asView(() => [storyboard.place]);
}
