"""Arrests, custody, bail and their outcomes."""
