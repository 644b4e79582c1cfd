/* What the page was given by the server: one JSON script, read once. */

/** Return the page's config; `keys` maps an action to its combinations. */
export function readConfig() {
  return JSON.parse(document.getElementById("review-config").textContent);
}

/** Return an address of the review with the page's scope and filters, and more parameters. */
export function addressOf(config, name, more = {}) {
  const address = new URL(config.urls[name], window.location.href);
  for (const [key, value] of Object.entries({ ...config.scope, ...more })) {
    if (value !== "" && value !== null) {
      address.searchParams.set(key, value);
    }
  }
  return address;
}

/** POST JSON; the answer is returned whatever its status. It outlives the page when `keepalive`. */
export function post(config, address, body, { keepalive = false } = {}) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": config.csrf },
    body: JSON.stringify(body),
    cache: "no-store",
    keepalive,
  });
}

/** Take a new token from the page: who signed in again meanwhile has another one. */
export async function renewToken(config) {
  const answer = await fetch(window.location.href, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("review-config");
  if (found) {
    config.csrf = JSON.parse(found.textContent).csrf;
  }
}

/** Return what a refusal says: its code and its words. */
export async function refusalOf(answer) {
  try {
    const told = await answer.json();
    return { status: answer.status, code: told.error ?? "", message: told.message ?? "" };
  } catch {
    return { status: answer.status, code: "", message: `The server answered ${answer.status}.` };
  }
}

/** Return the queue where it is one in which others graded before, else nothing. */
export function queueOf(config) {
  return ["second", "sample"].includes(config.scope.queue) ? config.scope.queue : "";
}
