"""The accounts at providers that sign somebody in, or would: taken away and let in again by the office."""

from typing import Any
from uuid import UUID

from flask import url_for
from werkzeug.wrappers import Response

from api.identities import IdentityReasonIn, Left, accounts_of, unfollowed
from api.judging import TYPED
from api.pages.asking import Act, done, page_of
from api.pages.common import pages
from api.pages.forms import shown_again
from api.pages.people.acts import WHY
from api.reads import Sight, see
from api.services import services
from api.trail import name_of
from portfolio.application.read_session import ReadSession
from portfolio.domain.identity import IDENTITY, AcceptIdentity, Hindrance, Identity, UnlinkIdentity
from portfolio.domain.kernel import NotVisible
from portfolio.domain.person import Person

REFUSED: dict[Hindrance, str] = {
    "another account": "Not let in: they sign in with another account of this provider.",
    "taken away": "Taken away: it does not sign them in any more.",
}


def shown(sight: Sight[Person]) -> list[dict[str, Any]]:
    """Return the accounts of a person as their page tells them, each with the act that is offered on it."""
    session = services().deciding()
    return [
        {
            "id": each.identity_id,
            "provider": each.provider,
            "signs_in": each.state == "linked",
            "why": REFUSED[each.hindrance] if each.hindrance else "",
            "since": each.since,
            "by": name_of(sight.session, sight.session.history(each.identity_id)[-1].by),
            "act": offered(each.identity_id, sight, session),
        }
        for each in accounts_of(sight.session, sight.stream)
    ]


def roles_left(sight: Sight[Person]) -> list[str]:
    """Return a sentence for each role that is not as a provider said last."""
    return [left_in_words(each) for each in unfollowed(services().deciding(), sight.stream)]


def left_in_words(left: Left) -> str:
    """Say which role is not as a provider said last, and why."""
    if left.refusal is None:
        does = "is given" if left.wanted == "given" else "ends"
        return f"The role {left.role} {does} the next time they sign in at {left.provider}."
    if left.wanted == "given":
        return f"What {left.provider} said last gives them the role {left.role}, which they do not hold. {left.refusal}"
    return f"What {left.provider} said last gives them the role {left.role} no more, which they hold. {left.refusal}"


def offered(identity_id: UUID, sight: Sight[Person], session: ReadSession) -> Act | None:
    """Return the act on an account that would not be refused now, None if there is none."""
    acts = acts_on(identity_id, sight.session.state(IDENTITY, identity_id), sight.state.name)
    return next((act for act in acts.values() if act.refusal(session) is None), None)


def acts_on(identity_id: UUID, identity: Identity, name: str) -> dict[str, Act]:
    """Return what can be done with an account of somebody of this name."""
    provider = services().providers.name_of(identity.issuer)
    return {
        "removal": Act(
            "removal",
            "Take away",
            f"Take the account at {provider} from {name}?",
            "Take this account away",
            IdentityReasonIn,
            lambda body: UnlinkIdentity(identity_id=identity_id, **body),
            [UnlinkIdentity(identity_id=identity_id, reason=TYPED)],
            [WHY],
            [
                "It does not sign them in any more, and where it has signed them in that ends now.",
                f"If they have a new account at {provider}, that one is let in the next time they sign in with it.",
            ],
            warns=True,
        ),
        "acceptance": Act(
            "acceptance",
            "Let it in",
            f"Let this account at {provider} sign {name} in?",
            "Let this account in",
            IdentityReasonIn,
            lambda body: AcceptIdentity(identity_id=identity_id, **body),
            [AcceptIdentity(identity_id=identity_id, reason=TYPED)],
            [WHY],
            [f"Whoever has this account is {name} here from now on. Ask {name} whether it is theirs."],
            warns=True,
        ),
    }


@pages.get("/people/<uuid:person_id>/accounts/<uuid:identity_id>/<any('removal', 'acceptance'):act>")
def act_for_account(person_id: UUID, identity_id: UUID, act: str) -> str:
    """Ask before something is done with an account of a person."""
    sight = account_of(person_id, identity_id)
    name = name_of(sight.session, person_id)
    trail = [("People", url_for(".people")), (name, url_for(".person", person_id=person_id))]
    return page_of(acts_on(identity_id, sight.state, name)[act], sight, trail, name)


@pages.post("/people/<uuid:person_id>/accounts/<uuid:identity_id>/<any('removal', 'acceptance'):act>")
@shown_again(act_for_account)
def do_for_account(person_id: UUID, identity_id: UUID, act: str) -> Response:
    """Do something with an account of a person."""
    sight = account_of(person_id, identity_id)
    name = name_of(sight.session, person_id)
    return done(acts_on(identity_id, sight.state, name)[act], ".person", person_id=person_id)


def account_of(person_id: UUID, identity_id: UUID) -> Sight[Identity]:
    """Return an account of this person; raise ``NotVisible`` if it is none of theirs."""
    sight = see(IDENTITY, identity_id)
    if sight.state.person_id != person_id:
        raise NotVisible
    return sight
