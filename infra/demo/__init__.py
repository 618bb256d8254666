"""The demo: a worked story with invented people, told through the HTTP API."""
