"""Adapters, and the one place that puts the application together."""
