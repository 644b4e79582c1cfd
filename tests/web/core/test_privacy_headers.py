"""What leaves with an answer, and the pages of refusals."""

from collections.abc import Callable

import pytest
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.test import RequestFactory

from polit.web.core.context import theme_of
from polit.web.core.headers import PrivacyHeadersMiddleware
from polit.web.core.refusals import RefusalPagesMiddleware, bad_request, csrf_failure

View = Callable[[HttpRequest], HttpResponseBase]


def got(path: str = "/x/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.session = SessionStore()
    request.user = AnonymousUser()
    return request


def test_page_is_never_stored_whatever_its_view_says() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "max-age=3600, public"})

    answer = PrivacyHeadersMiddleware(view)(got())
    assert answer["Cache-Control"] == "no-store"
    assert "Clear-Site-Data" not in answer


@pytest.mark.parametrize(
    ("path", "status", "kept"),
    [("/static/a.css", 200, True), ("/static/a.css", 404, False), ("/statics/", 200, False)],
)
def test_only_a_static_file_that_is_there_may_be_kept(
    path: str, status: int, *, kept: bool
) -> None:
    answer = PrivacyHeadersMiddleware(lambda _request: HttpResponse(status=status))(got(path))
    assert ("no-store" not in answer.get("Cache-Control", "")) is kept


def test_sign_out_leaves_nothing_in_the_browser() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        logout(request)
        return HttpResponse()

    answer = PrivacyHeadersMiddleware(view)(got())
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500])
def test_refusal_without_words_gets_its_page(status: int) -> None:
    answer = RefusalPagesMiddleware(lambda _request: HttpResponse(status=status))(got())
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == status
    assert b"<h1" in answer.content


def test_refusal_keeps_its_headers() -> None:
    answer = RefusalPagesMiddleware(lambda _request: HttpResponseNotAllowed(["GET"]))(got())
    assert answer["Allow"] == "GET"


@pytest.mark.parametrize("answer", [HttpResponse(b"told", status=404), HttpResponse(b"")])
def test_answer_with_words_stays(answer: HttpResponse) -> None:
    assert RefusalPagesMiddleware(lambda _request: answer)(got()) is answer


def test_request_that_is_too_large_is_told_so() -> None:
    assert bad_request(got(), RequestDataTooBig("secret")).status_code == 413
    answer = bad_request(got(), SuspiciousOperation("secret"))
    assert answer.status_code == 400
    assert b"secret" not in answer.content


def test_form_without_proof_of_origin_is_told_nothing_of_the_reason() -> None:
    answer = csrf_failure(got(), reason="secret")
    assert answer.status_code == 403
    assert b"secret" not in answer.content


@pytest.mark.parametrize(("kept", "shown"), [("dark", "dark"), ("x onload=", ""), (None, "")])
def test_theme_is_one_of_two_or_the_systems(kept: str | None, shown: str) -> None:
    request = got()
    request.session["theme"] = kept
    assert theme_of(request) == shown
    assert theme_of(RequestFactory().get("/")) == ""
