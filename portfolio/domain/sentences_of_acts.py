"""What facts recorded together say to a lay reader: many of one kind are counted instead of told one by one."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    EvidenceServed,
    EvidenceSubmitted,
    FileReceived,
    StatementClaimed,
)
from portfolio.domain.form import code_order
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Fact, Recorded
from portfolio.domain.sentences import NameOf, sentence

MOST_NAMED = 10
"""Codes or people that one sentence names; more are counted."""

ONE_BY_ONE = 5
"""Facts of one kind that are told one by one where nothing counts them; of more the last is told, and how many."""


def told_together(entries: Sequence[Recorded], name_of: Callable[[Recorded], NameOf]) -> list[str]:
    """Return what facts say that were recorded in one act, oldest first, each phrase to be read after a name.

    That something was shown is no act of the one who was shown it, and not told.
    """
    acts = [entry for entry in entries if not isinstance(entry.fact, EvidenceServed)]
    alike = groupby(sorted(acts, key=lambda entry: _first_like(entry, acts)), key=_kind_of)
    return [phrase for _, facts in alike for phrase in _phrases([*facts], name_of)]


def _kind_of(entry: Recorded) -> tuple[str, UUID | None, object]:
    """Return which facts are counted together: of one kind, and of one record where the sentence is about that."""
    match entry.fact:
        case EvidenceSubmitted() | FileReceived():
            return entry.tag, None, None
        case InterestDeclared(interest=interest, late=late):
            return entry.tag, None, (interest, late)
        case StatementFound():
            return entry.tag, entry.originator_id, entry.causation
        case StatementClaimed(version=version) | ClaimDropped(version=version):
            return entry.tag, entry.originator_id, version
        case _:
            return entry.tag, entry.originator_id, None


def _first_like(entry: Recorded, acts: Sequence[Recorded]) -> int:
    return next(number for number, other in enumerate(acts) if _kind_of(other) == _kind_of(entry))


def _phrases(alike: list[Recorded], name_of: Callable[[Recorded], NameOf]) -> Iterator[str]:
    teller = MANY.get(type(alike[0].fact))
    if teller and len(alike) > 1:
        yield f"{teller([entry.fact for entry in alike], name_of(alike[0]))}."
        return
    few = len(alike) <= ONE_BY_ONE
    for entry in alike if few else alike[-1:]:
        yield sentence(entry.fact, name_of(entry), entry.subject, entry.originator_id)
    if not few:
        yield f"did {len(alike) - 1} more things of the same kind together with that."


def _listed(names: Sequence[str], many: str) -> str:
    if len(names) > MOST_NAMED:
        return f"{len(names)} {many}"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _found(facts: list[StatementFound], _: NameOf) -> str:
    words = [each.finding.judgement for each in facts]
    counts = [f"{words.count(word)} {word}" for word in ("met", "not met") if word in words]
    left = words.count("not judged")
    judged = len(words) - left
    parts = [
        f"judged {judged} code{'s' if judged > 1 else ''}: {', '.join(counts)}" if judged else "",
        f"left {left} code{'s' if left > 1 else ''} not judged" if left else "",
    ]
    return ", and ".join(filter(None, parts))


def _codes(facts: list[Any]) -> str:
    return _listed(sorted({each.code for each in facts}, key=code_order), "codes")


def _declared(facts: list[InterestDeclared], name_of: NameOf) -> str:
    whom = _listed([*dict.fromkeys(name_of(each.apprentice) for each in facts)], "apprentices")
    late = ", after seeing the work" if facts[0].late else ""
    if facts[0].interest == "none":
        return f"declared no interest in {whom}{late}"
    return f"declared an interest in {whom}: {facts[0].interest}{late}"


MANY: dict[type[Fact], Callable[[list[Any], NameOf], str]] = {
    StatementFound: _found,
    StatementClaimed: lambda facts, _: f"claimed {_codes(facts)} with version {facts[0].version}",
    ClaimDropped: lambda facts, _: f"dropped the claims of {_codes(facts)} with version {facts[0].version}",
    EvidenceSubmitted: lambda facts, _: f"handed in {len(facts)} files, declared as own work",
    FileReceived: lambda facts, _: f"sent {len(facts)} whole files",
    InterestDeclared: _declared,
}
"""What several facts of one kind say together."""
