"""Warrants, their premises and their executions."""
