"""Django's entry to the orders register."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The orders register."""

    name = "polit.web.orders"
    label = "orders"
