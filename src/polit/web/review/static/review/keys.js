/* Keys of the grid: heard while the grid has the focus, and nowhere else. */

/** Return how a key with its modifiers is written: "v", "Shift+V", "Ctrl+z", "ArrowLeft". */
export function comboOf(event) {
  const isCharacter = event.key.length === 1;
  const parts = [];
  if (event.ctrlKey || event.metaKey) {
    parts.push("Ctrl");
  }
  if (event.altKey) {
    parts.push("Alt");
  }
  if (event.shiftKey && (!isCharacter || event.ctrlKey || /\p{L}/u.test(event.key))) {
    parts.push("Shift");
  }
  const key = event.key === " " ? "Space" : event.key;
  parts.push(isCharacter && key !== "Space" ? key.toLowerCase() : key);
  return parts.join("+");
}

/** Return a map from combination to action, out of the config's action to combinations. */
export function bindings(config) {
  const found = new Map();
  for (const [action, combos] of Object.entries(config.keys)) {
    for (const combo of combos) {
      const isLetter = [...combo].length === 1;
      if (config.keys_on || !isLetter) {
        found.set(combo, action);
      }
    }
  }
  if (config.keys_on) {
    config.categories.filter((each) => each.key).forEach((each) => found.set(each.key, `grade:${each.code}`));
  }
  return found;
}

/** Listen on an element. `actions.run(name, event)` acts; `actions.release(name)` ends a held one. */
export function listen(element, bound, actions) {
  const held = new Map();
  element.addEventListener("keydown", (event) => {
    const action = bound.get(comboOf(event));
    if (action === undefined || event.isComposing) {
      return;
    }
    event.preventDefault();
    if (actions.isHeld(action)) {
      if (!event.repeat) {
        held.set(event.code, action);
        actions.run(action);
      }
    } else if (!event.repeat || actions.mayRepeat(action)) {
      actions.run(action);
    }
  });
  const release = (code) => {
    const action = held.get(code);
    if (action !== undefined) {
      held.delete(code);
      actions.release(action);
    }
  };
  document.addEventListener("keyup", (event) => release(event.code), { capture: true });
  window.addEventListener("blur", () => [...held.keys()].forEach(release));
}
