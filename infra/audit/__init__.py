"""Audits: all stored files read again, beside a server, and what was found kept where the server can tell it."""
