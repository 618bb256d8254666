"""Readiness: what of the plan is assessed, and what is still open."""
