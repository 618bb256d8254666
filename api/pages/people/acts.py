"""What the office does for a person: each act has a page that asks first, and is offered where the rules let it be."""

from collections.abc import Callable
from typing import get_args
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from api.judging import TYPED, refusal_of
from api.pages.asking import Act, Ask, done, page_of
from api.pages.common import as_day, pages
from api.pages.forms import shown_again
from api.pages.narrowing import begun
from api.pages.people.addresses import OF_ADDRESSES
from api.people import (
    CompetenceCorrectionIn,
    CompetenceIn,
    CorrectionIn,
    EmploymentIn,
    NameIn,
    OnRecordIn,
    RoleIn,
    StandingIn,
)
from api.reads import Sight, see
from api.schemas import Schema
from api.services import services, today
from api.trail import name_of
from portfolio.domain.competences import (
    CompetenceKind,
    CompetenceRecorded,
    CorrectCompetence,
    RecordCompetence,
    TakeCompetenceBack,
)
from portfolio.domain.corrections import CorrectEmployment, CorrectName
from portfolio.domain.criteria import CRITERIA
from portfolio.domain.interests import ConfirmCorrection
from portfolio.domain.kernel import NotVisible
from portfolio.domain.person import PERSON, EndRole, GrantRole, Person
from portfolio.domain.standing import ReinstatePerson, SignOut, SuspendPerson
from portfolio.domain.vocabulary import Role, WorksFor
from projections.criteria import CRITERIA_LIST

KINDS: dict[CompetenceKind, str] = {
    "training": "Training",
    "standardised": "Standardised on criteria",
    "appeals panel": "Prepared for appeals panels",
}
"""What a page calls the kinds of competences."""

WHY = Ask("reason", "Why", "It stays on record with your name.")
MOST_CRITERIA = 100
"""Versions of criteria that a list offers, the newest."""


def suspension(sight: Sight[Person]) -> Act:
    """Suspend."""
    return Act(
        "suspension",
        "Suspend",
        f"Suspend {sight.state.name}?",
        f"Suspend {sight.state.name}",
        StandingIn,
        lambda body: SuspendPerson(person_id=sight.stream, **body),
        [SuspendPerson(person_id=sight.stream, reason=TYPED)],
        [WHY],
        [
            "They can do nothing until they are reinstated, and see nothing; an apprentice still reads their own "
            "record and may appeal.",
            "Nothing that they did changes, and they keep their roles for when they are reinstated.",
        ],
        warns=True,
    )


def reinstatement(sight: Sight[Person]) -> Act:
    """Reinstate."""
    roles = ", ".join(sorted(sight.state.granted())) or "none"
    return Act(
        "reinstatement",
        "Reinstate",
        f"Reinstate {sight.state.name}?",
        f"Reinstate {sight.state.name}",
        StandingIn,
        lambda body: ReinstatePerson(person_id=sight.stream, **body),
        [ReinstatePerson(person_id=sight.stream, reason=TYPED)],
        [WHY],
        [f"They go on with the roles they hold: {roles}."],
    )


def signing_out(sight: Sight[Person]) -> Act:
    """Sign out everywhere."""
    return Act(
        "sign-out",
        "Sign out everywhere",
        f"Sign {sight.state.name} out everywhere?",
        f"Sign {sight.state.name} out",
        Schema,
        lambda _: SignOut(person_id=sight.stream),
        [SignOut(person_id=sight.stream)],
        [],
        [
            "Every session, sign-in link and token that they have ends now, on every machine and for every program.",
            "They come back by signing in again.",
        ],
        warns=True,
    )


def name(sight: Sight[Person]) -> Act:
    """Correct the name."""
    return Act(
        "name",
        "Correct the name",
        f"What is {sight.state.name} called?",
        "Record this name",
        NameIn,
        lambda body: CorrectName(person_id=sight.stream, **body),
        [CorrectName(person_id=sight.stream, name=TYPED, reason=TYPED)],
        [Ask("name", "Name", value=sight.state.name), WHY],
        ["The pages show the new name, also beside what was done before. The name there was stays on record."],
    )


def employment(sight: Sight[Person]) -> Act:
    """Correct the employment."""
    return Act(
        "employment",
        "Correct whom they work for",
        f"Whom does {sight.state.name} work for?",
        "Record this",
        EmploymentIn,
        lambda body: CorrectEmployment(person_id=sight.stream, **body),
        [
            CorrectEmployment(person_id=sight.stream, works_for=other, reason=TYPED)
            for other in get_args(WorksFor)
            if other != sight.state.works_for
        ],
        [
            Ask(
                "works_for",
                "Works for",
                options=[(each, begun(each)) for each in get_args(WorksFor)],
                value=sight.state.works_for,
            ),
            WHY,
        ],
        ["Who may hear an appeal, and who may be a second person, rests on it from now on."],
    )


