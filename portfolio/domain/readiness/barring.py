"""Barring: what was found in an open attempt by somebody who may not judge it does not count (APPEAL-10)."""

from uuid import UUID

from portfolio.domain.components import Components
from portfolio.domain.kernel import changed
from portfolio.domain.readiness.picture import AttemptNote, Picture


def without_barred(picture: Picture, components: Components) -> Picture:
    """Return the picture without findings, in attempts that go on, of people who are barred from them."""
    attempts = (
        _counted(attempt, _barred(attempt, picture, components)) if attempt.goes_on() else attempt
        for attempt in picture.attempts
    )
    return changed(picture, attempts=tuple(attempts))


def _counted(attempt: AttemptNote, barred: frozenset[UUID]) -> AttemptNote:
    counting = {code: each for code, each in attempt.judgements.items() if attempt.finders.get(code) not in barred}
    return changed(attempt, judgements=counting)


def _barred(attempt: AttemptNote, picture: Picture, components: Components) -> frozenset[UUID]:
    """Return who took part, at the component of an attempt, in what was set aside so that it bars them."""
    return frozenset[UUID]().union(
        *(
            each.took_part
            for each in picture.attempts
            if components.may_be_same(each, attempt) and (each.bars or _ordered(each, picture))
        )
    )


def _ordered(attempt: AttemptNote, picture: Picture) -> bool:
    """Return whether a decision of the attempt was set aside and an appeal against it upheld."""
    void = {decision.decision_id for decision in attempt.decisions if decision.status == "void"}
    return bool(void & picture.upheld)
