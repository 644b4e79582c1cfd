"""Formats that are recognised by their bytes where no file system names them: one a module."""
