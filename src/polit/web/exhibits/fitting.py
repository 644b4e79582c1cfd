"""Whether texts fit their columns: what the core knows of it."""

from polit.web.core.fitting import check_fits

__all__ = ["check_fits"]
