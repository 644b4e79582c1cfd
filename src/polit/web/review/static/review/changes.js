/* What other officers decided meanwhile: asked for every few seconds, while anybody looks. */

import { queueOf } from "./config.js";

const EVERY_MS = 4000;

/** Poll for changes of the review, and put them into the order. */
export class Changes {
  constructor({ config, decisions, veil, onChange }) {
    Object.assign(this, { config, decisions, veil, onChange });
    this.order = null;
    this.isAsking = false;
    window.setInterval(() => this.ask(), EVERY_MS);
  }

  /** Ask once. */
  async ask() {
    const isLooked = document.visibilityState === "visible" && !this.veil.isHidden;
    if (this.order === null || this.isAsking || !isLooked || queueOf(this.config)) {
      return;
    }
    this.isAsking = true;
    try {
      const address = `${this.config.urls.changes}?since=${this.order.revision}`;
      const answer = await fetch(address, { headers: { "X-Polit-Poll": "yes" }, cache: "no-store" });
      if (answer.ok) {
        this.#take(await answer.json());
      }
    } catch {
      /* The server is away: decisions say so already. */
    } finally {
      this.isAsking = false;
    }
  }

  #take({ revision, items, count }) {
    const fresh = document.getElementById("review-fresh");
    if (fresh !== null) {
      fresh.hidden = !(count > this.order.header.read);
    }
    const { moving } = this.decisions;
    const settled = items.filter(([place]) => !moving.has(place));
    this.order.put(settled);
    if (settled.length === items.length) {
      this.order.revision = revision;
    }
    if (settled.length) {
      this.onChange();
    }
  }
}
