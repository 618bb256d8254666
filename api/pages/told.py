"""Told: facts as a page tells them: several of a kind in a row, by one person, as one line that opens."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from api.reads import Sight
from api.trail import entries, is_told
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.evidence.facts import StatementClaimed
from portfolio.domain.kernel import Recorded


def alike(entry: Recorded) -> tuple[object, ...]:
    """Return what facts in a row have in common that are told as one."""
    if isinstance(entry.fact, StatementFound | StatementClaimed):
        return type(entry.fact), entry.originator_id, entry.by
    return (entry.position,)


def summary(run: Sequence[Recorded]) -> str:
    """Return what several findings or claims say together, after the name of who made them."""
    if claimed := [entry.fact.code for entry in run if isinstance(entry.fact, StatementClaimed)]:
        return f"claimed {len(claimed)} codes: {', '.join(claimed)}."
    judged = [entry.fact.finding.judgement for entry in run if isinstance(entry.fact, StatementFound)]
    return f"recorded {len(run)} findings: {counted(judged)}."


def counted(judged: Iterable[str]) -> str:
    """Return how many codes were found how, such as "22 met, 1 not met"."""
    return ", ".join(f"{number} {judgement}" for judgement, number in Counter(judged).items()) or "none"


def runs(
    sight: Sight[Any], facts: Sequence[Recorded], key: Callable[[Recorded], tuple[object, ...]] = alike
) -> list[tuple[Recorded, ...]]:
    """Return the facts that the caller is told of, those in a row of one ``key`` together."""
    told = (entry for entry in facts if is_told(sight, entry))
    return [tuple(run) for _, run in groupby(told, key)]


def as_read(
    sight: Sight[Any], told: Sequence[Sequence[Recorded]]
) -> Iterator[tuple[Sequence[Recorded], list[dict[str, Any]]]]:
    """Yield facts that are told together, each also as the caller may read it."""
    rows = iter(entries(sight, [entry for together in told for entry in together]))
    return ((together, [*islice(rows, len(together))]) for together in told)


def grouped(sight: Sight[Any], facts: Sequence[Recorded]) -> list[dict[str, Any]]:
    """Return facts as the caller may read them; several findings or claims in a row, by one person, as one entry.

    Such an entry holds the others under ``inside``.
    """
    return [
        {
            **rows[0],
            "sentence": summary(together) if len(rows) > 1 else rows[0]["sentence"],
            "inside": rows if len(rows) > 1 else (),
        }
        for together, rows in as_read(sight, runs(sight, facts))
    ]
