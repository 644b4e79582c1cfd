/* Starts the gallery: one page, one grid, one veil. */

import { Actions } from "./actions.js";
import { announcer, showMessage } from "./announce.js";
import { Changes } from "./changes.js";
import { addressOf, readConfig } from "./config.js";
import { contextOf, viewModule } from "./context.js";
import { Decisions } from "./decisions.js";
import { connectFacets } from "./facets.js";
import { dismissAll } from "./dialogs.js";
import { Grid } from "./grid.js";
import { bindings, listen } from "./keys.js";
import { Order } from "./order.js";
import { Reveals } from "./reveals.js";
import { watchSession } from "./session.js";
import { Tiles } from "./tiles.js";
import { connectToolbar, showCounts, showModes, watchProgress } from "./toolbar.js";
import { Door, Refused } from "./unveiling.js";
import { Veil } from "./veil.js";

class Gallery {
  constructor(config) {
    this.config = config;
    this.order = null;
    this.view = null;
    this.dwellMs = 0;
    this.announce = announcer();
    this.door = new Door(config);
    this.reveals = new Reveals({ door: this.door, onChange: () => this.grid?.refresh() });
    this.tiles = new Tiles({ url: config.urls.tiles, onArrived: () => this.grid.ask() });
    this.grid = new Grid({
      frame: document.getElementById("review-frame"),
      config, tiles: this.tiles, reveals: this.reveals,
      onMove: (index, before) => this.#moved(index, before),
      onOpen: () => this.actions.run("open"),
    });
    this.veil = new Veil({
      config, door: this.door, announce: this.announce, onReturn: () => this.#returned(),
    });
    this.veil.onHide((how) => this.#hidden(how));
    this.decisions = new Decisions({
      config, onChange: () => this.#changed(), onRefused: (refusal) => this.#refused(refusal),
    });
    this.changes = new Changes({
      config, decisions: this.decisions, veil: this.veil, onChange: () => this.#changed(),
    });
    this.context = contextOf(this);
    this.actions = new Actions(this);
    listen(this.grid.cells.element, bindings(config), this.actions);
    this.grid.cells.element.addEventListener("keydown", (event) => this.#onEscape(event));
    connectToolbar(this);
  }

  /** Fetch the order, with other filters where given, and show it. */
  async load(scope = null) {
    if (scope !== null) {
      this.config.scope = scope;
    }
    this.reveals.veil();
    if (!this.config.is_ready) {
      showMessage("The items of this case are not ready. They are made once an examination of it is in.");
      this.grid.frame.hidden = true;
      return;
    }
    try {
      const answer = await fetch(addressOf(this.config, "order"), { cache: "no-store" });
      if (!answer.ok) {
        throw new Error(`The order was refused (${answer.status}).`);
      }
      this.order = new Order(await answer.arrayBuffer());
    } catch (error) {
      showMessage(`The items could not be fetched: ${error.message} Reload the page to try again.`);
      return;
    }
    this.decisions.order = this.order;
    this.changes.order = this.order;
    document.getElementById("review-empty").hidden = this.order.count > 0;
    this.grid.frame.hidden = this.order.count === 0;
    if (this.order.count) {
      this.grid.show(this.order);
    }
    this.#changed();
  }

  /** Return the indexes that a decision is about: what is chosen, else the active item. */
  targets() {
    return this.order.selectedCount ? this.order.selection() : [this.grid.active];
  }

  /** Return the places on the screen that have a picture to show. */
  visiblePlaces() {
    const [first, last] = this.grid.onScreen();
    return [...this.order.places.subarray(first, last + 1)];
  }

  /** Unveil places in the grid; a refusal is said. */
  async reveal(places) {
    try {
      const made = await this.reveals.reveal(places);
      if (made) {
        this.announce(`${made} unveiled.`);
      }
    } catch (error) {
      this.#notShown(error);
    }
  }

  /** Reveal in colour from now on, or in grey; what stands open is asked for anew. */
  turnColour() {
    const isColour = this.reveals.rung === "grey160";
    const open = this.reveals.places;
    this.reveals.rung = isColour ? "colour160" : "grey160";
    this.announce(isColour ? "Unveils in colour." : "Unveils in grey.");
    showModes(this);
    if (open.length) {
      this.reveals.veil();
      this.reveal(open);
    }
  }

  /** Unveil in spite of a limit, because a child may be in danger now; with no reason, no longer. */
  setUrgent(reason) {
    this.door.urgentReason = reason;
    const words = reason ? "Urgent: limits are overridden, and each unveiling is recorded so." : "";
    showMessage(words);
    this.announce(words || "No longer urgent.");
    showModes(this);
  }

  /** Decide on places. */
  decide(places, decision) {
    const rung = decision.rung ?? this.reveals.rungOf(places);
    return this.decisions.decide(places, { ...decision, rung });
  }

  /** After a decision of the grid: say so, let the choice go, go on. */
  decided(indexes, words, { staysHere }) {
    this.announce(`${indexes.length > 1 ? `${indexes.length} items` : "Item"}: ${words}.`);
    this.order.selectNone();
    this.#changed();
    if (staysHere) {
      this.grid.focus();
    } else {
      this.advance(indexes[indexes.length - 1]);
    }
  }

  /** Go to the next open item. */
  advance(from = this.grid.active) {
    const next = this.order.nextOpen(from);
    if (next < 0) {
      this.announce("No open item is left here.");
      this.grid.focus();
    } else {
      this.grid.goTo(next);
    }
  }

  /** Undo, or do again. */
  async turn(what) {
    const told = await this.decisions.turn(what);
    if (told) {
      const count = told.items.length;
      this.announce(count ? `${what === "undo" ? "Undone" : "Done again"}: ${count} item${count === 1 ? "" : "s"}.` : "Nothing to do.");
      const index = count ? this.order.indexOf(told.items[0][0]) : -1;
      if (index >= 0) {
        this.grid.goTo(index, { takeFocus: this.view === null });
      }
    }
  }

  /** Choose places, and no others. */
  select(places) {
    this.order.selectNone();
    places.map((place) => this.order.indexOf(place)).filter((index) => index >= 0).forEach((index) => {
      this.order.select(index, true);
    });
    this.selectionChanged();
  }

  /** Show and say how many are chosen. */
  selectionChanged() {
    this.announce(`${this.order.selectedCount} chosen.`);
    this.#changed();
  }

  /** Open a view on places. */
  async openView(name, places) {
    const module = await viewModule(name);
    if (module === null) {
      this.announce("This view is not available.");
      return;
    }
    this.closeView();
    this.reveals.veil();
    this.view = module.open(this.context, places);
    this.veil.isComparing = name === "compare";
    document.getElementById("review-view").append(this.view.element);
    document.documentElement.dataset.view = name;
  }

  /** Close the view that is open, and give the focus back. */
  closeView() {
    if (this.view !== null) {
      this.view.close();
      this.view = null;
      this.veil.isComparing = false;
      document.getElementById("review-view").replaceChildren();
      delete document.documentElement.dataset.view;
      this.grid.focus();
    }
  }

  #moved(index, before) {
    window.clearTimeout(this.dwelling);
    if (this.dwellMs && index !== before) {
      this.reveals.veil();
      this.dwelling = window.setTimeout(
        () => this.reveal([this.order.places[this.grid.active]]), this.dwellMs,
      );
    }
  }

  #hidden({ isAll }) {
    window.clearTimeout(this.dwelling);
    this.reveals.veil();
    this.view?.hide();
    if (isAll) {
      dismissAll();
      this.tiles.close();
      this.grid.stop();
    }
  }

