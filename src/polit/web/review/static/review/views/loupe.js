/* One item at full size: grey first, colour when asked; zoom, turn, levels, and sharper parts. */

import { button, make } from "./dom.js";
import { Exposure, RUNG_WORDS, failureText, sortParts } from "./exposure.js";
import { factsList, fetchFacts } from "./facts.js";
import { Lens, NEUTRAL, addLensKeys, addPointer, followSize } from "./lens.js";
import { Panel, backOf, placeOf } from "./panel.js";
import { drawWhole, fetchTiles } from "./safetiles.js";

const MOST_REGION_PX = 4096;
const LEVELS = [
  ["brightness", "Brightness", -100, 100, 5],
  ["contrast", "Contrast", -100, 100, 5],
  ["gamma", "Gamma", 0.2, 5, 0.1],
];

class Loupe {
  constructor(context, items) {
    this.context = context;
    this.place = placeOf(items[0] ?? context.current());
    this.among = items[0]?.among ?? null;
    this.panel = new Panel(context, "loupe", "Loupe", { back: backOf(items) });
    this.exposure = new Exposure(context, (text) => this.panel.say(text));
    this.lens = new Lens();
    this.levels = { ...NEUTRAL };
    this.tile = null;
    this.build();
    this.addKeys();
    this.panel.hiders.push(() => this.veil());
    this.panel.closers.push(() => this.dropTile());
    this.goTo(this.place);
  }

  build() {
    const label = "Picture; arrow keys move it, plus and minus zoom";
    this.canvas = make("canvas", {
      class: "viewer-picture", "data-veiled": true, role: "img", tabindex: "0", "aria-label": label,
    });
    this.facts = make("div", { class: "viewer-beside" });
    const stage = make("div", { class: "viewer-stage" }, this.canvas);
    this.panel.body.append(make("div", { class: "viewer-split" }, stage, this.facts));
    this.panel.firstFocus = this.canvas;
    this.previous = button("Previous", () => this.step(-1));
    this.next = button("Next", () => this.step(1));
    this.grey = button("Unveil, grey", () => this.unveil("full_grey"), { "aria-pressed": "false" });
    this.colour = button("Unveil, colour", () => this.unveil("full"), { "aria-pressed": "false" });
    this.part = button("Sharper part", () => this.unveilRegion(), { disabled: true });
    const local = [
      ["Zoom in", "+"], ["Zoom out", "-"], ["Fit", "f"], ["1:1", "a"], ["Turn", "r"],
    ].map(([words, key]) => button(words, () => this.panel.keys.get(key)()));
    const veil = button("Veil", () => this.veil());
    this.panel.bar.append(this.previous, this.next, this.grey, this.colour, veil, this.part, ...local);
    this.panel.body.append(this.levelFields());
    const redraw = () => this.draw();
    this.panel.closers.push(followSize(this.canvas, redraw));
    addPointer(this.canvas, this.lens, () => this.whole(), redraw);
  }

  levelFields() {
    const inputs = LEVELS.map(([name, words, min, max, step]) => {
      const id = `viewer-level-${name}`;
      const input = make("input", { type: "range", id, min, max, step, value: NEUTRAL[name] });
      input.addEventListener("input", () => {
        this.levels[name] = Number(input.value);
        this.draw();
      });
      return { name, input, field: make("span", { class: "viewer-field" }, make("label", { for: id }, words), input) };
    });
    const reset = button("Reset levels", () => {
      this.levels = { ...NEUTRAL };
      for (const { name, input } of inputs) {
        input.value = NEUTRAL[name];
      }
      this.draw();
    });
    const fields = inputs.map(({ field }) => field);
    return make("div", { class: "viewer-bar", role: "group", "aria-label": "Levels" }, ...fields, reset);
  }

  addKeys() {
    const { keys } = this.panel;
    addLensKeys(keys, this.lens, this.canvas, () => this.whole(), () => this.draw());
    keys.set("g", () => this.unveil(this.rung === "full_grey" ? "full" : "full_grey"));
    keys.set("v", () => (this.rung ? this.veil() : this.unveil("full_grey")));
    keys.set("e", () => this.unveilRegion());
    keys.set("PageUp", () => this.step(-1));
    keys.set("PageDown", () => this.step(1));
    keys.set("[", () => this.step(-1));
    keys.set("]", () => this.step(1));
    const decided = () => ({ places: [this.place], rung: this.rung ?? "tile" });
    this.panel.addDecisions(decided, (words) => this.advance(words));
  }

  /* After a decision: on to the next open item, veiled; the last one stays. */
  advance(words) {
    const { order } = this.context;
    const index = this.index();
    const isOrder = this.among === null && order?.nextOpen && index >= 0;
    const next = isOrder ? order.nextOpen(index) : index + 1;
    const place = next >= 0 && next !== index ? this.places()[next] : undefined;
    if (place === undefined) {
      this.panel.say(words);
      return;
    }
    this.goTo(place);
    this.panel.say(`${words} Now item ${place}, veiled.`);
  }

  /* What previous and next go along: the members of a stack, else the order of the grid. */
  places() {
    return this.among ?? this.context.order?.places ?? [];
  }

  index() {
    return this.places().indexOf(this.place);
  }

  step(by) {
    const index = this.index();
    const place = index < 0 ? undefined : this.places()[index + by];
    if (place !== undefined) {
      this.goTo(place);
    }
  }

