"""Enrolments: the pages of the office about who is enrolled on what, where, and with whom."""
