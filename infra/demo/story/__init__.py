"""The story: from the published plan to a decision that was appealed and decided again, and what waits since then."""
