/* Decisions: shown at once, sent in order, tried again while the server is away, rolled back on a no. */

import { post, queueOf, refusalOf, renewToken } from "./config.js";
import { MARK, STATE } from "./order.js";

const MOST_PLACES = 2000;
const MOST_RENEWALS = 5;
const AGAIN_MS = [1000, 2000, 5000, 10_000];

/* Refused by the gate and not by a rule: somebody signed out and in again, in another window. */
function isStale(refusal, entry) {
  entry.renewals = (entry.renewals ?? 0) + 1;
  return refusal?.status === 403 && refusal.code === "" && entry.renewals <= MOST_RENEWALS;
}

/* Names a batch: sent again because its answer was lost, it is done once. `randomUUID` is only there
   where the page came encrypted. */
function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Sends what an officer decided. Nothing is lost: what waits is counted on the page. */
export class Decisions {
  constructor({ config, onChange, onRefused }) {
    Object.assign(this, { config, onChange, onRefused });
    this.order = null;
    this.waiting = [];
    this.isSending = false;
    this.failures = 0;
    window.addEventListener("online", () => this.#send());
    window.addEventListener("beforeunload", (event) => {
      if (this.waiting.length) {
        event.preventDefault();
      }
    });
  }

  /** Return the places whose decision is still on its way. */
  get moving() {
    return new Set(this.waiting.flatMap((each) => each.body.places ?? []));
  }

  /** Decide on places; what a decision leaves out stays as it is. Resolves when it was answered. */
  decide(places, decision) {
    const sent = [];
    for (let at = 0; at < places.length; at += MOST_PLACES) {
      const some = places.slice(at, at + MOST_PLACES);
      const body = {
        places: some, code: null, flags_set: [], flags_clear: [], tags: [], note: "",
        unsure: false, whole_stacks: false, rung: "tile", batch_seen: false,
        queue: queueOf(this.config), ...decision, key: freshKey(),
      };
      const before = some.map((place) => this.order.standing(place)).filter(Boolean);
      this.order.put(before.map((standing) => this.#foreseen(standing, body)));
      sent.push(this.#queue({ url: this.config.urls.decide, body, before }));
    }
    this.onChange();
    return Promise.all(sent);
  }

  /** Take this officer's last batch back, or do it again: each is a decision of its own. */
  turn(what) {
    return this.#queue({ url: this.config.urls[what], body: { key: freshKey() }, before: [] });
  }

  #foreseen([place, state, grade, marks], body) {
    const flagged = body.flags_set.length ? marks | MARK.FLAGGED : marks;
    if (body.unsure) {
      return [place, STATE.UNSURE, grade, flagged];
    }
    if (body.code === null) {
      return [place, state, grade, flagged];
    }
    const number = this.config.categories.findIndex((each) => each.code === body.code) + 1;
    return [place, number ? STATE.GRADED : STATE.PENDING, number, flagged];
  }

  #queue(entry) {
    const answered = new Promise((resolve) => {
      this.waiting.push({ ...entry, resolve });
    });
    this.onChange();
    this.#send();
    return answered;
  }

  async #send() {
    if (this.isSending) {
      return;
    }
    this.isSending = true;
    while (this.waiting.length && (await this.#sendFirst())) {
      this.failures = 0;
    }
    this.isSending = false;
    this.onChange();
  }

  /** Send the oldest; returns whether the next one may go. */
  async #sendFirst() {
    const entry = this.waiting[0];
    let told = null;
    let refusal = null;
    try {
      const answer = await post(this.config, entry.url, entry.body);
      if (answer.ok) {
        told = await answer.json(); // a page to sign in is none
      } else {
        refusal = await refusalOf(answer);
      }
      if (isStale(refusal, entry)) {
        await renewToken(this.config);
        return this.#later();
      }
    } catch {
      return this.#later();
    }
    if (refusal !== null && (refusal.status === 429 || refusal.status >= 500)) {
      return this.#later();
    }
    this.waiting.shift();
    this.#settle(entry, told, refusal);
    return true;
  }

  #settle(entry, told, refusal) {
    if (refusal !== null) {
      this.order.put(entry.before);
      this.onRefused(refusal, entry);
    } else if (!queueOf(this.config)) {
      this.order.put(told.items);
    } else if (!entry.body.places) {
      /* A blind queue tells nothing of what others said, only that one's own word is gone. */
      this.order.put(told.items.map(([place, , , marks]) => [place, STATE.PENDING, 0, marks]));
    }
    entry.resolve(told);
    this.onChange();
  }

  #later() {
    const wait = AGAIN_MS[Math.min(this.failures, AGAIN_MS.length - 1)];
    this.failures += 1;
    window.setTimeout(() => this.#send(), wait);
    return false;
  }
}
