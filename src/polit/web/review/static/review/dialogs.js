/* Questions of the gallery: a native dialog each, from the page's own markup. */

/** Ask by a dialog; returns its form's values, or `null` when it was called off. */
export function ask(id, { prepare = () => {} } = {}) {
  const dialog = document.getElementById(id);
  const form = dialog.querySelector("form");
  form.reset();
  prepare(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const isGiven = dialog.returnValue === "give";
      resolve(isGiven ? Object.fromEntries(new FormData(form)) : null);
    }, { once: true });
    dialog.returnValue = "";
    dialog.showModal();
  });
}

/** Close whatever question stands open, unanswered. */
export function dismissAll() {
  document.querySelectorAll("dialog[open]").forEach((each) => each.close(""));
}
