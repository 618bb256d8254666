"""Every command is imported before a test may set the clock: what a module takes from ``infra.main`` stays with it."""

from importlib import import_module

from infra.cli import COMMANDS

for file in {listing.file for listing in COMMANDS.values()}:
    import_module(f"infra.cli.{file}")
