"""Dispatch, and one module per request."""
