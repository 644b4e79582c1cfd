"""Full counts of what an issue must show: ``./dev prove`` runs them and keeps the figures.

Each ``prove_<name>.py`` states ``NAME``, ``FULL_COUNT`` and ``prove(count, scratch)``, which
returns its figures as JSON holds them, and raises ``AssertionError`` where the proof fails.
"""
