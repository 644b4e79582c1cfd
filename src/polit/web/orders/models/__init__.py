"""The tables of orders and of what happens under them."""

from polit.web.orders.models.events import (
    Assessment,
    Breach,
    BreachStep,
    DeviceCheck,
    NotifiableEvent,
    Notification,
    OrderEvent,
    Visit,
)
from polit.web.orders.models.orders import NEVER, Order, OrderCondition, OrderVariation

__all__ = [
    "NEVER",
    "Assessment",
    "Breach",
    "BreachStep",
    "DeviceCheck",
    "NotifiableEvent",
    "Notification",
    "Order",
    "OrderCondition",
    "OrderEvent",
    "OrderVariation",
    "Visit",
]
