"""The one place where the web takes a client of the broker from."""

from polit.base import settings
from polit.broker.client import BrokerClient


def broker() -> BrokerClient:
    """Return a client of this installation's broker; nothing is connected before it is asked."""
    return BrokerClient(settings.data_folder() / "run" / "broker.sock")
