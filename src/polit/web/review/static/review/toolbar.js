/* Buttons and fields around the grid: each does what a key does, and shows what holds. */

const PROGRESS_MS = 60_000;
const number = new Intl.NumberFormat("en-GB");

/** Connect every button that names an action, and the few settings. */
export function connectToolbar(gallery) {
  document.getElementById("review-bar").addEventListener("click", (event) => {
    const button = event.target.closest("button[data-action]");
    if (button) {
      closeMenus();
      gallery.actions.run(button.dataset.action);
    }
  });
  watchMenus();
  document.getElementById("review-side").addEventListener("change", (event) => {
    gallery.grid.resizeCells(Number(event.target.value));
  });
  document.getElementById("review-dwell").addEventListener("change", (event) => {
    gallery.dwellMs = Number(event.target.value);
  });
  document.getElementById("review-to-grid").addEventListener("click", (event) => {
    event.preventDefault();
    gallery.grid.focus();
  });
  showModes(gallery);
}

/* A menu lies over the grid, so it closes by Escape, as the focus leaves it, and by its actions. */
function watchMenus() {
  document.querySelectorAll(".review-menu").forEach((menu) => {
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) {
        menu.open = false;
      }
    });
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".review-menu")) {
      closeMenus();
    }
  });
}

function closeMenus() {
  document.querySelectorAll(".review-menu[open]").forEach((menu) => { menu.open = false; });
}

/** Show which way of unveiling holds. */
export function showModes(gallery) {
  press("colour", gallery.reveals.rung === "colour160");
  press("urgent", gallery.door.urgentReason !== "");
}

/** Show how many are open, chosen and still on their way. */
export function showCounts(gallery) {
  const { order, decisions } = gallery;
  if (order === null) {
    return;
  }
  text("review-open", `${number.format(order.pending)} of ${number.format(order.count)} open here`);
  text("review-chosen", order.selectedCount ? `${number.format(order.selectedCount)} chosen` : "");
  const waiting = decisions.waiting.length;
  const isAway = decisions.failures > 0 && waiting > 0;
  text("review-waiting", isAway ? `The server does not answer: ${waiting} decisions wait here and are tried again. Keep this page open.` : "");
}

/** Show from time to time how far the review is by what was agreed. */
export function watchProgress(gallery) {
  const ask = async () => {
    if (document.visibilityState !== "visible" || gallery.veil.isHidden) {
      return;
    }
    const headers = { "X-Polit-Poll": "yes" };
    const answer = await fetch(gallery.config.urls.progress, { headers }).catch(() => null);
    if (answer?.ok) {
      const told = await answer.json();
      text("review-progress", told.is_agreed ? `Agreed: ${told.text}` : "No stop point is agreed");
    }
  };
  ask();
  window.setInterval(ask, PROGRESS_MS);
}

function press(action, isPressed) {
  document.querySelectorAll(`#review-bar [data-action='${action}']`).forEach((button) => {
    button.setAttribute("aria-pressed", String(isPressed));
  });
}

function text(id, words) {
  const element = document.getElementById(id);
  if (element.textContent !== words) {
    element.textContent = words;
  }
}
