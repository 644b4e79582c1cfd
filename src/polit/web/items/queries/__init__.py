"""What is asked of the items of a review. Every query takes the access to the case."""

from polit.web.items.queries.sets import review_set_get, review_set_of
from polit.web.items.queries.some import SomeItem, items_by_places

__all__ = ["SomeItem", "items_by_places", "review_set_get", "review_set_of"]
