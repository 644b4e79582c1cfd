"""What a view does with a service's refusal: an error on the form, or the page of a refusal."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, QueryDict

from polit.base.errors import AuthorityError, UsageError

Result = TypeVar("Result")


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what was posted for a form, also where nothing was; ``None`` for a look at it."""
    return request.POST if request.method == "POST" else None


def attempt(form: Form, service: Callable[[], Result], *, field: str = "") -> Result | None:
    """Return what a service made; ``None`` once its refusal stands on the form.

    Args:
        form: The valid form that asks for it.
        service: The call.
        field: The field that a refusal most likely speaks of; empty for the whole form.

    Raises:
        PermissionDenied: The service found that the person may not.
    """
    try:
        return service()
    except AuthorityError as error:
        raise PermissionDenied(str(error)) from error
    except UsageError as error:
        message = str(error)
        form.add_error(field or None, message[:1].upper() + message[1:])
        return None
