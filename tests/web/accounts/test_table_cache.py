"""The table that counts tries and used codes: JSON only, and one of two callers wins."""

import pytest
from django.core.cache import cache

from polit.base.clock import now_utc
from polit.web.accounts.limits import TableCache
from polit.web.accounts.models import Kept


def test_value_is_kept_until_it_expires() -> None:
    cache.set("a", [1.5, 2.5], 60)
    assert cache.get("a") == [1.5, 2.5]
    Kept.objects.update(expires_at=now_utc())
    assert cache.get("a", "gone") == "gone"
    assert cache.add("b", True, 60)
    assert Kept.objects.count() == 1


def test_only_the_first_of_two_adds() -> None:
    assert cache.add("a", "y", 60) is True
    assert cache.add("a", "z", 60) is False
    assert cache.get("a") == "y"


def test_value_without_an_end_stays_and_can_be_given_one() -> None:
    cache.set("a", 1, None)
    assert Kept.objects.get().expires_at is None
    assert cache.touch("a", 60) is True
    assert Kept.objects.get().expires_at is not None
    assert cache.touch("b") is False


def test_value_is_forgotten() -> None:
    cache.set("a", 1)
    cache.set("b", 1)
    assert cache.delete("a") is True
    assert cache.delete("a") is False
    cache.clear()
    assert str(Kept("key", "1")) == "key"
    assert not Kept.objects.exists()


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        TableCache("", {}).set("a", object())
