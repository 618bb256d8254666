"""Files that no fact names: put where they are out of the way, never deleted."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from infra.main import Record
from infra.previews import forget


class Stray(NamedTuple):
    """A file that no fact names, what became of it in a sentence, and whether it was put aside."""

    object_id: UUID
    sentence: str
    aside: bool


def put_aside(record: Record, lost: Iterable[UUID], before: datetime) -> Iterator[Stray]:
    """Put aside those that were stored before a moment; the fact of one that is younger may still come.

    Previews that were made of one, by facts that are lost, go.
    """
    for object_id in lost:
        place = record.vault.place(object_id)
        if where := record.vault.set_aside(object_id, before):
            forget(record.settings, object_id)
            yield Stray(object_id, f"{place} belongs to no evidence: it is {where} now.", aside=True)
        else:
            stays = "belongs to no evidence yet and stays: it is not a day old, and may still be sealed."
            yield Stray(object_id, f"{place} {stays}", aside=False)
