"""A group of views: folds a batch of facts into some of them in one transaction, with a cache of their rows."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import Entry, tag_of
from projections.machinery.database import Fold, Rows, Standing, View, ViewsDatabase
from projections.machinery.log import Log, mark_at, since
from projections.machinery.owner import OWNED_TAGS, owner_of
from projections.machinery.trouble import VIEWS_NAME, SetAside, Trouble, can_be_read

CACHED_ROWS = 500
"""Rows of a view that stay in memory between batches, at most."""
KNOWN_TAGS = frozenset(map(tag_of, FACTS))
"""The stored names of all facts there are."""


class ViewGroup:
    """Views that are folded from one log, the owners of streams first."""

    def __init__(self, database: ViewsDatabase, owner: View, views: Sequence[View], trouble: Trouble) -> None:
        self.views = (owner, *views)
        self.aside = {fact.position: fact for fact in trouble.aside(VIEWS_NAME)}
        self._database = database
        self._trouble = trouble
        self._rows: list[Rows] = []
        self._expected: list[int] = []
        self._standings: dict[int, Standing] = {}
        self.drop_cache()

    def drop_cache(self) -> None:
        """Drop the cached rows: the database is right."""
        self._rows = [Rows(view, self._database) for view in self.views]
        self._expected = []

    def positions(self) -> list[int]:
        """Return how far each view has come."""
        return self._database.positions([view.table for view in self.views])

    def fold(
        self,
        log: Log,
        limit: int,
        until: int | None = None,
        only: Collection[str] = (),
        positions: list[int] | None = None,
    ) -> int:
        """Fold the next batch into all views, or ``only`` into those of these tables, all or nothing.

        Return the position that they show now. No view comes further than the owners of streams have. A fact that
        cannot be read is noted and passed over. ``positions`` are told by whoever has just asked for them.
        """
        known = len(self.aside)
        try:
            positions = positions or self.positions()
            if positions != self._expected:  # somebody else has folded meanwhile
                self.drop_cache()
            chosen = [number for number, view in enumerate(self.views) if not only or view.table in only]
            if chosen[0] != 0:
                until = positions[0] if until is None else min(until, positions[0])
            start = min(positions[number] for number in chosen)
            standing = self._standings.get(start) or self._kept(start)
            entries = since(log, standing, limit if until is None else min(limit, until - start))
            if not entries:
                self._expected = positions
                return start
            end, mark = entries[-1].position, mark_at(log, entries[-1])
            self._fold(entries, positions, chosen)
            if len(self.aside) > known:
                self._trouble.set_aside([*self.aside.values()][known:])
            reached = [*positions]
            for number in chosen:
                reached[number] = max(positions[number], end)
            moves = {self.views[number].table: (positions[number], reached[number]) for number in chosen}
            self._database.write([self._rows[number].batch() for number in chosen], moves, mark)
        except BaseException:
            self.drop_cache()
            for position in [*self.aside][known:]:
                del self.aside[position]
            raise
        for number in chosen:
            self._rows[number].settle(CACHED_ROWS)
        self._expected = reached
        self._standings = {at: each for at, each in self._standings.items() if at in reached} | {
            end: Standing(end, mark)
        }
        return end

    def _kept(self, position: int) -> Standing:
        """Return the mark that one of the followers at this position has kept."""
        standings = self._database.standings().values()
        return max((each for each in standings if each.position == position), default=Standing(position, ""))

    def _fold(self, entries: Sequence[Entry], positions: Sequence[int], chosen: Sequence[int]) -> None:
        owners = self._rows[0]
        owner_tags, owned_tags = owners.view.tags if chosen[0] == 0 else frozenset(), OWNED_TAGS
        here = {entry.tag for entry in entries}
        folds: dict[str, list[tuple[Fold, Rows, int]]] = {}
        for number in chosen:
            rows = self._rows[number]
            for tag in here & rows.view.tags if number else ():
                folds.setdefault(tag, []).append((rows.view.fold, rows, positions[number]))
        for entry in entries:
            tag, at = entry.tag, entry.position
            if tag not in KNOWN_TAGS:
                self._pass_over(entry, owner_of(owners, entry.originator_id))
                continue
            owner = None
            try:
                if tag in owner_tags:
                    owners.view.fold(owners, entry, None)
                owner = owner_of(owners, entry.originator_id) if tag in owned_tags else None
            except Exception:
                if not self._pass_over(entry, None):
                    raise
            for fold, rows, position in folds.get(tag, ()):
                if at > position:
                    try:
                        fold(rows, entry, owner)
                    except Exception as error:
                        if not self._pass_over(entry, owner) and not self._misses_one_aside(error, entry, owner):
                            raise

    def _pass_over(self, entry: Entry, owner: UUID | None) -> bool:
        """Set a fact aside if it cannot be read, and tell whether that is so."""
        if can_be_read(entry):
            return False
        self.aside.setdefault(entry.position, SetAside.of(VIEWS_NAME, entry, owner))
        return True

    def _misses_one_aside(self, error: Exception, entry: Entry, owner: UUID | None) -> bool:
        """Tell whether a fold failed on a fact of a record, or that names one, of which a fact is set aside."""
        if not isinstance(error, LookupError | TypeError | ValueError | AttributeError) or not self.aside:
            return False
        named = f"{entry.originator_id} {owner} {msgspec.json.encode(entry.fact).decode()}"
        return any(str(fact.stream) in named for fact in self.aside.values())