def giving(sight: Sight[Person]) -> Act:
    """Give a role."""
    roles: list[Role] = [each for each in get_args(Role) if each not in sight.state.granted()]
    tried = [GrantRole(person_id=sight.stream, role=each) for each in roles]
    deciding = services().deciding()
    free = [each.role for each in tried if refusal_of(each, deciding) is None]
    return Act(
        "role",
        "Give a role",
        f"Give {sight.state.name} a role",
        "Give this role",
        RoleIn,
        lambda body: GrantRole(person_id=sight.stream, **body),
        tried,
        [
            Ask("role", "Role", options=[(each, begun(each)) for each in free]),
            Ask("reason", "Why (you may leave this empty)"),
        ],
        ["They may do from now on what this role may do."],
    )


def ending(sight: Sight[Person]) -> Act:
    """End a role."""
    held = sorted(sight.state.granted())
    return Act(
        "role-end",
        "End a role",
        f"Which role of {sight.state.name} ends?",
        "End this role",
        RoleIn,
        lambda body: EndRole(person_id=sight.stream, **body),
        [EndRole(person_id=sight.stream, role=each, reason=TYPED) for each in held],
        [
            Ask("role", "Role", options=[(each, begun(each)) for each in held]),
            Ask("reason", "Why", "You may leave this empty, unless they are part of an open appeal."),
        ],
        [
            "They may do nothing any more by this role, and parts that need it no longer count. "
            "What they did by it stays as it is."
        ],
        warns=True,
    )


def competence(sight: Sight[Person]) -> Act:
    """Record a competence."""
    return Act(
        "competence",
        "Record a competence",
        f"Record a competence of {sight.state.name}",
        "Record it",
        CompetenceIn,
        lambda body: RecordCompetence(person_id=sight.stream, **body),
        [RecordCompetence(person_id=sight.stream, kind="training", occurred_on=today(), detail=TYPED)],
        [
            Ask("kind", "What it is", options=[*KINDS.items()]),
            Ask(
                "criteria_id",
                "Criteria",
                "Only for being standardised, which is always on one version of criteria.",
                [("", "None"), *criteria_known()],
            ),
            Ask("occurred_on", "The day it was"),
            Ask("detail", "What it was", "You may leave this empty."),
        ],
    )


def competence_correction(sight: Sight[Person]) -> Act:
    """Correct a competence."""
    number, held = competence_asked(sight)
    return Act(
        "competence-correction",
        "Correct a competence",
        f"Correct a competence of {sight.state.name}",
        "Record what is right",
        CompetenceCorrectionIn,
        lambda body: CorrectCompetence(person_id=sight.stream, **body),
        [
            CorrectCompetence(
                person_id=sight.stream,
                kind=held.kind,
                criteria_id=held.criteria_id,
                occurred_on=held.occurred_on,
                right_criteria_id=held.criteria_id,
                right_day=held.occurred_on,
                reason=TYPED,
            )
        ],
        [
            Ask(
                "right_criteria_id",
                "The right criteria",
                options=[("", "None"), *criteria_known()],
                value=str(held.criteria_id or ""),
            ),
            Ask("right_day", "The right day", value=held.occurred_on.isoformat()),
            WHY,
        ],
        [f"On record: {competence_told(sight, held)}. A decision made under it goes on saying what it was then."],
        named(held),
        {"n": str(number)},
    )


def competence_withdrawal(sight: Sight[Person]) -> Act:
    """Take a competence back."""
    number, held = competence_asked(sight)
    return Act(
        "competence-withdrawal",
        "Take a competence back",
        f"Did {sight.state.name} never get this competence?",
        "Take it back",
        OnRecordIn,
        lambda body: TakeCompetenceBack(person_id=sight.stream, **body),
        [
            TakeCompetenceBack(
                person_id=sight.stream,
                kind=held.kind,
                criteria_id=held.criteria_id,
                occurred_on=held.occurred_on,
                reason=TYPED,
            )
        ],
        [WHY],
        [f"On record: {competence_told(sight, held)}. It counts no longer; that it was recorded stays on record."],
        named(held),
        {"n": str(number)},
        warns=True,
    )


