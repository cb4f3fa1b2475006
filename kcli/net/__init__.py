"""Listeners and connections of the broker."""
