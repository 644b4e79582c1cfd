/* The frame of every view: a named dialogue with a bar of controls, own keys, and the focus kept.

   A view's keys work while the focus is inside it, and stop there; every other key goes on to the
   gallery. Fields keep their keys. Hiding is not closing: the frame stays, its pixels go. */

import { button, freshId, make, visibleText } from "./dom.js";

const FOCUSABLE = "button:not([disabled]), select, input, [tabindex='0'], a[href], summary";
const TYPED = "select, textarea, input:not([type='range']):not([type='checkbox'])";

/* The place in the review set, whether a view was given places or items. */
export function placeOf(item) {
  return typeof item === "number" ? item : item.place;
}

/* What a view was opened from, so that leaving goes back there: [name, items]; null for the grid. */
export function backOf(items) {
  return items[0]?.back ?? null;
}

/* Letters, digits and signs are off for whoever turned them off (WCAG 2.2, 2.1.4). */
function isOff(config, name) {
  return config.keys_on === false && name !== " " && [...name.replace("Shift+", "")].length === 1;
}

export function keyName(event) {
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isShifted = event.shiftKey && (event.key.length > 1 || /[a-z]/.test(name));
  return isShifted ? `Shift+${name}` : name;
}

function trapTab(event, element) {
  const all = [...element.querySelectorAll(FOCUSABLE)].filter((each) => each.offsetParent !== null);
  if (all.length === 0) {
    return;
  }
  const [first, last] = [all[0], all[all.length - 1]];
  const active = document.activeElement;
  const isAtStart = active === first || active === element;
  if (event.shiftKey && isAtStart) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && active === last) {
    event.preventDefault();
    first.focus();
  }
}

export class Panel {
  /* Args: context of the gallery; name of the view (for its class); title; whether it is modal. */
  constructor(context, name, title, { isModal = true, back = null } = {}) {
    this.back = back;
    this.context = context;
    this.keys = new Map([["Escape", () => this.leave()]]);
    for (const combo of context.config.keys?.urgent ?? []) {
      this.keys.set(combo, () => context.run("urgent"));
    }
    this.closers = [];
    this.hiders = [];
    this.isClosed = false;
    this.isModal = isModal;
    this.from = document.activeElement;
    const id = freshId(name);
    this.heading = make("h2", { id, class: "govuk-heading-m viewer__title", tabindex: "-1" }, title);
    this.bar = make("div", { class: "viewer-bar", role: "group", "aria-label": `${title}: controls` });
    this.status = make("p", { class: "govuk-body viewer__status", role: "status" });
    this.body = make("div", { class: "viewer__body" });
    const close = button(back ? "Back" : "Close", () => this.leave(), { class: "govuk-button viewer-button" });
    const head = make("div", { class: "viewer__head" }, this.heading, close);
    this.element = make(
      "section",
      {
        class: `viewer viewer--${name}`,
        role: isModal ? "dialog" : "region",
        "aria-modal": isModal ? "true" : null,
        "aria-labelledby": id,
      },
      head,
      this.bar,
      this.status,
      this.body,
    );
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    /* Once the gallery has put the frame into the page, and before the next key. */
    queueMicrotask(() => this.takeFocus());
  }

  /* Back to the view that this one was opened from, else to the grid. */
  leave() {
    if (this.back) {
      this.context.openView(...this.back);
    } else {
      this.context.closeView();
    }
  }

  takeFocus() {
    if (!this.isClosed && !this.element.contains(document.activeElement)) {
      (this.firstFocus ?? this.heading).focus();
    }
  }

  onKey(event) {
    if (event.defaultPrevented) {
      return;
    }
    if (event.key === "Tab" && this.isModal) {
      trapTab(event, this.element);
      return;
    }
    const name = keyName(event);
    const isTyped = event.target.closest(TYPED) !== null;
    if (this.turned(event)) {
      return;
    }
    const isOther = event.ctrlKey || event.altKey || event.metaKey;
    const isDeaf = isTyped || isOther || this.context.isHidden() || isOff(this.context.config, name);
    const act = isDeaf ? undefined : this.keys.get(name);
    const isTile = name === "Enter" && event.target.closest(".viewer-tile__button");
    const isControl = event.target.closest("button, summary, input") && !isTile;
    const isPress = isControl && [" ", "Enter"].includes(name);
    const isSlide = event.target.closest("input") && name.startsWith("Arrow");
    if (act && !isPress && !isSlide) {
      event.preventDefault();
      event.stopPropagation();
      act(event);
    }
  }

  /* Undo and redo, as in the grid: of the last batch, wherever it was decided. */
  turned(event) {
    const isZ = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z";
    if (!isZ || event.target.closest(TYPED) !== null || this.context.isHidden()) {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) {
      this.context.redo();
    } else {
      this.context.undo();
    }
    return true;
  }

  /* Digits and letters of the categories, 0 for none, U for unsure: as in the grid. */
  addDecisions(decided, after = (words) => this.say(words)) {
    const give = (decision, label) => () => {
      const { places, rung, ...more } = decided();
      if (places.length > 0) {
        this.context.decide(places, { rung, batch_seen: true, ...more, ...decision });
        after(`${places.length === 1 ? `Item ${places[0]}` : `${places.length} items`}: ${label}.`);
      }
    };
    for (const { key, code, label } of this.context.config.categories ?? []) {
      if (key) {
        this.keys.set(String(key).toLowerCase(), give({ code }, visibleText(label)));
      }
    }
    this.keys.set("0", give({ code: "" }, "no category"));
    this.keys.set("u", give({ code: null, unsure: true }, "unsure, for a second reviewer"));
  }

  say(text) {
    this.status.textContent = text;
  }

  hide() {
    for (const hide of this.hiders) {
      hide();
    }
  }

  close() {
    if (this.isClosed) {
      return;
    }
    this.isClosed = true;
    this.hide();
    for (const close of this.closers) {
      close();
    }
    this.element.remove();
    if (this.from?.isConnected) {
      this.from.focus();
    }
  }

  /* What the gallery is given. */
  asView(places) {
    return {
      element: this.element,
      keys: this.keys,
      places,
      close: () => this.close(),
      hide: () => this.hide(),
    };
  }
}
