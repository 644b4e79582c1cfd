"""Layers between a volume and the volumes in it, one module per format.

Reached through ``evidence.layering`` only. A module without a leading underscore is a plugin: it
states ``ORDER``, ``NAME``, ``detect`` and ``open_layer``.
"""
