"""Copies of the keys, in a place of their own."""

from collections.abc import Mapping
from pathlib import Path

from infra.backup.manifest import BackupFault
from infra.identity.keys import TOKEN_KEY, KeyFolder, lasting
from portfolio.domain.deployment import token_key_name


def copy_keys(source: KeyFolder, target: Path, wanted: Mapping[str, str]) -> None:
    """Copy the keys to a folder that has none, or these; raise ``KeyFault`` or ``BackupFault``, and change nothing.

    Keys of tokens are copied as they are there, also those that the record does not name yet, or any more.
    """
    source.require(lasting(wanted))
    of_tokens = [TOKEN_KEY, *map(token_key_name, source.token_keys_after(1))]
    names = [*lasting(wanted), *(name for name in of_tokens if (source.path / name).exists())]
    contents = {name: source.read(name) for name in names}
    others = [name for name in names if (target / name).exists() and (target / name).read_bytes() != contents[name]]
    if others:
        raise BackupFault(
            f"{target / others[0]} is another key, and no key is ever written over: choose another folder."
        )
    for name, content in contents.items():
        if not (target / name).exists():
            KeyFolder(target).create(name, content)
    KeyFolder(target).sync(names)


def require_apart(keys: Path, folder: Path) -> None:
    """Raise ``BackupFault`` if keys and data would lie in one folder: whoever has both can sign in as anybody."""
    one, other = keys.resolve(), folder.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise BackupFault(
            f"{keys} and {folder} lie in one another, and whoever has keys and data can sign in as anybody: "
            "choose a place apart, or say --together."
        )
