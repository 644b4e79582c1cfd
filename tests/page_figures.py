"""Prints the figures of a period as the page of statistics shows them: ``FROM TO``, ISO dates.

It asks the record of ``POLIT_DATA`` as its supervisor, through the whole stack but the server.
"""

import json
import re
import sys
from datetime import date

from polit.web.site.boot import boot

boot()

from django.conf import settings  # noqa: E402 - Django is ready only now
from web_sessions import client_of, signed_in_session  # noqa: E402

from polit.web.accounts.models import User  # noqa: E402

_FIGURE = re.compile(
    r'href="/statistics/(?!rows/)([a-z_]+)/\?[^"]*">.*?polit-figure__number">([\d,]+)</span>',
    re.DOTALL,
)


def main() -> int:
    """Print one JSON object of figures by key."""
    first, last = (date.fromisoformat(text) for text in sys.argv[1:3])
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    client = client_of(signed_in_session(User.objects.get(username="s.demo")))
    sent = {
        f"{name}_{number}": str(part)
        for name, day in (("from_on", first), ("to_on", last))
        for number, part in enumerate((day.day, day.month, day.year))
    }
    page = client.post("/statistics/", sent, follow=True)
    shown = page.content.decode()
    assert "Synthetic: everybody and everything" in shown, "the page does not bear the mark"
    figures = {key: int(value.replace(",", "")) for key, value in _FIGURE.findall(shown)}
    sys.stdout.write(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