  /* Nothing but the safe tile and the facts: what is unveiled is asked for each picture anew. */
  async goTo(place) {
    this.veil();
    this.dropTile();
    this.place = place;
    this.lens.fit();
    this.lens.turn = 0;
    const index = this.index();
    const places = this.places();
    this.previous.disabled = index <= 0;
    this.next.disabled = index < 0 || index + 1 >= places.length;
    const where = index < 0 ? "" : ` (${(index + 1).toLocaleString("en-GB")} of ${places.length.toLocaleString("en-GB")})`;
    this.panel.heading.textContent = `Loupe: item ${place}${where}`;
    this.panel.say("Veiled. Enter or V unveils at full size in grey; G changes to colour.");
    this.facts.replaceChildren();
    await Promise.all([this.loadTile(place), this.loadFacts(place)]);
  }

  async loadTile(place) {
    const tiles = await fetchTiles(this.context.config, [place]).catch(() => new Map());
    if (this.place !== place || this.panel.isClosed) {
      tiles.forEach((bitmap) => bitmap.close());
      return;
    }
    this.tile = tiles.get(place) ?? null;
    this.draw();
  }

  async loadFacts(place) {
    const facts = await fetchFacts(this.context.config, place).catch(() => null);
    if (this.place === place && !this.panel.isClosed) {
      this.facts.replaceChildren(factsList(facts));
    }
  }

  whole() {
    return this.pieces?.[0]?.bitmap ?? null;
  }

  async unveil(rung) {
    if (this.rung === rung) {
      return;
    }
    this.panel.say(`Asking for ${RUNG_WORDS[rung]} …`);
    const handle = await this.exposure.ask({ what: "original", places: [this.place], rung });
    if (!handle) {
      return;
    }
    const { shown, failed } = sortParts(handle);
    if (shown.length === 0) {
      this.exposure.release(handle);
      this.panel.say(failureText(failed) || "No picture came.");
      return;
    }
    const before = this.handles ?? [];
    this.handles = [handle];
    this.original = shown[0];
    this.pieces = [{ bitmap: shown[0].bitmap }];
    before.forEach((each) => this.exposure.release(each));
    this.setRung(rung);
    this.draw();
  }

  setRung(rung) {
    this.rung = rung;
    this.grey.setAttribute("aria-pressed", String(rung === "full_grey"));
    this.colour.setAttribute("aria-pressed", String(rung === "full"));
    this.part.disabled = !this.canSharpen();
    if (rung) {
      const { of_width_px: width, of_height_px: height } = this.original;
      const size = width && height ? `, ${width} × ${height} px` : "";
      const more = this.canSharpen() ? " Larger than shown: zoom in and ask for a sharper part (E)." : "";
      this.panel.say(`Unveiled: ${RUNG_WORDS[rung]}${size}.${more}`);
    }
  }

  canSharpen() {
    return Boolean(this.rung && this.original.of_width_px > this.whole().width);
  }

  /* The visible part in pixels of the original, at most 4,096 wide and high. */
  region() {
    const { of_width_px: width, of_height_px: height } = this.original;
    const [left, top, wide, high] = this.lens.visible(this.canvas, this.whole());
    const most = (share, size) => Math.max(1, Math.min(MOST_REGION_PX, Math.round(share * size)));
    const [w, h] = [most(wide, width), most(high, height)];
    const from = (share, part, shown, size) =>
      Math.max(0, Math.min(size - part, Math.round((share + shown / 2) * size - part / 2)));
    return [from(left, w, wide, width), from(top, h, high, height), w, h];
  }

  async unveilRegion() {
    if (!this.canSharpen()) {
      return;
    }
    const region = this.region();
    const { of_width_px: width, of_height_px: height } = this.original;
    const request = { what: "original", places: [this.place], rung: this.rung, region };
    const handle = await this.exposure.ask(request);
    const piece = handle && sortParts(handle).shown[0];
    if (!handle || !piece || !this.pieces) {
      if (handle) {
        this.exposure.release(handle);
        this.panel.say("No sharper part came.");
      }
      return;
    }
    /* One sharper part at a time: a large picture would fill the memory otherwise. */
    this.handles.slice(1).forEach((each) => this.exposure.release(each));
    this.handles = [this.handles[0], handle];
    const share = [region[0] / width, region[1] / height, region[2] / width, region[3] / height];
    this.pieces = [this.pieces[0], { bitmap: piece.bitmap, share }];
    this.panel.say(`Sharper part: ${region[2]} × ${region[3]} px.`);
    this.draw();
  }

  draw() {
    if (this.pieces) {
      this.lens.draw(this.canvas, this.pieces, this.levels);
    } else {
      drawWhole(this.canvas, this.tile, { isSmooth: false });
    }
  }

  veil() {
    this.exposure.veil();
    this.pieces = null;
    this.handles = [];
    this.original = null;
    this.setRung(null);
    this.draw();
    this.panel.say("Veiled.");
  }

  dropTile() {
    this.tile?.close();
    this.tile = null;
  }
}

export function open(context, items) {
  const loupe = new Loupe(context, items);
  loupe.panel.keys.set("Enter", () => loupe.unveil("full_grey"));
  return loupe.panel.asView(() => [loupe.place]);
}
