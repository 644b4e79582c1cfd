"""Hash sets in the record: who asked for which, why, and what the store of the broker holds.

The store is the truth. Here stand the acts of people and a copy of what the broker tells of each
set: names, counts and provenance, never a hash.
"""
