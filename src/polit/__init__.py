"""polit: examine devices, account for every entry, and seal the result for a court."""

__version__ = "0.1.0"
