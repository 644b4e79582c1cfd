"""Originals of a case, opened from the vault for one use."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from polit.base.errors import (
    AuthorityError,
    BrokerRefused,
    IntegrityError,
    SourceError,
    UsageError,
)
from polit.broker.protocol import Code
from polit.broker.server.settings import BrokerSettings
from polit.broker.server.spending import damaged
from polit.store.case_keys import check_not_erased, open_case_key
from polit.store.keys import Keys
from polit.store.sealed_original import SealedOriginal
from polit.store.vault import open_vault, read_case


@dataclass(frozen=True, slots=True)
class Originals:
    """Opens originals; safe for threads."""

    settings: BrokerSettings
    keys: Keys

    @contextmanager
    def opened(self, case: str, sha256: bytes) -> Iterator[SealedOriginal]:
        """Open an original for a block.

        Raises:
            BrokerRefused: ``erased``, ``unknown_item`` or ``damaged``.
        """
        data = self.settings.data
        with ExitStack() as stack:
            try:
                check_not_erased(data, case)
            except UsageError as error:
                raise BrokerRefused(Code.ERASED, str(error)) from error
            try:
                vault = stack.enter_context(open_vault(self.settings.vault))
                key = open_case_key(data, self.keys, case)
                stack.enter_context(closing(key))
                opened = stack.enter_context(read_case(vault, key))
                sealed = stack.enter_context(opened.open(sha256))
            except (SourceError, UsageError) as error:
                raise BrokerRefused(
                    Code.UNKNOWN_ITEM, "the vault has no such original of this case"
                ) from error
            except (IntegrityError, AuthorityError) as error:
                raise damaged() from error
            yield sealed
