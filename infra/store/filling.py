"""Filling in: the links that an earlier release did not write, derived from its facts before the next append."""

from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from infra.store.codec import FactCodec, Row, known_uuid_of
from portfolio.application.indexes import ADDED_LATER, index_rows
from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import tag_of

Link = tuple[str, str, UUID, int]
"""A link as it is stored: name, key, stream and position."""


def links_to_fill(stored: Collection[str], facts_of: Callable[[Sequence[str]], Iterable[Row]]) -> list[Link]:
    """Return the links that a store lacks in which only ``stored`` names are listed.

    ``facts_of`` gives the rows of the facts with these tags, in the order of the log. A name of which anything is
    stored is complete: every append since its release has written it.
    """
    lacking = {name: facts for name, facts in ADDED_LATER.items() if name not in stored}
    tags = sorted({tag_of(fact) for facts in lacking.values() for fact in facts})
    if not tags:
        return []
    codec = FactCodec(FACTS)
    listed: dict[tuple[str, str, UUID], int] = {}
    for row in facts_of(tags):
        for index in index_rows(codec.fact(row)):
            link = (index.name, index.key, known_uuid_of(row[1]))
            if index.name in lacking and index.release:
                listed.pop(link, None)
            elif index.name in lacking:
                listed.setdefault(link, row[0])
    return [(*link, position) for link, position in listed.items()]
