from typing import Any, Protocol
from xml.etree.ElementTree import Element, XMLParser

class _Target(Protocol):
    def start(self, tag: str, attributes: dict[str, str], /) -> object: ...
    def data(self, text: str, /) -> object: ...
    def end(self, tag: str, /) -> object: ...
    def close(self) -> object: ...

class DefusedXMLParser(XMLParser[Any]):
    def __init__(
        self,
        *,
        target: _Target | None = None,
        encoding: str | None = None,
        forbid_dtd: bool = False,
        forbid_entities: bool = True,
        forbid_external: bool = True,
    ) -> None: ...

def fromstring(
    text: str | bytes,
    forbid_dtd: bool = False,
    forbid_entities: bool = True,
    forbid_external: bool = True,
) -> Element: ...
