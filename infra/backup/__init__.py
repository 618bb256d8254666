"""Backup and restore: a copy of a whole deployment but for its keys, told by a manifest what it must hold."""
