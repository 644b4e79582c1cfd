"""Every address of the site with its rule: what the matrix test walks and the reference lists."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from polit.web.site.access_table import Passage, passage_of


@dataclass(frozen=True, slots=True)
class Address:
    """One address.

    Args:
        name: Its name, with the namespace.
        route: How it is written, such as ``cases/<uuid:case_id>/``.
        parameters: The names of its parameters.
        passage: Its rule and methods; ``None`` where nothing says them.
        view: What answers.
    """

    name: str
    route: str
    parameters: frozenset[str]
    passage: Passage | None
    view: Callable[..., object]


def all_addresses() -> tuple[Address, ...]:
    """Return every address of the site, in the order in which they are tried."""
    return tuple(_below(get_resolver().url_patterns, "", "", frozenset()))


def _below(
    patterns: list[URLPattern | URLResolver], spaces: str, route: str, names: frozenset[str]
) -> Iterator[Address]:
    for each in patterns:
        pattern = each.pattern
        parameters = names | frozenset(
            pattern.converters if isinstance(pattern, RoutePattern) else pattern.regex.groupindex
        )
        written = route + str(pattern)
        if isinstance(each, URLResolver):
            inner = f"{spaces}{each.namespace}:" if each.namespace else spaces
            yield from _below(each.url_patterns, inner, written, parameters)
        else:
            name = f"{spaces}{each.name or ''}"
            passage = passage_of(name, each.callback)
            yield Address(name, written, parameters, passage, each.callback)
