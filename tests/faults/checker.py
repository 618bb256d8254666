"""Judges a record by what its writers were told and its readers saw: nothing lost, doubled, moved or left out."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple
from uuid import UUID


class Line(NamedTuple):
    """A fact as somebody knows it: where it stands, and the mark that only one request carried (empty: none did)."""

    position: int
    stream: UUID
    version: int
    mark: str


def differences(log: Sequence[Line], answered: Sequence[Line], read: Sequence[Line]) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong.

    ``log``: the record as it is now. ``answered``: every answer that a writer got, to repeated requests too.
    ``read``: what a reader got that followed the record from its beginning and has come to its end.
    """
    yield from gaps(log)
    yield from doubles(log)
    yield from broken_promises(log, answered)
    yield from read_otherwise(log, read)


def gaps(log: Sequence[Line]) -> Iterator[str]:
    """Yield the places where positions, or the versions of a stream, do not count 1, 2, 3."""
    versions: Counter[UUID] = Counter()
    for position, line in enumerate(log, start=1):
        versions[line.stream] += 1
        if line.position != position:
            yield f"position {line.position} stands where {position} should"
        if line.version != versions[line.stream]:
            yield f"version {line.version} of {line.stream} stands where {versions[line.stream]} should"


def doubles(log: Sequence[Line]) -> Iterator[str]:
    """Yield the requests that were carried out more than once."""
    for mark, number in Counter(line.mark for line in log if line.mark).items():
        if number > 1:
            yield f"{mark} is there {number} times"


def broken_promises(log: Sequence[Line], answered: Sequence[Line]) -> Iterator[str]:
    """Yield the requests that were answered in two ways, and those whose fact is not where the answer said."""
    there = set(log)
    answers: dict[str, set[Line]] = defaultdict(set)
    for line in answered:
        answers[line.mark].add(line)
    for mark, lines in answers.items():
        if len(lines) > 1:
            yield f"{mark} was answered in {len(lines)} ways"
        yield from (f"{line.mark} is not at position {line.position}, as answered" for line in sorted(lines - there))


def read_otherwise(log: Sequence[Line], read: Sequence[Line]) -> Iterator[str]:
    """Yield the first place where the reader saw something else."""
    for place, (stored, shown) in enumerate(zip_longest(log, read), start=1):
        if stored != shown:
            yield f"the reader saw {shown} in place {place}, where {stored} stands"
            return
