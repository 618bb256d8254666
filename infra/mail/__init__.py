"""Mails: the settings of a mail server, and what hands mails to it."""
