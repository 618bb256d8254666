"""The demo: a worked story with invented people, told to the service's own API."""
