"""What tells components of several forms apart or together."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from portfolio.application.read_session import ReadSession
from portfolio.domain.components import Components
from portfolio.domain.criteria import CRITERIA, line_of
from portfolio.domain.form import FORM


def components_of(session: ReadSession, form_ids: Iterable[UUID]) -> Components:
    """Return these forms, with the line of each version of criteria that they name."""
    forms = {form_id: session.state(FORM, form_id) for form_id in form_ids}
    criteria = sorted(frozenset[UUID]().union(*(form.criteria_ids() for form in forms.values())))
    lines = {criteria_id: line_of(criteria_id, partial(session.state, CRITERIA))[-1] for criteria_id in criteria}
    return Components(forms=forms, lines=lines)
