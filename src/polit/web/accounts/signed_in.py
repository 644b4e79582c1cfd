"""The person who sends a request, past the gate. Views of every register may import it."""

from django.http import HttpRequest

from polit.base.errors import NoAct
from polit.web.accounts.models import User


def user_of(request: HttpRequest) -> User:
    """Return who sends a request.

    Raises:
        NoAct: Nobody is signed in, which the gate lets happen on public pages alone.
    """
    if not isinstance(request.user, User):
        raise NoAct("nobody is signed in: sign in first")
    return request.user
