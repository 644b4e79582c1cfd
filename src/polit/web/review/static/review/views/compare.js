/* Two to four items side by side under one lens; two of them also in turn, or as their difference. */

import { button, make } from "./dom.js";
import { Exposure, RUNG_WORDS, failureText, sortParts } from "./exposure.js";
import { Lens, addLensKeys, addPointer, followSize } from "./lens.js";
import { Panel, backOf, placeOf } from "./panel.js";
import { drawWhole, fetchTiles } from "./safetiles.js";

const MOST = 4;
const BLINK_MS = 700;

class Compare {
  constructor(context, items) {
    this.context = context;
    this.places = [...new Set(items.map(placeOf))].slice(0, MOST);
    this.panel = new Panel(context, "compare", `Compare ${this.places.length} items`, { back: backOf(items) });
    this.exposure = new Exposure(context, (text) => this.panel.say(text));
    this.lens = new Lens();
    this.tiles = new Map();
    this.parts = new Map();
    this.mode = "side";
    this.chosen = 0;
    this.build();
    this.addKeys();
    this.panel.hiders.push(() => this.veil());
    this.panel.closers.push(() => this.tiles.forEach((bitmap) => bitmap.close()));
    this.load();
  }

  build() {
    const redraw = () => this.draw();
    this.panes = this.places.map((place, index) => {
      const canvas = make("canvas", {
        class: "viewer-picture", "data-veiled": true, role: "img", tabindex: "0", "aria-label": `Item ${place}`,
      });
      canvas.addEventListener("focus", () => {
        this.chosen = index;
      });
      this.panel.closers.push(followSize(canvas, redraw));
      addPointer(canvas, this.lens, () => this.bitmap(place), redraw);
      const caption = make("figcaption", { class: "govuk-body-s" }, `Item ${place}`);
      return { place, canvas, caption, frame: make("figure", { class: "viewer-pane" }, canvas, caption) };
    });
    this.panel.firstFocus = this.panes[0]?.canvas;
    const frames = this.panes.map(({ frame }) => frame);
    this.panel.body.append(make("div", { class: `viewer-panes viewer-panes--${frames.length}` }, ...frames));
    this.grey = button("Unveil all, grey", () => this.unveil("full_grey"), { "aria-pressed": "false" });
    this.colour = button("Unveil all, colour", () => this.unveil("full"), { "aria-pressed": "false" });
    this.blinking = button("Blink", () => this.setMode("blink"), { "aria-pressed": "false" });
    this.differing = button("Difference", () => this.setMode("difference"), { "aria-pressed": "false" });
    const local = [["Zoom in", "+"], ["Zoom out", "-"], ["Fit", "f"], ["Turn", "r"]].map(([words, key]) =>
      button(words, () => this.panel.keys.get(key)()));
    this.panel.bar.append(
      this.grey, this.colour, button("Veil", () => this.veil()), this.blinking, this.differing, ...local,
    );
    this.showMode();
  }

  addKeys() {
    const { keys } = this.panel;
    const pane = this.panes[0];
    const anyBitmap = () => this.parts.values().next().value?.bitmap ?? null;
    addLensKeys(keys, this.lens, pane.canvas, anyBitmap, () => this.draw());
    keys.set("Enter", () => this.unveil("full_grey"));
    keys.set("g", () => this.unveil(this.rung === "full_grey" ? "full" : "full_grey"));
    keys.set("v", () => (this.rung ? this.veil() : this.unveil("full_grey")));
    keys.set("b", () => this.setMode("blink"));
    keys.set("d", () => this.setMode("difference"));
    this.panel.addDecisions(() => ({ places: [this.places[this.chosen]], rung: this.rung ?? "tile" }));
  }

  async load() {
    this.panel.say("Veiled. Enter unveils all at full size in grey. A category key decides for the one in focus.");
    const tiles = await fetchTiles(this.context.config, this.places).catch(() => new Map());
    if (this.panel.isClosed) {
      tiles.forEach((bitmap) => bitmap.close());
      return;
    }
    this.tiles = tiles;
    this.draw();
  }

