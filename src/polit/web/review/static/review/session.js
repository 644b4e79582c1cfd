/* Watches a session of review: tells how long it goes on, covers everything when a break, a limit
   or cooling down is due, and says to the server whether somebody is there. The server decides;
   this page only shows it in time. */

import { post } from "./config.js";

const POLL_MS = 15_000;
const TICK_MS = 1000;
const SIGNS = ["keydown", "pointermove", "pointerdown", "wheel", "touchstart"];

const TITLES = {
  paused: "You are on a break",
  cooling: "A moment to cool down",
  break: "A break is due",
  limit: "The limit of your day is reached",
  none: "Your session has ended",
};

/** Begin to watch the session of a page's config; returns nothing to watch where it has none. */
export function watchSession({ config, announce, run, idleS }) {
  return config.session ? new Watch(config, announce, run, idleS) : null;
}

/** Return milliseconds in minutes and hours, rounded up. */
export function lengthText(ms) {
  const minutes = Math.max(0, Math.ceil(ms / 60_000));
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`;
}

/** Return why everything must be covered: a key of `TITLES`, empty where it need not. */
export function reasonOf(session, now) {
  if (session === null) {
    return "none";
  }
  if (session.state === "paused" || session.state === "cooling") {
    return session.state;
  }
  if (session.refused === "limit") {
    return "limit";
  }
  const isDue = session.refused === "on_break" || (session.is_counted && now >= Date.parse(session.break_at));
  return isDue ? "break" : "";
}

class Watch {
  constructor(config, announce, run, idleS) {
    this.idleS = idleS; // longer while pictures are compared: that is work
    this.config = config;
    this.announce = announce;
    this.run = run;
    this.session = config.session;
    this.skew = Date.parse(config.session.now) - Date.now();
    this.warned = new Set();
    this.dismissed = "";
    this.lastSign = performance.now();
    this.isAsking = false;
    this.line = this.#makeLine();
    this.screen = this.#makeScreen();
    this.#listen();
    this.#show();
  }

  /** The server's time now, in milliseconds. */
  get now() {
    return Date.now() + this.skew;
  }

  /** Ask the server where the session stands; not more than one question at a time. */
  async ask() {
    if (this.isAsking) {
      this.asksAgain = true; // what was asked for may have changed since
      return;
    }
    this.isAsking = true;
    this.asksAgain = false;
    try {
      const isThere = this.#isThere();
      const address = this.config.urls.session_state + (isThere ? "?there=yes" : "");
      const answer = await fetch(address, { cache: "no-store", headers: { "X-Polit-Poll": "yes" } });
      if (!answer.ok || answer.redirected) {
        return; // signed out, or no network: the next look is refused by the server anyway
      }
      this.#take((await answer.json()).session);
      if (isThere && this.session?.state === "working" && !this.session.is_counted) {
        await this.#say("session_idle", { idle: false });
      }
    } catch {
      /* No network; the next time will do. */
    } finally {
      this.isAsking = false;
      if (this.asksAgain) {
        this.#askSoon();
      }
    }
  }

  #listen() {
    for (const sign of SIGNS) {
      document.addEventListener(sign, () => { this.lastSign = performance.now(); }, {
        capture: true, passive: true,
      });
    }
    document.addEventListener("review:refused", () => this.ask());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        this.ask();
      }
    });
    /* Everything was hidden by hand, or shown again: the server knows more. */
    new MutationObserver(() => this.#askSoon()).observe(document.documentElement, {
      attributeFilter: ["data-hidden"],
    });
    this.polling = window.setInterval(() => this.ask(), POLL_MS);
    this.ticking = window.setInterval(() => this.#show(), TICK_MS);
  }

  #askSoon() {
    window.clearTimeout(this.asking);
    this.asking = window.setTimeout(() => this.ask(), 300);
  }

  #isThere() {
    const idle = (performance.now() - this.lastSign) / 1000;
    return document.visibilityState === "visible" && idle < this.idleS();
  }

  #take(session) {
    if (session !== null) {
      this.skew = Date.parse(session.now) - Date.now();
    }
    this.session = session;
    this.#show();
    if (session === null) {
      window.clearInterval(this.polling);
      window.clearInterval(this.ticking);
    }
  }

  async #say(name, body) {
    const answer = await post(this.config, this.config.urls[name], body);
    const told = await answer.json();
    if (answer.ok) {
      this.#take(told.session);
    }
    return answer.ok ? "" : told.message;
  }

  #show() {
    const reason = reasonOf(this.session, this.now);
    this.#showLine(reason);
    if (reason && reason !== this.dismissed) {
      this.#cover(reason);
    } else if (!reason) {
      this.dismissed = "";
      if (this.screen.open) {
        this.#uncover();
      }
    }
    if (this.screen.open) {
      this.#showWait();
    }
  }

  #showLine(reason) {
    if (this.session === null) {
      return;
    }
    const { session } = this;
    const parts = [session.lane_label];
    if (!reason) {
      const left = { break: Date.parse(session.break_at), stop: Date.parse(session.stop_at) };
      parts.push(`break in ${lengthText(left.break - this.now)}`);
      parts.push(`day ends in ${lengthText(left.stop - this.now)}`);
      this.#warn("warn", Date.parse(session.warn_at), "You have worked long today. Viewing ends soon.");
      this.#warn("break", left.break - 120_000, "A break is due in two minutes.");
    }
    const text = parts.join(" · ");
    if (this.words.textContent !== text) {
      this.words.textContent = text;
    }
  }

  #warn(name, at, text) {
    if (this.now >= at && !this.warned.has(name)) {
      this.warned.add(name);
      this.note.textContent = ` ${text}`;
      this.announce(text);
    } else if (this.now < at) {
      this.warned.delete(name);
      if (!this.warned.size) {
        this.note.textContent = "";
      }
    }
  }

  /* What the veil hides goes first; the screen comes on top of it. */
  #cover(reason) {
    if (this.reason === reason && this.screen.open) {
      return;
    }
    this.reason = reason;
    document.dispatchEvent(new CustomEvent("polit:hide", { detail: { why: reason } }));
    this.heading.textContent = TITLES[reason];
    this.problem.textContent = "";
    if (reason === "break") {
      this.#say("session_break", {}).catch(() => {});
    }
    this.#showWait(); // first, so that the focus goes to a button that stays
    if (!this.screen.open) {
      this.screen.showModal();
    }
  }

  #uncover() {
    this.reason = "";
    this.screen.close();
    document.dispatchEvent(new CustomEvent("polit:show", { detail: {} }));
  }

  #showWait() {
    const { session, reason } = this;
    const until = Math.max(...[session?.break_until, session?.cool_until].filter(Boolean).map(Date.parse), 0);
    const waits = until > this.now;
    const words = {
      paused: waits ? `You can go on in ${lengthText(until - this.now)}. Leave the screen.` : "Go on when you like.",
      cooling: waits ? `${Math.ceil((until - this.now) / 1000)} seconds.` : "Go on when you like, or take a break.",
      limit: "You can still decide on covered tiles. To see more today, give a reason; a supervisor is told.",
      none: "Nothing is uncovered any more.",
      break: "Everything is covered.",
    }[reason] ?? "";
    if (this.text.textContent !== words) {
      this.text.textContent = words;
    }
    this.goOn.hidden = waits || reason === "none" || reason === "break";
    this.goOn.textContent = reason === "limit" ? "Go on with covered tiles" : "Go on";
    this.pause.hidden = reason !== "cooling";
    this.urgent.hidden = reason === "none" || reason === "break";
    this.override.hidden = reason !== "limit";
    this.finish.hidden = reason === "none" || reason === "break";
    this.lighter.hidden = session === null || session.may_end || reason === "break";
    if (this.screen.open) {
      this.#keepFocus();
    }
  }

  /* A button that goes away takes the focus along. The heading gets it: no key does anything there. */
  #keepFocus() {
    const active = document.activeElement;
    if (!this.screen.contains(active) || active.hidden) {
      this.heading.focus();
    }
  }

  async #goOn() {
    if (this.reason === "limit") {
      this.dismissed = "limit";
      this.#uncover();
      return;
    }
    this.problem.textContent = await this.#say("session_break", { resume: true }).catch(
      () => "The server does not answer.",
    );
  }

  /* A child in danger comes before a break: the gallery asks for the reason. */
  #beUrgent() {
    this.dismissed = this.reason;
    this.#uncover();
    this.run("urgent");
  }

  #makeLine() {
    const line = document.createElement("p");
    line.id = "session-line";
    line.className = "polit-session-line";
    this.words = line.appendChild(document.createElement("span"));
    this.note = line.appendChild(document.createElement("strong"));
    const link = line.appendChild(document.createElement("a"));
    link.className = "govuk-link";
    link.href = this.config.urls.session;
    link.textContent = "Your session";
    const place = document.getElementById("review-session");
    (place ?? document.querySelector("h1")).after(line);
    return line;
  }

  #makeScreen() {
    const screen = document.createElement("dialog");
    screen.id = "session-screen";
    screen.className = "polit-session-screen";
    screen.setAttribute("aria-labelledby", "session-title");
    this.heading = screen.appendChild(document.createElement("h2"));
    this.heading.id = "session-title";
    this.heading.className = "govuk-heading-m";
    this.heading.tabIndex = -1;
    this.heading.autofocus = true;
    this.text = screen.appendChild(document.createElement("p"));
    this.text.className = "govuk-body";
    this.problem = screen.appendChild(document.createElement("p"));
    this.problem.className = "govuk-body";
    this.problem.setAttribute("role", "alert");
    const buttons = screen.appendChild(document.createElement("div"));
    buttons.className = "govuk-button-group";
    this.goOn = this.#button(buttons, "Go on", () => this.#goOn());
    this.pause = this.#button(buttons, "Take a break", () => this.#say("session_break", {}));
    this.urgent = this.#button(buttons, "A child may be in danger now", () => this.#beUrgent());
    this.urgent.classList.add("govuk-button--warning");
    this.override = this.#link(buttons, "Go on beyond the limit", "session_override");
    this.lighter = this.#link(buttons, "Something lighter before you end", "session_lane");
    this.finish = this.#link(buttons, "End the session", "session_finish");
    this.#link(buttons, "Your session", "session");
    /* It stays until the server says otherwise, whatever closes dialogs. */
    screen.addEventListener("cancel", (event) => event.preventDefault());
    screen.addEventListener("close", () => {
      if (this.reason) {
        screen.showModal();
      }
    });
    document.body.append(screen);
    return screen;
  }

  #button(place, words, act) {
    const button = place.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "govuk-button";
    button.textContent = words;
    button.addEventListener("click", act);
    return button;
  }

  #link(place, words, name) {
    const link = place.appendChild(document.createElement("a"));
    link.className = "govuk-link";
    link.href = this.config.urls[name];
    link.textContent = words;
    return link;
  }
}