def interest_confirmation(sight: Sight[Person]) -> Act:
    """Confirm a correction of what they said to be to an apprentice."""
    asked = request.args.get(key="apprentice", default="")
    waiting = {str(each): each for each in waiting_to_be_confirmed(sight)}
    if asked not in waiting:
        raise NotVisible
    apprentice = waiting[asked]
    of = name_of(sight.session, apprentice)
    last = sight.state.declared(apprentice)[-1]
    before = next(each for each in reversed(sight.state.holding(apprentice)) if each.interest != "none")
    return Act(
        "interest-confirmation",
        "Confirm a correction",
        f"Is {sight.state.name} free of a conflict with {of}?",
        "Confirm the correction",
        CorrectionIn,
        lambda body: ConfirmCorrection(person_id=sight.stream, **body),
        [ConfirmCorrection(person_id=sight.stream, apprentice=apprentice, reason=TYPED)],
        [WHY],
        [
            f"They said: {before.interest}{f' ({before.detail})' if before.detail else ''}. "
            f"Since then: {last.interest}{f' ({last.detail})' if last.detail else ''}.",
            "Until it is confirmed the conflict holds.",
        ],
        {"apprentice": asked},
        {"apprentice": asked},
    )


def waiting_to_be_confirmed(sight: Sight[Person]) -> list[UUID]:
    """Return the apprentices of whom the person took an interest back that nobody has confirmed yet."""
    return sorted({each.apprentice for each in sight.state.interests if sight.state.corrected(each.apprentice)})


def competence_asked(sight: Sight[Person]) -> tuple[int, CompetenceRecorded]:
    """Return the competence whose number the address asks for, counted from 1."""
    number = request.args.get("n", "")
    known = {str(place): (place, each) for place, each in enumerate(sight.state.competences, 1)}
    if number not in known:
        raise NotVisible
    return known[number]


def named(held: CompetenceRecorded) -> dict[str, str]:
    """Return the fields that name a competence as it is on record."""
    criteria = {"criteria_id": str(held.criteria_id)} if held.criteria_id else {}
    return {"kind": held.kind, "occurred_on": held.occurred_on.isoformat(), **criteria}


def competence_told(sight: Sight[Person], held: CompetenceRecorded) -> str:
    """Return a competence in words."""
    on = f": {criteria_called(sight, held.criteria_id)}" if held.criteria_id else ""
    return f"{KINDS[held.kind]}{on}, {as_day(held.occurred_on)}"


def criteria_called(sight: Sight[Person], criteria_id: UUID) -> str:
    """Return what people call a version of criteria."""
    criteria = sight.session.state(CRITERIA, criteria_id)
    return f"{criteria.title}, version {criteria.version}"


def criteria_known() -> list[tuple[str, str]]:
    """Return the versions of criteria that were written, the newest first."""
    found = CRITERIA_LIST.find(services().reads, today(), order="recorded", backwards=True, limit=MOST_CRITERIA)
    return [(str(each.item), f"{each.card.title}, version {each.card.version}") for each in found]


ALWAYS: tuple[Callable[[Sight[Person]], Act], ...] = (
    name,
    *OF_ADDRESSES.values(),
    employment,
    giving,
    ending,
    competence,
    signing_out,
    suspension,
    reinstatement,
)
"""Acts on the person as a whole."""

ACTS: dict[str, Callable[[Sight[Person]], Act]] = {
    "name": name,
    **OF_ADDRESSES,
    "employment": employment,
    "role": giving,
    "role-end": ending,
    "competence": competence,
    "competence-correction": competence_correction,
    "competence-withdrawal": competence_withdrawal,
    "interest-confirmation": interest_confirmation,
    "sign-out": signing_out,
    "suspension": suspension,
    "reinstatement": reinstatement,
}
"""Every act by the last part of its address."""


@pages.get(f"/people/<uuid:person_id>/<any({', '.join(map(repr, ACTS))}):act>")
def act_for_person(person_id: UUID, act: str) -> str:
    """Ask before something is done for a person."""
    sight = see(PERSON, person_id)
    trail = [
        ("People", url_for(".people")),
        (sight.state.name, url_for(".person", person_id=person_id)),
    ]
    return page_of(ACTS[act](sight), sight, trail, sight.state.name)


@pages.post(f"/people/<uuid:person_id>/<any({', '.join(map(repr, ACTS))}):act>")
@shown_again(act_for_person)
def do_for_person(person_id: UUID, act: str) -> Response:
    """Do something for a person."""
    return done(ACTS[act](see(PERSON, person_id)), ".person", person_id=person_id)
