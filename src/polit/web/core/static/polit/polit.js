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

document.body.classList.add("js-enabled", "govuk-frontend-supported");
start(document);
document.body.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));

/* A page that comes back from the browser's memory after sign-out asks the server again. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    window.location.reload();
  }
});
