"""Containers of images, one module per format; reached through ``evidence.container`` only.

A module without a leading underscore is a plugin: it states ``ORDER``, ``NAME``, ``detect``
and ``open_source``, and the contract test runs it.
"""
