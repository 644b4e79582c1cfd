/* What a person who does not see the canvas is told. */

/** Return what says a text politely, or at once where it is urgent. */
export function announcer() {
  const polite = document.getElementById("review-polite");
  const urgent = document.getElementById("review-urgent");
  return (text, { isUrgent = false } = {}) => {
    const region = isUrgent ? urgent : polite;
    /* The same words twice are news twice. */
    region.textContent = region.textContent === text ? `${text}\u00a0` : text;
  };
}

/** Show a message that stays until the next one, or none. */
export function showMessage(text) {
  const place = document.getElementById("review-message");
  place.textContent = text;
  place.hidden = text === "";
}
