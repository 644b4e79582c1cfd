"""What a view does when a query finds nothing: the page is not there, and nothing more is told."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

Found = TypeVar("Found")


def or_404(ask: Callable[[], Found]) -> Found:
    """Return what a query finds.

    Raises:
        Http404: It finds nothing.
    """
    try:
        return ask()
    except ObjectDoesNotExist as error:
        raise Http404 from error
