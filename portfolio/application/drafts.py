"""Drafts: which facts are an apprentice's alone, told without reading whole histories where states say it."""

from collections.abc import Sequence
from typing import cast

from portfolio.application.read_session import ReadSession
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.drafts import is_alone, seen_by_others
from portfolio.domain.evidence.facts import EvidenceFact
from portfolio.domain.kernel import Recorded

OF_EVIDENCE = frozenset(EVIDENCE.facts)


def drafts_among(session: ReadSession, entries: Sequence[Recorded]) -> frozenset[int]:
    """Return the positions of those of these facts that are their apprentice's alone now (EVIDENCE-6).

    The history says it where the state does not, and of a record that lacks a fact.
    """
    alone, unsure = set[int](), list[Recorded]()
    for entry in entries:
        if type(entry.fact) in OF_EVIDENCE:
            item = session.state(EVIDENCE, entry.originator_id)
            lacks = entry.originator_id in (session.unread or ())
            match None if lacks else is_alone(item, cast(EvidenceFact, entry.fact)):
                case True:
                    alone.add(entry.position)
                case None:
                    unsure.append(entry)
    items = {entry.originator_id for entry in unsure}
    public = seen_by_others(entry for item in items for entry in session.history(item))
    return frozenset(alone | {entry.position for entry in unsure} - public.keys())
