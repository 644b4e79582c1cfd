"""Ground without product knowledge: ids, clock, digests, canonical form, errors, settings."""
