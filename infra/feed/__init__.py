"""Sending what happens to the addresses that administrators name."""
