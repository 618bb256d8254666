"""The chain over all facts, made again and held against what is stored: each difference is one sentence.

A value follows from the one before it and from its fact. What does not fit at one position is told apart at the next:
where the stored value leads on, the fact was changed; where the value made from the fact does, the chain was.
"""

from collections.abc import Iterator, Sequence
from typing import cast
from uuid import UUID

from infra.store.chain import key_of, receipt_of, value_of
from infra.store.codec import Row
from infra.store.journal import EventJournal
from infra.store.recorder import START, FactsSnapshot, Head, ReceiptRow

BATCH_SIZE = 5_000
"""Positions read in one go."""

FACTS = """
SELECT position, originator_id, originator_version, topic, state FROM facts WHERE position > {} AND position <= {}
"""
CHAIN = "SELECT position, value, receipt FROM chain WHERE position > {} AND position <= {}"
RECEIPTS = """
SELECT position, person, key, fingerprint, stream, version, extra FROM idempotency
WHERE position > {} AND position <= {} ORDER BY position, person, key
"""
ENDS = "SELECT (SELECT coalesce(max(position), 0) FROM facts), (SELECT coalesce(max(position), 0) FROM chain)"
MOST_NAMED = 10
"""Facts in a row that do not fit, at most, where each is named."""
MOST_LOST = 3
"""Facts of one stream that were taken away before others of it, at most, where those are to be known again."""

Fact = tuple[Row, Sequence[ReceiptRow]]
"""A fact and the idempotency rows that answer with its position."""


