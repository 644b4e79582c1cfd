"""What a page did behind the reader's back: errors, broken policy, requests that leave."""

from playwright.sync_api import ConsoleMessage, Page, Request

_REPORT_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
_REFUSED = "Failed to load resource: the server responded with a status of 409 (Conflict)"
"""A refusal that a script asked for and shows: the browser logs it all the same."""
_ANSWER_OF_A_PAGE = "Failed to load resource: the server responded with a status of"


class Watch:
    """Watches one page from its first request on."""

    def __init__(self, page: Page, address: str) -> None:
        """Begin to watch a page that may only talk to one address."""
        self._address = address
        self._navigated: set[str] = set()
        self.found: list[str] = []
        page.context.add_init_script(_REPORT_POLICY)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.found.append(f"script error: {error}"))
        page.on("request", self._on_request)

    def _on_request(self, request: Request) -> None:
        if request.is_navigation_request():
            self._navigated.add(request.url)
        is_inside = request.url.startswith((f"{self._address}/", "data:", "blob:"))
        if not is_inside:
            self.found.append(f"left the origin: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or message.text == _REFUSED:
            return
        # A page that answers 404 or 403 on purpose is logged as well; what it loads is not excused.
        is_page = message.location.get("url") in self._navigated
        if not (is_page and message.text.startswith(_ANSWER_OF_A_PAGE)):
            self.found.append(f"console: {message.text}")
