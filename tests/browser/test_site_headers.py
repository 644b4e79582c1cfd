"""Headers of the real web process: on a page, an error, a redirect and a static file."""

import re
import urllib.error
import urllib.request
from email.message import Message

import pytest
from browser_site import Site

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'none'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_place: object, **_options: object) -> None:
        return None


def asked(address: str, method: str = "GET") -> tuple[int, Message, bytes]:
    """Return status, headers and body; a redirect is not followed."""
    request = urllib.request.Request(address, method=method)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def static_paths(site: Site) -> list[str]:
    """Return the addresses of the style sheets and scripts of a page."""
    page = asked(f"{site.address}/components/")[2].decode()
    return re.findall(r'(?:src|href)="(/static/[^"]+)"', page)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/components/", "GET", 200),
        ("/components/", "HEAD", 200),
        ("/components", "GET", 301),
        ("/nowhere/", "GET", 404),
        ("/static/nowhere.css", "GET", 404),
        ("/components/", "POST", 403),
        ("/components/", "DELETE", 403),
        ("/broken/", "GET", 500),
    ],
)
def test_answer_carries_every_header(
    components_site: Site, path: str, method: str, status: int
) -> None:
    found, headers, body = asked(components_site.address + path, method)
    assert found == status
    check_headers(headers)
    assert headers["Cache-Control"] == "no-store"
    assert b"Traceback" not in body
    assert b"secret of" not in body


def check_headers(headers: Message) -> None:
    assert {name: headers[name] for name in EVERYWHERE} == EVERYWHERE
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]


def test_static_files_are_hashed_and_kept_for_ever(components_site: Site) -> None:
    paths = static_paths(components_site)
    assert len(paths) == 6
    for path in paths:
        status, headers, _body = asked(components_site.address + path)
        assert status == 200
        assert re.search(r"\.[0-9a-f]{12}\.(css|js|svg)$", path)
        assert "immutable" in headers["Cache-Control"]
        check_headers(headers)


def test_script_imports_the_hashed_file(components_site: Site) -> None:
    own = [path for path in static_paths(components_site) if re.search(r"/polit\.\w+\.js$", path)]
    script = asked(components_site.address + own[0])[2].decode()
    assert re.search(r'from "\./vendor/govuk\.[0-9a-f]{12}\.js"', script)


def test_static_files_name_nothing_outside(components_site: Site) -> None:
    for path in static_paths(components_site):
        body = asked(components_site.address + path)[2].decode()
        outside = set(re.findall(r"https?://[^\s\"')]+", body))
        assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}, path


def test_folder_of_static_files_is_no_page(components_site: Site) -> None:
    assert asked(f"{components_site.address}/static/")[0] == 404
    assert asked(f"{components_site.address}/static/../data/polit.sqlite3")[0] in {400, 404}
