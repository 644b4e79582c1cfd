/* Makes elements without markup in strings: what a device or a person wrote can only become text. */

const UNSEEN = /[\p{C}\p{Z}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]/u;

let lastId = 0;

export function freshId(stem) {
  lastId += 1;
  return `viewer-${stem}-${lastId}`;
}

/* make("button", { type: "button", on: { click } }, "Close"): children are nodes or text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function button(label, click, attributes = {}) {
  const kind = "govuk-button govuk-button--secondary viewer-button";
  return make("button", { type: "button", class: kind, on: { click }, ...attributes }, label);
}

/* A menu of few options, each [value, words]. */
export function choice(label, options, change) {
  const id = freshId("choice");
  const select = make("select", { id, class: "govuk-select viewer-choice" });
  for (const [value, words] of options) {
    select.append(make("option", { value }, words));
  }
  select.addEventListener("change", () => change(select.value));
  const frame = make("span", { class: "viewer-field" }, make("label", { for: id }, label), select);
  return { frame, select };
}

function isPlain(char) {
  return char === " " || !UNSEEN.test(char);
}

/* As the server's person_text: isolated in its direction, and what cannot be seen is spelled out. */
export function personText(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const shown = make("bdi", { class: "polit-person-text" });
  let plain = "";
  for (const char of text) {
    if (isPlain(char)) {
      plain += char;
      continue;
    }
    const code = char.codePointAt(0).toString(16);
    shown.append(plain, make("span", { class: "polit-escape" }, `\\u{${code}}`));
    plain = "";
  }
  shown.append(plain);
  return shown;
}

/* The same for places that hold no elements, such as a label. */
export function visibleText(value) {
  return personText(value).textContent;
}

export function count(number, one, many) {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;
}

export function sizeText(bytes) {
  if (bytes < 1000) {
    return count(bytes, "byte", "bytes");
  }
  const units = ["kB", "MB", "GB", "TB"];
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toPrecision(3)} ${units[unit]}`;
}

export function timeText(milliseconds) {
  const tenths = Math.round(milliseconds / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${minutes}:${seconds}`;
}
