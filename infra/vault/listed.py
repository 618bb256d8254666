"""What lies among the sealed objects of a folder: those that are one, by their names, and whatever else does."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from infra.synced import sync, sync_open
from infra.vault.disk import disk_refusals, is_file, is_folder, link_synced

LIST = "list.txt"


def object_ids(objects: Path) -> Iterator[UUID]:
    """Yield the ids of the objects below a folder."""
    for path in listed(objects):
        if isinstance(path, Path) and (object_id := object_id_of(path)):
            yield object_id


def strange(objects: Path) -> Iterator[str]:
    """Yield a sentence for whatever lies there and is no object, or cannot be looked at."""
    for path in listed(objects):
        if isinstance(path, str):
            yield path
        elif not (object_id_of(path) or (path.suffix == ".blocks" and object_id_of(path.with_suffix("")))):
            yield f"{str(path)!r} is no file of the vault: move it away"


def listed(objects: Path) -> Iterator[Path | str]:
    """Yield what lies where sealed objects do, and a sentence for each folder that cannot be looked at."""
    for folder in (objects, *sorted(objects.glob("??"))):
        if not is_folder(folder):
            continue
        try:
            paths = sorted(folder.iterdir())
        except OSError as error:
            yield f"{folder} cannot be looked at ({error.strerror}): let this user read it, and run this again"
            continue
        yield from (path for path in paths if folder != objects or not is_shard(path))


def put_aside(paths: Iterable[Path], folder: Path, line: str) -> None:
    """Move files of ours to another folder of the same disk, with a line in its list that is there before they are."""
    with disk_refusals():
        folder.mkdir(mode=0o700, exist_ok=True)
        with (folder / LIST).open("a") as file:
            file.write(line)
            file.flush()
            sync_open(file.fileno(), folder / LIST)
        for path in filter(is_file, paths):
            link_synced(path, folder / path.name)
            path.unlink()
            sync(path.parent)


def is_shard(path: Path) -> bool:
    """Tell whether sealed objects lie in this folder."""
    return is_folder(path) and re.fullmatch("[0-9a-f]{2}", path.name) is not None


def object_id_of(path: Path) -> UUID | None:
    """Return the id of the sealed object that lies there, None if none does."""
    return as_id(path.name) if path.parent.name == path.name[:2] and is_file(path) else None


def as_id(name: str) -> UUID | None:
    """Return the id that a name is, None if it is none as we write them."""
    try:
        object_id = UUID(name)
    except ValueError:
        return None
    return object_id if str(object_id) == name else None