  bitmap(place) {
    return this.parts.get(place)?.bitmap ?? null;
  }

  async unveil(rung) {
    if (this.rung === rung) {
      return;
    }
    this.veil();
    this.panel.say(`Asking for ${RUNG_WORDS[rung]} …`);
    const asked = this.places.map((place) => this.exposure.ask({ what: "original", places: [place], rung }));
    const handles = (await Promise.all(asked)).filter(Boolean);
    if (handles.length === 0) {
      return;
    }
    const sorted = handles.map(sortParts);
    const shown = sorted.flatMap((each) => each.shown);
    const failed = sorted.flatMap((each) => each.failed);
    this.parts = new Map(shown.filter(({ bitmap }) => bitmap.width > 0).map((part) => [part.place, part]));
    if (this.parts.size > 0) {
      this.rung = rung;
    }
    this.panel.say(`${this.parts.size} of ${this.places.length} unveiled: ${RUNG_WORDS[rung]}. ${failureText(failed)}`);
    this.showMode();
    this.draw();
  }

  canPair() {
    return this.places.length === 2 && this.parts.size === 2;
  }

  setMode(mode) {
    if (!this.canPair()) {
      this.panel.say("Blink and difference take two items, both unveiled.");
      return;
    }
    this.mode = this.mode === mode ? "side" : mode;
    this.showMode();
    this.draw();
  }

  /* Whoever asked for less movement steps by hand: B again shows the other one. */
  showMode() {
    window.clearInterval(this.timer);
    this.isSecond = false;
    if (this.mode === "blink") {
      this.timer = window.setInterval(() => {
        this.isSecond = !this.isSecond;
        this.draw();
      }, BLINK_MS);
    }
    const isPair = this.canPair();
    for (const [press, mode] of [[this.blinking, "blink"], [this.differing, "difference"]]) {
      press.disabled = !isPair;
      press.setAttribute("aria-pressed", String(this.mode === mode));
    }
    this.grey.setAttribute("aria-pressed", String(this.rung === "full_grey"));
    this.colour.setAttribute("aria-pressed", String(this.rung === "full"));
    this.panes.forEach(({ frame }, index) => {
      frame.hidden = this.mode !== "side" && index > 0;
    });
    const [first, second] = this.places;
    this.panes[0].caption.textContent = {
      side: `Item ${first}`,
      blink: `Items ${first} and ${second} in turn`,
      difference: `What differs between ${first} and ${second}: black is equal`,
    }[this.mode];
  }

  draw() {
    const [one, other] = this.places.map((place) => this.bitmap(place));
    if (this.mode !== "side" && one && other) {
      const { canvas } = this.panes[0];
      if (this.mode === "blink") {
        this.lens.draw(canvas, [{ bitmap: this.isSecond ? other : one }]);
      } else {
        this.drawDifference(canvas, one, other);
      }
      return;
    }
    for (const { place, canvas } of this.panes) {
      const bitmap = this.bitmap(place);
      if (bitmap) {
        this.lens.draw(canvas, [{ bitmap }]);
      } else {
        drawWhole(canvas, this.tiles.get(place) ?? null, { isSmooth: false });
      }
    }
  }

  drawDifference(canvas, one, other) {
    this.lens.draw(canvas, [{ bitmap: one }]);
    const above = new OffscreenCanvas(canvas.width, canvas.height);
    this.lens.draw(above, [{ bitmap: other }]);
    const context = canvas.getContext("2d");
    context.globalCompositeOperation = "difference";
    context.drawImage(above, 0, 0);
    context.globalCompositeOperation = "source-over";
  }

  veil() {
    window.clearInterval(this.timer);
    this.exposure.veil();
    this.parts = new Map();
    this.rung = null;
    this.mode = "side";
    this.showMode();
    this.draw();
    this.panel.say("Veiled.");
  }
}

export function open(context, items) {
  const compare = new Compare(context, items);
  return compare.panel.asView(() => [compare.places[compare.chosen]]);
}
