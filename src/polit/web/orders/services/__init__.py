"""What is done to orders and under them: the one door for every write."""

from polit.web.orders.services.events import event_withdraw
from polit.web.orders.services.monitoring import (
    breach_act,
    breach_record,
    device_check_record,
    notifiable_record,
    notification_record,
    order_assess,
    visit_record,
)
from polit.web.orders.services.orders import (
    order_assign,
    order_end,
    order_make,
    order_resume,
    order_vary,
)

__all__ = [
    "breach_act",
    "breach_record",
    "device_check_record",
    "event_withdraw",
    "notifiable_record",
    "notification_record",
    "order_assess",
    "order_assign",
    "order_end",
    "order_make",
    "order_resume",
    "order_vary",
    "visit_record",
]
