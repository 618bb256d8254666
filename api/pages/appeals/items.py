"""Items: what of a decision an appeal can point at, as people call it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from api.pages.attempt.decided import reads_context
from api.pages.attempt.deciding import titles_of
from api.pages.attempt.shown import Attempt
from api.reads import see_each
from api.trail import context_for
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.context import Available, DecisionContext
from portfolio.domain.calendar import day_in_words
from portfolio.domain.form import code_order

IN_A_PART = 60
"""Items of the form that stand on one page."""
UNSEEN = "an item that you may not see"
LONGEST_QUOTE = 120
"""Characters of a remark by which it is told from others."""


class Item(NamedTuple):
    """Something an appeal can point at; ``within`` are the remarks on a piece of evidence.

    ``again``: it is named only as that whose remarks go on here.
    """

    item_id: UUID
    called: str
    hint: str = ""
    within: tuple["Item", ...] = ()
    again: bool = False


class Part(NamedTuple):
    """The items of one page of the form, which of how many it is, and how many there are in all."""

    items: tuple[Item, ...]
    number: int
    parts: int
    total: int

    @property
    def ticks(self) -> frozenset[str]:
        """Return the ids of those that can be ticked here."""
        return frozenset(str(each.item_id) for of in self.items for each in (of, *of.within) if not each.again)


def part_of(items: Sequence[Item], number: int) -> Part:
    """Return the items that stand on one page of the form, by its number from 1; beyond the last one, the last."""
    each_within = [(of, within) for of in items for within in (None, *of.within)]
    parts = -(-len(each_within) // IN_A_PART) or 1
    number = min(max(number, 1), parts)
    here = each_within[(number - 1) * IN_A_PART : number * IN_A_PART]
    shown = dict[UUID, Item]()
    for of, within in here:
        known = shown.get(of.item_id) or of._replace(within=(), again=within is not None)
        shown[of.item_id] = known._replace(within=(*known.within, within)) if within else known
    return Part(tuple(shown.values()), number, parts, len(each_within))


def items_of(shown: Attempt, decision_id: UUID) -> list[Item]:
    """Return what an appeal against a decision can point at: how it was carried out, the evidence, remarks on it."""
    whole = Item(
        shown.sight.stream,
        "How it was carried out or decided",
        "If it is not about one piece of evidence or one remark.",
    )
    decision = shown.sight.state.decision(decision_id)
    if decision is None or not reads_context(shown, decision_id):
        return [whole]
    context = context_for(shown.sight, decision.context)
    return [whole, *pieces(shown, context)]


def pieces(shown: Attempt, context: DecisionContext) -> Iterator[Item]:
    """Yield each piece of evidence that lay before the decision, by its newest version there, with its remarks."""
    by_item = dict[UUID, list[Available]]()
    for each in context.available:
        by_item.setdefault(each.evidence_id, []).append(each)
    newest = {evidence_id: max(of, key=lambda each: each.version) for evidence_id, of in by_item.items()}
    titles = titles_of(shown)
    often = Counter(titles.get((each.evidence_id, each.version)) for each in newest.values())
    for evidence_id, versions in by_item.items():
        last = newest[evidence_id]
        title = titles.get((evidence_id, last.version), "")
        rest = sorted({code for code, refs in context.cited if evidence_id in {ref.evidence_id for ref in refs}})
        called = (title or UNSEEN) + (f", of {day_in_words(last.produced_on)}" if often[title or None] > 1 else "")
        yield Item(
            evidence_id,
            called[:1].upper() + called[1:],
            f"Findings that rest on it: {', '.join(sorted(rest, key=code_order))}"
            if rest
            else "No finding rests on it",
            tuple(
                Item(remark.annotation_id, f"The remark “{shortened(remark.text)}”")
                for version in versions
                for remark in version.annotations
            ),
        )


def shortened(text: str) -> str:
    """Return the beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 1]}…"


def names_of(attempt_id: UUID, decision_id: UUID) -> Callable[[UUID], str]:
    """Return what gives the name of an item that a ground points at."""
    attempts = see_each(ASSESSMENT, [attempt_id])
    items = [item for attempt in attempts for item in items_of(Attempt(attempt), decision_id)]
    called = {item.item_id: item.called for each in items for item in (each, *each.within)}
    return lambda item: called.get(item, UNSEEN)
