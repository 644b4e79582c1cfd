/* A stack, opened: its members as safe tiles, the odd one first; reveal, split, and decide. */

import { button, choice, count, make, sizeText } from "./dom.js";
import { Exposure, failureText, sortParts } from "./exposure.js";
import { fetchFigures, fetchMembers, oddMembers, sortOddFirst } from "./members.js";
import { Panel, placeOf } from "./panel.js";
import { fetchTiles } from "./safetiles.js";
import { TileGrid } from "./tilegrid.js";

const PER_PAGE = 60;

class Stack {
  constructor(context, items) {
    this.context = context;
    this.lead = placeOf(items[0] ?? context.current());
    this.members = [];
    this.page = 0;
    this.pagesSeen = new Set();
    this.tiles = new Map();
    this.rung = "tile";
    this.panel = new Panel(context, "stack", `Stack of item ${this.lead}`);
    this.exposure = new Exposure(context, (text) => this.panel.say(text));
    this.grid = new TileGrid("Members of the stack", {
      open: (index) => this.openLoupe(index),
      choose: () => this.sayChosen(),
      hold: (index) => this.reveal([this.shown()[index].place], { isHeld: true }),
      letGo: () => this.veil(),
    });
    this.build();
    this.addKeys();
    this.panel.hiders.push(() => this.veil());
    this.panel.closers.push(() => this.dropTiles());
    this.load();
  }

  build() {
    this.revealPage = button("Reveal this page", () => this.reveal(this.pagePlaces()));
    this.colour = button("Colour", () => this.setColour(!this.isColour));
    this.setColour(this.context.rung === "colour160");
    this.previous = button("Previous page", () => this.turn(-1));
    this.next = button("Next page", () => this.turn(1));
    this.splitOut = button("Split out", () => this.split());
    this.compare = button("Compare chosen", () => this.compareChosen());
    this.panel.bar.append(
      this.revealPage, this.colour, button("Veil", () => this.veil()), this.splitOut, this.compare,
      this.previous, this.next,
    );
    this.panel.body.append(this.grid.element, this.wholeFields());
  }

  /* Near copies are other files: the whole is decided only here, by name and number. */
  wholeFields() {
    const codes = (this.context.config.categories ?? []).map(({ code, label }) => [code, label]);
    const { frame, select } = choice("Category", [["", "Choose"], ...codes], () => {});
    this.decideWhole = button("Decide for the whole stack", () => {
      if (select.value === "") {
        this.panel.say("Choose a category first.");
        select.focus();
        return;
      }
      this.context.decide([this.lead], {
        code: select.value, whole_stacks: true, rung: this.rung, batch_seen: this.isAllSeen(),
      });
    });
    return make("div", { class: "viewer-bar", role: "group", "aria-label": "The whole stack" }, frame, this.decideWhole);
  }

  addKeys() {
    const { keys } = this.panel;
    this.grid.addKeys(keys);
    keys.set("Shift+v", () => this.reveal(this.pagePlaces()));
    keys.set("p", () => this.reveal(this.pagePlaces()));
    keys.set("g", () => this.setColour(!this.isColour));
    keys.set("Enter", () => this.openLoupe(this.grid.focused));
    keys.set(" ", () => this.grid.toggle(this.grid.focused));
    keys.set("o", () => this.split());
    keys.set("c", () => this.compareChosen());
    keys.set("PageUp", () => this.turn(-1));
    keys.set("PageDown", () => this.turn(1));
    this.panel.addDecisions(() => ({ places: this.chosenPlaces(), rung: this.rung, whole_stacks: false }));
  }

  back() {
    return ["stack", [this.lead]];
  }

  openLoupe(index) {
    const place = this.shown()[index]?.place ?? this.lead;
    const among = this.members.map((member) => member.place);
    this.context.openView("loupe", [{ place, among, back: this.back() }]);
  }

  async load() {
    this.panel.say("Loading …");
    try {
      this.members = await fetchMembers(this.context.config, this.lead);
      const figures = await fetchFigures(this.context.config, this.members.map(({ place }) => place));
      this.members.forEach((member) => Object.assign(member, figures.get(member.place)));
    } catch {
      this.members = [];
    }
    if (this.panel.isClosed) {
      return;
    }
    if (this.members.length === 0) {
      this.panel.say("The members cannot be read just now.");
      return;
    }
    this.members = sortOddFirst(this.members);
    this.decideWhole.textContent = `Decide for all ${this.members.length.toLocaleString("en-GB")}`;
    await this.showPage();
  }

  shown() {
    return this.members.slice(this.page * PER_PAGE, (this.page + 1) * PER_PAGE);
  }

  pagePlaces() {
    return this.shown().map((member) => member.place);
  }

  chosenPlaces() {
    const shown = this.shown();
    const chosen = [...this.grid.chosen];
    const indexes = chosen.length > 0 ? chosen : [this.grid.focused];
    return indexes.filter((index) => shown[index]).map((index) => shown[index].place);
  }

