"""Configuration tables: every property's name, type, default, validator, scope and doc."""
