"""Home: the records a person has a part in, and the queues they may see."""

from typing import get_args

from werkzeug.wrappers import Response

from api.appeals import own_appeals
from api.auth import to_the_door
from api.enrolment_list import own_enrolments
from api.pages.common import fresh, named, pages, render
from api.pages.forms import run
from api.services import caller, services, today
from portfolio.domain import permissions
from portfolio.domain.kernel import NOBODY, State
from portfolio.domain.standing import SignOut
from portfolio.domain.vocabulary import REGISTERED_PERSON, Role


@pages.post("/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    """End every session, link and token of the person at the page."""
    run(SignOut(person_id=caller()))
    return to_the_door()


@pages.get("/")
def home() -> str:
    """Show where this person can go from here."""
    fresh()
    held = services().session().held(caller(), NOBODY, State(), NOBODY, today())
    enrolments = own_enrolments()
    appeals = [sight for sight in own_appeals() if sight.shows("chronology")]
    return render(
        "home.html",
        enrolments=enrolments,
        appeals=appeals,
        names=named(sight.state.apprentice for sight in appeals),
        assesses=permissions.may(permissions.READS["queue: assessor"], held),
        hears=permissions.may(permissions.READS["queue: appeals"], held),
        settles=permissions.may(permissions.READS["queue: consequences"], held),
        roles=sorted(held & set(get_args(Role))),
        programs=any(permissions.may(rule, held - {REGISTERED_PERSON}) for rule in permissions.MAY.values()),
    )
