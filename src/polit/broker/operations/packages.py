"""Packages: listed, verified, adopted."""

from polit.broker.protocol import AdoptQuestion, Code, Nothing
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.packages import list_packages
from polit.broker.server.room import Room

ORDER = 40


def package_list(room: Room, body: Nothing, parts: Parts) -> Reply:
    """Answer with the sealed packages."""
    del body, parts
    return Reply(list_packages(room.settings.packages))


def package_adopt(room: Room, body: AdoptQuestion, parts: Parts) -> Reply:
    """Verify a package and take its key."""
    del parts
    return Reply(room.packages.adopt(body))


OPERATIONS = (
    operation(
        Terms("package.list", "The sealed packages below the packages root."),
        Nothing,
        package_list,
    ),
    operation(
        Terms(
            "package.adopt",
            "Verify a package, take its key under the case's, give the key for safe tiles.",
            codes=(Code.NO_PACKAGE, Code.WRONG_CASE, Code.ERASED, Code.DAMAGED),
        ),
        AdoptQuestion,
        package_adopt,
    ),
)
