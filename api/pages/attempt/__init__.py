"""The pages of an attempt: findings many at once, what covers what, the decision, and what becomes of it later."""
