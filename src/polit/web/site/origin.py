"""What follows from the address that people reach the site under, behind a TLS proxy."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from polit.base.errors import UsageError

_HSTS_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class OriginSettings:
    """Django's settings that depend on the origin.

    Args:
        hosts: Host names to answer under.
        trusted_origins: Origins whose forms are taken.
        is_https: Whether cookies are sent over TLS alone.
        hsts_s: How long browsers must insist on TLS; 0 for not at all.
        proxy_header: Which header of the proxy says that the browser came over TLS.
    """

    hosts: tuple[str, ...] = ()
    trusted_origins: tuple[str, ...] = ()
    is_https: bool = False
    hsts_s: int = 0
    proxy_header: tuple[str, str] | None = None


def origin_settings(origin: str) -> OriginSettings:
    """Return what follows from ``POLIT_ORIGIN``; nothing where it is unset.

    Raises:
        UsageError: It is no ``https://host`` or ``https://host:port``.
    """
    if not origin:
        return OriginSettings()
    parts = urlsplit(origin)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise UsageError(f"POLIT_ORIGIN is {origin!r}: give https://host")
    return OriginSettings(
        hosts=(parts.hostname,),
        trusted_origins=(f"https://{parts.netloc}",),
        is_https=True,
        hsts_s=_HSTS_S,
        proxy_header=("HTTP_X_FORWARDED_PROTO", "https"),
    )
