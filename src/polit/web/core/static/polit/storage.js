/* No script of a page can keep anything in the browser: htmx would note each address there, and an
   address may hold what somebody searched for. Runs before htmx, which then does without. */

for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { value: undefined, configurable: false, writable: false });
}