class ChainCheck:
    """Holds the facts of one moment against the chain, and against its end as it was kept outside before."""

    def __init__(self, journal: EventJournal, outside: Head | None) -> None:
        self.facts_differ = False
        """Whether facts are not what was recorded, or nobody can tell; as far as it was looked."""
        self._journal = journal
        self._key = key_of(journal)
        self._outside = outside
        self._at = 0  # the position in the chain up to which facts were judged
        self._stored = START  # the value there, as it is stored
        self._made = START  # and as it follows from the fact
        self._open: list[tuple[int, Row]] = []  # facts that do not fit, with the first position in question for each
        self._lacking: list[int] = []  # positions just before that have no value stored
        self._links: dict[int, Sequence[bytes]] = {}  # value and receipt of positions nearby
        self._lost: dict[bytes, int] = {}  # by how many versions facts of a stream were moved
        self._shift = 0  # by how many positions facts were moved, because others were taken away before them
        self._another = False  # whether the value that is kept outside is neither of these

    @property
    def covered(self) -> int:
        """Return the last position that was judged, once all were."""
        return self._at

    def differences(self) -> Iterator[str]:
        """Yield what is not as it was recorded, or why that cannot be told."""
        with self._journal.store.snapshot() as snapshot:
            try:
                if "chain" in snapshot.tables():
                    yield from self._compared(snapshot)
                elif self._outside is not None:  # else a store of the first releases, which gets it at its next start
                    self.facts_differ = True
                    yield f"the chain over all facts is gone: it went up to position {self._outside.position}"
            except snapshot.errors as error:
                yield f"the chain over all facts cannot be checked: {error}"

    def _compared(self, snapshot: FactsSnapshot) -> Iterator[str]:
        ((last, covered),) = snapshot.select(ENDS)
        known = max(covered, self._outside.position if self._outside else 0)
        missing = max(0, known - last)
        for start in range(0, min(last, known), BATCH_SIZE):
            yield from self._batch(snapshot, start, min(start + BATCH_SIZE, last, known), missing)
        moved = bool(self._shift or self._open)
        yield from self._at_the_end()
        if missing:
            self.facts_differ = True
            if not moved:
                gone = places(last + 1, known)
                yield (
                    f"the newest facts are missing: the log had {gone}, which is not there any more; put back the "
                    "newest copy, or go on without them: portfolio accept-loss --reason TEXT"
                )

    def _batch(self, snapshot: FactsSnapshot, start: int, until: int, missing: int) -> Iterator[str]:
        """Yield the differences at the positions after one, up to another."""
        reach = missing if missing <= BATCH_SIZE else 0
        self._links = {position: link for position, *link in snapshot.select(CHAIN.format(start, until + reach))}
        self._links[start + self._shift] = [self._stored, b""]
        rows = {row[0]: row for row in snapshot.select(FACTS.format(start, until))}
        answers: dict[int, list[ReceiptRow]] = {}
        for answer in snapshot.select(RECEIPTS.format(start, until)):
            answers.setdefault(answer[0], []).append(answer)
        for position in range(start + 1, until + 1):
            if position not in rows:  # named where positions are looked at
                self.facts_differ = True
                self._stored = self._made = self._links.get(position, (self._made,))[0]
                continue
            fact = rows[position], answers.get(position, [])
            if reach and not self._shift and not self._fits(fact) and self._moved(fact, reach):
                self._shift, self.facts_differ = reach, True
                self._stored = self._made = self._links[position + reach - 1][0]
                yield (
                    f"the facts recorded at {places(position, position + reach - 1)} were taken away, and later ones "
                    "numbered anew"
                )
            yield from self._judged(*self._as_it_was(fact))
            if self._outside and self._at == self._outside.position:
                self._another = self._outside.value not in (self._stored, self._made)

    def _fits(self, fact: Fact) -> bool:
        """Tell whether a fact has the value that is stored for its position, after the value stored before it."""
        row, told = fact
        before, link = self._links.get(row[0] - 1), self._links.get(row[0])
        return bool(before and link and value_of(self._key, before[0], row, self._receipt(told)) == link[0])

    def _moved(self, fact: Fact, by: int) -> bool:
        """Tell whether a fact stood so many positions further on, perhaps under a later version; remember which."""
        row, _ = fact
        for lost in range(self._lost.get(row[1], 0), min(by, MOST_LOST) + 1):
            if self._fits(moved(fact, by, lost)):
                self._lost[row[1]] = lost
                return True
        return False

    def _as_it_was(self, fact: Fact) -> Fact:
        """Return a fact under the position and version that it had before others were taken away."""
        if not self._shift:
            return fact
        self._moved(fact, self._shift)
        return moved(fact, self._shift, self._lost.get(fact[0][1], 0))

    def _judged(self, row: Row, told: Sequence[ReceiptRow]) -> Iterator[str]:
        """Yield what the value stored for a fact's position tells of it, and of those before it."""
        self._at, receipt = row[0], self._receipt(told)
        if (link := self._links.get(self._at)) is None:
            self._lacking.append(self._at)
            self._stored = self._made = value_of(self._key, self._made, row, receipt)
            return
        value, kept = link
        for answered in (receipt, kept):
            by_stored = by_made = value_of(self._key, self._stored, row, answered)
            if self._made != self._stored:
                by_made = value_of(self._key, self._made, row, answered)
            if value in (by_stored, by_made):
                yield from self._settled(facts_changed=value == by_stored)
                if kept != receipt:
                    changed = f"the chain was changed at position {self._at}, in what it says of a receipt"
                    yield receipt_differs(row, told, kept) if answered == kept else changed
                self._stored = self._made = value
                return
        self._open.append((self._lacking[0] if self._lacking else self._at, row))
        self._lacking = []
        self._made, self._stored = value_of(self._key, self._made, row, receipt), value

    def _settled(self, *, facts_changed: bool, surely: bool = True) -> Iterator[str]:
        """Yield what is known now of the facts that did not fit: they, or only the chain, were changed."""
        opened, self._open, lacking, self._lacking = self._open, [], self._lacking, []
        self.facts_differ |= facts_changed and bool(opened)
        if len(opened) > MOST_NAMED:
            first, last = opened[0][0], opened[-1][1][0]
            yield f"the facts at {places(first, last)} were changed after they were recorded, or the chain there"
            return
        for first, row in opened:
            if first < row[0]:
                gap = places(first, row[0] - 1)
                yield f"the chain lacks {gap}, and a fact from there to position {row[0]} was changed"
            elif not facts_changed:
                yield f"the chain was changed at position {row[0]}: the fact is as it was recorded"
            elif surely and len(opened) == 1:
                yield f"{named(row)} was changed after it was recorded"
            else:
                yield f"{named(row)} was changed after it was recorded, or the chain at its position"
        if lacking:
            yield f"the chain lacks {places(lacking[0], lacking[-1])}"

    def _at_the_end(self) -> Iterator[str]:
        """Yield what the end that is kept outside tells of the last facts and of the whole."""
        position, value = self._outside or (0, b"")
        known = position == self._at
        if known and self._another and self._lacking:
            self.facts_differ = True
            yield f"the chain lacks {places(self._lacking[0], position)}, and a fact there was changed"
            return
        if self._another:
            yield (
                f"the chain is another one than that whose end was kept in the folder of the keys (chain-head), at "
                f"position {position}: it was made again, or that file was changed or is another record's"
            )
        if position > self._at:  # facts are missing, and the last of those that are there were not covered yet
            self._lacking = []
        only_the_chain = known and value == self._made
        yield from self._settled(facts_changed=not only_the_chain, surely=known and value == self._stored)

    def _receipt(self, told: Sequence[ReceiptRow]) -> bytes:
        return receipt_of(self._key, told) if told else b""


def moved(fact: Fact, by: int, lost: int) -> Fact:
    """Return a fact, and the idempotency rows that answer with it, so many positions and versions further on."""
    (position, stream, version, *rest), told = fact
    answers = [(at + by, *who, of + lost, extra) for at, *who, of, extra in told]
    return cast("Fact", ((position + by, stream, version + lost, *rest), answers))


def receipt_differs(row: Row, told: Sequence[ReceiptRow], kept: bytes) -> str:
    """Return the sentence about idempotency rows other than there were when the fact was recorded."""
    if not told:
        return f"the idempotency row that answers with {named(row)} is missing"
    if not kept:
        return f"an idempotency row answers with {named(row)}, which answered none when it was recorded"
    return f"the idempotency row that answers with {named(row)} is not what was recorded"


def named(row: Row) -> str:
    """Return which fact this is, in words."""
    position, stream, version, tag, _ = row
    return f"the fact at position {position} ({tag}, {version} of stream {UUID(bytes=stream)})"


def places(first: int, last: int) -> str:
    """Return these positions in words."""
    return f"position {first}" if first == last else f"positions {first} to {last}"
