"""How long a test waits for what should have come long ago; on a busy machine it does come."""

PATIENCE = 60.0
"""Seconds. No test asks how soon something came."""
