"""Decoders of stills, one module for each family of formats."""
