"""What is done to the items of a review: building by the worker, marking by grading."""

from polit.web.items.services.marking import item_split, items_mark

__all__ = ["item_split", "items_mark"]
