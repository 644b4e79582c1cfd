/* Counts beside the filters, and filters for what this case has: cameras, exhibits, officers, sizes.
   The form works without; it asks only once somebody opens it. */

import { addressOf } from "./config.js";

const number = new Intl.NumberFormat("en-GB");
const LABELS = {
  exhibit: "Exhibit", camera: "Camera", size: "Size", state: "State", grade: "Category",
  flag: "Flag", graded_by: "Graded by",
};

/** Fill the form of filters when it is opened for the first time. */
export function connectFacets(config) {
  const form = document.getElementById("review-filters");
  if (form === null) {
    return; // a running examination has no filters
  }
  const details = form.closest("details");
  const fill = () => details.open && load(config, form);
  details.addEventListener("toggle", fill, { once: !details.open });
  fill();
}

async function load(config, form) {
  const answer = await fetch(addressOf(config, "facets"), { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) {
    return; // the lists of the page are enough to go on with
  }
  const facets = await answer.json();
  for (const [name, values] of Object.entries(facets.facets ?? facets)) {
    if (Array.isArray(values)) {
      show(config, form, name, values);
    }
  }
}

function show(config, form, name, values) {
  const select = form.elements[name] ?? (name in LABELS ? added(form, name) : null);
  if (select === null) {
    return;
  }
  for (const { value, label, items } of values) {
    const known = [...select.options].find((each) => each.value === String(value));
    const option = known ?? select.appendChild(new Option(wordsOf(config, name, value, label), value));
    option.textContent = `${option.textContent} (${number.format(items)})`;
    option.selected = String(value) === config.scope[name];
  }
  const chosen = config.scope[name];
  if (chosen && ![...select.options].some((each) => each.value === chosen)) {
    select.append(new Option(`${chosen} (0)`, chosen, true, true));
  }
}

/* A category travels as its number; people read its label. */
function wordsOf(config, name, value, label) {
  return (name === "grade" && config.categories[Number(value) - 1]?.label) || label;
}

function added(form, name) {
  const group = document.createElement("div");
  group.className = "govuk-form-group";
  const label = group.appendChild(document.createElement("label"));
  label.className = "govuk-label";
  label.htmlFor = `review-${name}`;
  label.textContent = LABELS[name];
  const select = group.appendChild(document.createElement("select"));
  select.className = "govuk-select";
  select.id = `review-${name}`;
  select.name = name;
  select.append(new Option("Any", ""));
  form.querySelector("[data-part='kept']")?.querySelector(`[name='${name}']`)?.remove();
  form.querySelector("button").before(group);
  return select;
}
