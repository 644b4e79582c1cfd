"""Executors: where the walker and the decoders run."""
