"""Django's entry to the referrals register."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """The referrals register."""

    name = "polit.web.referrals"
    label = "referrals"
