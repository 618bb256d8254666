"""Claimed: what the codes are of that apprentices claim: outcomes of their plan, components of the form they take."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from api.services import services, today
from portfolio.domain.form import FORM
from portfolio.domain.kernel import NOBODY
from portfolio.domain.plan import PLAN
from projections.enrolment_list import EnrolmentCard

Key = tuple[UUID, str, UUID]
"""A plan edition, a route and the form taken."""


class Codes:
    """What the codes are of that apprentices claim: outcomes of their plan, components of the form they take today."""

    def __init__(self, cards: dict[UUID, EnrolmentCard]) -> None:
        self._cards = cards
        self._session = services().session()
        self._today = today()
        self._known: dict[tuple[Key, str], dict[str, set[str]]] = {}
        self.titles: dict[tuple[str, str], str] = {}

    def key(self, enrolment_id: UUID) -> Key:
        """Return by what it differs: plan edition, route and form."""
        enrolment = self._cards[enrolment_id].enrolment
        holds = enrolment.route_on(self._today)
        return enrolment.plan_id, *((holds.route, holds.form_id) if holds else ("", NOBODY))

    def outcomes(self, key: Key, codes: str) -> frozenset[str]:
        """Return the keys of the outcomes that these codes are of."""
        return self._of("outcome", key, codes)

    def components(self, key: Key, codes: str) -> frozenset[str]:
        """Return the keys of the components that judge these codes."""
        return self._of("component", key, codes)

    def _of(self, what: str, key: Key, codes: str) -> frozenset[str]:
        known = self._known.get((key, what))
        if known is None:
            known = self._known[key, what] = self._read(what, *key)
        return frozenset[str]().union(*[known[code] for code in codes.split() if code in known])

    def _read(self, what: str, plan_id: UUID, route: str, form_id: UUID) -> dict[str, set[str]]:
        named: Sequence[tuple[str, str, Iterable[str]]]
        if what == "outcome":
            plan = self._session.state(PLAN, plan_id).plan
            outcomes = plan.outcomes_of(route) if plan else ()
            named = [(each.key, each.title, [mapping.code for mapping in each.codes]) for each in outcomes]
        else:
            form = self._session.state(FORM, form_id)
            named = [(each.key, each.name, each.codes) for each in form.components]
        known: dict[str, set[str]] = {}
        for key, title, codes in named:
            self.titles.setdefault((what, key), title)
            for code in codes:
                known.setdefault(code, set()).add(key)
        return known
