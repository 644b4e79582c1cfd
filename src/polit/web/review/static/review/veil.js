/* Hides: at once on Esc Esc, and by itself on a hidden tab, on leaving and after an idle time. */

import { post } from "./config.js";

const TWICE_MS = 600;
const COMPARING_TIMES = 5; // who compares looks for long without a key; who left is away for longer
const SIGNS = ["keydown", "pointermove", "pointerdown", "wheel", "touchstart"];

/** The veil over everything. Views add what they close by `onHide`. */
export class Veil {
  constructor({ config, door, announce, onReturn }) {
    this.config = config;
    this.door = door;
    this.announce = announce;
    this.onReturn = onReturn;
    this.closers = new Set();
    this.isComparing = false;
    this.escapedAt = -Infinity;
    this.lastSign = performance.now();
    this.screen = document.getElementById("review-neutral");
    this.#listen();
  }

  /** Call a function whenever pictures must go; returns what takes it back. */
  onHide(close) {
    this.closers.add(close);
    return () => this.closers.delete(close);
  }

  /** Tell whether everything is hidden. */
  get isHidden() {
    return document.documentElement.dataset.hidden === "yes";
  }

  /** After how many seconds without a hand nobody is there: comparing is not idle. */
  get idleS() {
    return (this.config.session?.idle_s ?? 120) * (this.isComparing ? COMPARING_TIMES : 1);
  }

  /** Close every picture; what is safe stays. */
  veilAll() {
    this.door.closeAll();
    this.closers.forEach((close) => close({ isAll: false }));
    this.door.report();
  }

  /** Hide everything at once: first by one attribute, then bitmaps are closed. */
  hide({ isByHand = true } = {}) {
    if (this.isHidden) {
      return;
    }
    document.documentElement.dataset.hidden = "yes";
    this.screen.hidden = false;
    this.screen.querySelector("button").focus({ preventScroll: true });
    this.door.closeAll();
    this.closers.forEach((close) => close({ isAll: true }));
    this.door.report();
    if (isByHand) {
      this.#tell("hide", {});
    }
  }

  /** Come back to the safe tiles. */
  show() {
    delete document.documentElement.dataset.hidden;
    this.screen.hidden = true;
    this.lastSign = performance.now();
    this.onReturn();
  }

  #listen() {
    document.addEventListener("keydown", (event) => this.#onKey(event), { capture: true });
    this.screen.querySelector("button").addEventListener("click", () => this.show());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.veilAll();
      }
    });
    /* A break or a limit: the session watches the time. */
    document.addEventListener("polit:hide", () => this.hide({ isByHand: false }));
    document.addEventListener("polit:show", () => this.isHidden && this.show());
    window.addEventListener("pagehide", () => this.hideForLeaving());
    window.addEventListener("beforeprint", () => this.veilAll());
    for (const sign of SIGNS) {
      document.addEventListener(sign, () => { this.lastSign = performance.now(); }, {
        capture: true, passive: true,
      });
    }
    window.setInterval(() => this.#checkIdle(), 1000);
  }

  /* A page that the browser keeps for the back button keeps nothing to see. */
  hideForLeaving() {
    document.documentElement.dataset.hidden = "yes";
    this.screen.hidden = false;
    this.door.closeAll();
    this.closers.forEach((close) => close({ isAll: true }));
    this.door.report();
  }

  #onKey(event) {
    if (event.key !== "Escape" || event.repeat) {
      return;
    }
    const now = performance.now();
    const isTwice = now - this.escapedAt <= TWICE_MS;
    this.escapedAt = isTwice ? -Infinity : now;
    if (isTwice) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.hide();
    }
  }

  #checkIdle() {
    if (performance.now() - this.lastSign > this.idleS * 1000 && this.door.open.size) {
      this.veilAll();
      this.announce("Veiled: no key was pressed for a while.");
      this.#tell("idle", { idle: true });
    }
  }

  #tell(what, body) {
    const address = this.config.urls[`session_${what}`];
    if (address && this.config.session) {
      post(this.config, address, body, { keepalive: true }).catch(() => {});
    }
  }
}
