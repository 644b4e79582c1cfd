"""What is not there is not found: noise and tables are no pictures, programs or sounds."""

import random

from polit.decode.identify import identify, warm


def test_the_upcase_table_of_ntfs_is_no_icon() -> None:
    warm()
    table = b"".join(number.to_bytes(2, "little") for number in range(32_768))
    found = identify(table[:65_536], size_bytes=131_072)
    assert found.mime == "application/octet-stream"


def test_noise_is_hardly_ever_anything() -> None:
    warm()
    rng = random.Random(11)
    found = [identify(rng.randbytes(rng.randrange(200, 1000)), size_bytes=999) for _ in range(600)]
    named = [one.mime for one in found if one.mime != "application/octet-stream"]
    assert len(named) <= 6, named
