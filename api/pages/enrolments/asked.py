"""Asked: the page of each act on an enrolment, which says what follows and asks before anything is recorded."""

from collections.abc import Callable
from uuid import UUID

from flask import url_for
from werkzeug.wrappers import Response

from api.pages.asking import Act, done, page_of
from api.pages.common import pages
from api.pages.enrolments.assigning import assignment
from api.pages.enrolments.changing import WHOLE, apprentice_of, asked, employer_correction
from api.pages.enrolments.enrolled import in_office
from api.pages.enrolments.of_parts import OF_A_PART
from api.pages.forms import shown_again
from api.reads import Sight, see
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.parts import Assigned
from portfolio.domain.enrolment.state import Enrolment


def last_of(act: Callable[..., Act]) -> str:
    """Return the last part of the address of an act."""
    return act.__name__.replace("_", "-")


def of_the_part_asked(make: Callable[[Sight[Enrolment], int, Assigned], Act]) -> Callable[[Sight[Enrolment]], Act]:
    """Return what makes an act on the part whose number the address asks for."""
    return lambda sight: make(sight, *asked(sight.state.assigned))


ACTS: dict[str, Callable[[Sight[Enrolment]], Act]] = {
    **{last_of(each): each for each in (*WHOLE, assignment)},
    "employer-correction": lambda sight: employer_correction(sight, *asked(sight.state.held_by())),
    **{last_of(each): of_the_part_asked(each) for each in OF_A_PART},
}
"""Every act by the last part of its address."""


@pages.get(f"/enrolments/<uuid:enrolment_id>/administration/<any({', '.join(map(repr, ACTS))}):act>")
def act_on_enrolment(enrolment_id: UUID, act: str) -> str:
    """Ask before something is done with an enrolment."""
    sight = see(ENROLMENT, enrolment_id)
    name = apprentice_of(sight)
    trail = [
        ("Enrolments", url_for(".enrolments")) if in_office() else ("Home", url_for(".home")),
        (f"Enrolment of {name}", url_for(".administration", enrolment_id=enrolment_id)),
    ]
    return page_of(ACTS[act](sight), sight, trail, f"Enrolment of {name}")


@pages.post(f"/enrolments/<uuid:enrolment_id>/administration/<any({', '.join(map(repr, ACTS))}):act>")
@shown_again(act_on_enrolment)
def do_on_enrolment(enrolment_id: UUID, act: str) -> Response:
    """Do something with an enrolment."""
    return done(ACTS[act](see(ENROLMENT, enrolment_id)), ".administration", enrolment_id=enrolment_id)
