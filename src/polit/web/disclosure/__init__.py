"""Disclosure: schedules of images and of unused material as served, and the viewing log."""
