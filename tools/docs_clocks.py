"""The page of clocks, by the dated cases that the tests prove."""

from tools.docs_notification import notification_part


def clocks_page() -> str:
    """Return the page of clocks."""
    lead = (
        "# Clocks\n\nEach row of dated cases was worked out by hand, and a test compares it with "
        "what polit computes.\nInstants are those of the force's zone; where a day alone stands, "
        "its whole is in time.\n"
    )
    return lead + notification_part()
