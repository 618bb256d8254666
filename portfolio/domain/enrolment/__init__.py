"""Enrolment: one apprentice on one plan edition, one form and exactly one route, with the people assigned to them."""
