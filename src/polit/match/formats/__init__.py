"""Readers of hash sets, one module a format; ``polit.match.detecting`` chooses among them.

Each states ``ORDER``, ``NAME``, ``TITLE``, ``detect(head, name)`` and ``read(path, start)``, as
``polit.match.reading.HashSetFormat`` says. What a file says is never trusted: lines, records and
depth have limits, and what is malformed is refused with its place.
"""
