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
  constructor(context, name, title, { isModal = true } = {}) {
    this.context = context;
    this.keys = new Map([["Escape", () => context.closeView()]]);
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
    const close = button("Close", () => context.closeView(), { class: "govuk-button viewer-button" });
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
    requestAnimationFrame(() => this.takeFocus());
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
    const isOther = event.ctrlKey || event.altKey || event.metaKey;
    const act = isTyped || isOther || this.context.isHidden() ? undefined : this.keys.get(name);
    const isPress = event.target.closest("button, summary, input") && [" ", "Enter"].includes(name);
    const isSlide = event.target.closest("input") && name.startsWith("Arrow");
    if (act && !isPress && !isSlide) {
      event.preventDefault();
      event.stopPropagation();
      act(event);
    }
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