  pages() {
    return Math.ceil(this.members.length / PER_PAGE);
  }

  isAllSeen() {
    return this.pagesSeen.size >= this.pages();
  }

  labelled(member) {
    const reasons = this.odd?.get(member.place) ?? [];
    const category = this.context.config.categories?.[member.grade - 1]?.label;
    const notes = [
      member.place === this.lead ? "lead" : null,
      !Number.isFinite(member.distance) || member.place === this.lead ? null : `distance ${member.distance}`,
      category ?? null,
      member.size_bytes ? sizeText(member.size_bytes) : null,
      ...reasons,
    ].filter(Boolean);
    return { label: `Item ${member.place}: ${notes.join(", ")}`, notes, isOdd: reasons.length > 0 };
  }

  async showPage() {
    this.veil();
    this.odd = oddMembers(this.members);
    this.previous.disabled = this.page === 0;
    this.next.disabled = this.page + 1 >= this.pages();
    this.grid.fill(this.shown().map((member) => this.labelled(member)));
    this.pagesSeen.add(this.page);
    this.sayState();
    this.grid.focus(0);
    const { page } = this;
    const tiles = await fetchTiles(this.context.config, this.pagePlaces()).catch(() => new Map());
    if (this.panel.isClosed || page !== this.page) {
      tiles.forEach((bitmap) => bitmap.close());
      return;
    }
    this.dropTiles();
    this.tiles = tiles;
    this.draw();
  }

  turn(by) {
    if (this.page + by >= 0 && this.page + by < this.pages()) {
      this.page += by;
      this.showPage();
    }
  }

  sayState() {
    const odd = this.odd?.size ?? 0;
    const pages = this.pages() > 1 ? ` Page ${this.page + 1} of ${this.pages()}.` : "";
    const differs = odd > 0 ? ` ${odd === 1 ? "One differs; it stands" : `${odd} differ; they stand`} next to the lead.` : "";
    this.panel.say(`${count(this.members.length, "item", "items")}.${differs}${pages}`);
  }

  sayChosen() {
    this.panel.say(`${count(this.grid.chosen.size, "item is", "items are")} chosen.`);
  }

  /* What is revealed stays as it is; the next reveal is of the other kind. */
  setColour(isColour) {
    this.isColour = isColour;
    this.colour.setAttribute("aria-pressed", String(isColour));
  }

  async reveal(places, { isHeld = false } = {}) {
    if (places.length === 0) {
      this.panel.say("Nothing is shown yet: wait a moment.");
      return;
    }
    const rung = this.isColour ? "colour160" : "grey160";
    const handle = await this.exposure.ask({ what: "page", places, rung });
    if (!handle) {
      return;
    }
    if (isHeld && this.grid.held === null) {
      this.exposure.release(handle);
      return;
    }
    const { shown, failed } = sortParts(handle);
    this.rung = rung;
    this.revealed = new Map(shown.map((part) => [part.place, part.bitmap]));
    this.panel.say(`${count(shown.length, "item", "items")} revealed at 160 px, in ${rung === "grey160" ? "grey" : "colour"}. ${failureText(failed)}`);
    this.draw();
  }

  draw() {
    this.shown().forEach(({ place }, index) => {
      const revealed = this.revealed?.get(place);
      this.grid.draw(index, revealed ?? this.tiles.get(place) ?? null, Boolean(revealed));
    });
  }

  veil() {
    this.exposure.veil();
    this.revealed = null;
    this.draw();
  }

  compareChosen() {
    const places = this.chosenPlaces();
    const pair = places.length > 1 ? places.slice(0, 4) : [...new Set([this.lead, ...places])];
    if (pair.length < 2) {
      this.panel.say("Choose two to four items with Space first.");
      return;
    }
    this.context.openView("compare", pair.map((place) => ({ place, back: this.back() })));
  }

  /* For everybody in the case, and recorded: the gallery posts it. */
  async split() {
    const member = this.shown()[this.grid.focused];
    if (!member || member.place === this.lead) {
      this.panel.say("The lead stays: split the others out of its stack.");
      return;
    }
    const { config } = this.context;
    const answer = await fetch(config.urls.split, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": config.csrf },
      body: JSON.stringify({ place: member.place }),
    }).catch(() => null);
    if (!answer?.ok) {
      const problem = await answer?.json().catch(() => null);
      this.panel.say(`Not split: ${problem?.message ?? "the server does not answer"}.`);
      return;
    }
    this.members = this.members.filter((each) => each !== member);
    this.page = Math.min(this.page, Math.max(0, this.pages() - 1));
    await this.showPage();
    this.panel.say(`Item ${member.place} stands by itself now, for everybody in the case.`);
    this.context.announce(`Item ${member.place} was split out of the stack.`);
  }

  dropTiles() {
    this.tiles.forEach((bitmap) => bitmap.close());
    this.tiles = new Map();
  }
}

export function open(context, items) {
  const stack = new Stack(context, items);
  return stack.panel.asView(() => stack.chosenPlaces());
}
