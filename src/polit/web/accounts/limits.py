"""The cache that allauth counts attempts and used codes in: a table, so all processes share it.

Django's own table cache pickles what it keeps: who can write to the database could run code in
the web process. Here everything is JSON.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.db.models import Q

from polit.base.clock import now_utc
from polit.web.accounts.models import Kept


class TableCache(BaseCache):
    """Keeps small JSON values by key, until they expire."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        """Take Django's parameters."""
        super().__init__(params)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep a value unless there is one: exactly one of two callers at once succeeds."""
        name = self.make_and_validate_key(key, version=version)
        Kept.objects.filter(expires_at__lte=now_utc()).delete()
        try:
            with transaction.atomic():
                Kept(name, json.dumps(value), self._expiry(timeout)).save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return a value that has not expired, else the default."""
        name = self.make_and_validate_key(key, version=version)
        is_current = Q(expires_at=None) | Q(expires_at__gt=now_utc())
        found = Kept.objects.filter(is_current, key=name).values_list("value", flat=True).first()
        return default if found is None else json.loads(found)

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep a value."""
        name = self.make_and_validate_key(key, version=version)
        values = {"value": json.dumps(value), "expires_at": self._expiry(timeout)}
        Kept.objects.update_or_create(key=name, defaults=values)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value for longer."""
        name = self.make_and_validate_key(key, version=version)
        return bool(Kept.objects.filter(key=name).update(expires_at=self._expiry(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value."""
        name = self.make_and_validate_key(key, version=version)
        return bool(Kept.objects.filter(key=name).delete()[0])

    def clear(self) -> None:
        """Forget everything."""
        Kept.objects.all().delete()

    def _expiry(self, timeout: Any) -> datetime | None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if seconds is None else now_utc() + timedelta(seconds=float(seconds))
