"""Django's entry to the orders register."""

from django.apps import AppConfig

from polit.web.core.chronology import register_happenings
from polit.web.core.due import register_due
from polit.web.core.searching import Searchable, register_searchable
from polit.web.core.sections import register_section
from polit.web.core.titles import register_titles

_EVENTS = {
    "visit": "Visit", "device_check": "Device check", "assess": "Assessment of risk",
    "notifiable": "Change to be notified", "notification": "Notification", "breach": "Breach",
}  # fmt: skip
_TITLES = {
    "orders.make": "Order recorded",
    "orders.vary": "Order varied",
    "orders.end": "Order ended",
    "orders.resume": "End of an order taken back",
    "orders.assign": "Offender manager or national reference changed",
    "orders.breach_act": "Something done about a breach",
    **{f"orders.{verb}": f"{words} recorded" for verb, words in _EVENTS.items()},
    **{f"orders.{verb}_correct": f"{words} corrected" for verb, words in _EVENTS.items()},
    **{f"orders.{verb}_withdraw": f"{words} withdrawn" for verb, words in _EVENTS.items()},
}


class OrdersConfig(AppConfig):
    """The orders register."""

    name = "polit.web.orders"
    label = "orders"

    def ready(self) -> None:
        """Add to the pages of a case and a person, to what is due, to chronologies and search."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.orders import chronology, due, searching, sections  # noqa: PLC0415
        from polit.web.orders.models import Order, OrderCondition  # noqa: PLC0415

        register_titles(_TITLES)
        register_section("case", 720, "orders/case_section.html", sections.case_orders)
        register_section("case", 142, "orders/risk_section.html", sections.case_assessments)
        register_section("person", 720, "orders/person_section.html", sections.person_orders)
        for source in due.sources():
            register_due(source)
        register_happenings("orders", chronology.order_happenings)
        register_searchable(
            Searchable("order", "Order", Order, searching.order_entries,
                       ((OrderCondition, searching.order_of_condition),))
        )  # fmt: skip
