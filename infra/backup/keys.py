"""Copies of the keys, in a place of their own."""

from collections.abc import Mapping
from pathlib import Path

from infra.backup.manifest import BackupFault
from infra.identity.keys import KEYS, KeyFolder


def copy_keys(source: KeyFolder, target: Path, recorded: Mapping[str, str]) -> None:
    """Copy the keys to a folder that has none, or these; raise ``KeyFault`` or ``BackupFault``, and change nothing."""
    source.require(recorded)
    contents = {name: source.read(name) for name in KEYS}
    others = [name for name in KEYS if (target / name).exists() and (target / name).read_bytes() != contents[name]]
    if others:
        raise BackupFault(
            f"{target / others[0]} is another key, and no key is ever written over: choose another folder."
        )
    for name, content in contents.items():
        if not (target / name).exists():
            KeyFolder(target).create(name, content)
    KeyFolder(target).sync()


def require_apart(keys: Path, folder: Path) -> None:
    """Raise ``BackupFault`` if keys and data would lie in one folder: whoever has both can sign in as anybody."""
    one, other = keys.resolve(), folder.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise BackupFault(
            f"{keys} and {folder} lie in one another, and whoever has keys and data can sign in as anybody: "
            "choose a place apart, or say --together."
        )
