"""Says on a view who may use it; the gate of the site reads it and denies what says nothing."""

from collections.abc import Callable
from typing import Protocol, TypeVar, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from polit.web.core.rules import Access, Purpose

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class CaseLike(Protocol):
    """What the core knows of a case."""

    @property
    def id(self) -> UUID:
        """Its identifier."""

    @property
    def reference(self) -> str:
        """Its reference."""


class CaseAccess(Protocol):
    """Proof that somebody has access to a case, and for what purpose.

    Queries of a case take it instead of a user: who has none cannot ask.
    """

    @property
    def case(self) -> CaseLike:
        """The case."""

    @property
    def purpose(self) -> Purpose:
        """Why they have access."""

    @property
    def via(self) -> str:
        """``member`` or ``break_glass``."""


def access(rule: Access, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Say who may use a view and by which methods (HEAD goes with GET).

    Args:
        rule: Who may.
        methods: Of ``GET`` and ``POST``; another method is answered with 405.
    """

    def wrap(view: View) -> View:
        allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)
        limited = require_http_methods(allowed)(view)
        limited.access = rule  # type: ignore[attr-defined]  # read by the gate
        limited.methods = methods  # type: ignore[attr-defined]  # read by the matrix test
        return limited

    return wrap


def rule_of(view: Callable[..., object]) -> Access | None:
    """Return a view's rule, ``None`` where it says nothing."""
    found = getattr(view, "access", None)
    return found if isinstance(found, Access) else None


def is_write(request: HttpRequest) -> bool:
    """Tell whether a request may change something."""
    return request.method not in {"GET", "HEAD"}


def case_access_of(request: HttpRequest) -> CaseAccess:
    """Return the access that the gate granted for this request's case.

    Raises:
        AttributeError: The page is not of scope case.
    """
    return cast("CaseAccess", request.case_access)  # type: ignore[attr-defined]
