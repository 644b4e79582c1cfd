/* Starts the few parts of govuk-frontend that plain HTML cannot be. Every page works without. */

import {
  Button,
  CharacterCount,
  ErrorSummary,
  NotificationBanner,
  SkipLink,
} from "./vendor/govuk.js";

/* The last that takes the focus keeps it: what went wrong before what went well. */
const PARTS = [Button, CharacterCount, SkipLink, NotificationBanner, ErrorSummary];

function start(scope) {
  for (const Part of PARTS) {
    for (const element of scope.querySelectorAll(`[data-module="${Part.moduleName}"]`)) {
      if (!element.hasAttribute(`data-${Part.moduleName}-init`)) {
        new Part(element);
      }
    }
  }
}

/* A new password is typed once; a button shows what was typed, and it is hidden before it is sent. */
function offerToShow(input) {
  const frame = document.createElement("div");
  frame.className = "govuk-input__wrapper govuk-password-input__wrapper";
  input.replaceWith(frame);
  input.classList.add("govuk-password-input__input");
  const button = document.createElement("button");
  button.type = "button";
  button.className =
    "govuk-button govuk-button--secondary govuk-password-input__toggle";
  button.setAttribute("aria-controls", input.id);
  const show = (isShown) => {
    input.type = isShown ? "text" : "password";
    button.textContent = isShown ? "Hide" : "Show";
    button.setAttribute("aria-label", `${button.textContent} password`);
  };
  show(false);
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
  frame.append(input, button);
}

document.querySelectorAll("input[data-showable]").forEach(offerToShow);
document.body.classList.add("js-enabled", "govuk-frontend-supported");
start(document);
document.body.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));

/* A page that comes back from the browser's memory after sign-out asks the server again. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    window.location.reload();
  }
});