  #returned() {
    this.tiles.open();
    this.grid.start();
    (this.view?.element.querySelector("button") ?? this.grid).focus();
    this.announce("Back. Everything is veiled.");
  }

  #changed() {
    showCounts(this);
    this.grid.refresh();
  }

  #refused(refusal) {
    if (refusal.code === "nothing") {
      this.announce(refusal.message);
      return;
    }
    const words = `Not recorded, and put back as it was: ${refusal.message || refusal.code}`;
    showMessage(words);
    this.announce(words, { isUrgent: true });
  }

  #notShown(error) {
    const words = error instanceof Refused ? `Not shown: ${error.message}` : "Not shown: the server does not answer.";
    showMessage(words);
    this.announce(words, { isUrgent: true });
    document.dispatchEvent(new CustomEvent("review:refused", { detail: error.code ?? "" }));
  }

  #onEscape(event) {
    if (event.key === "Escape" && !event.defaultPrevented) {
      if (this.reveals.isAny) {
        this.reveals.veil();
      } else if (this.order?.selectedCount) {
        this.order.selectNone();
        this.selectionChanged();
      }
    }
  }
}

const gallery = new Gallery(readConfig());
watchSession(gallery.context);
gallery.load().then(() => {
  if (gallery.order === null) {
    return;
  }
  connectFacets(gallery.config);
  watchProgress(gallery);
  if (document.activeElement === document.body) {
    gallery.grid.focus(); // the keys hold there
  }
});
