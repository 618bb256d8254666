"""What the conventional service's answers and pages ask of its tables alike."""

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.bench.peers.conventional.tables import Claim, Enrolment, Item, Outcome, Person


class Refused(Exception):
    """What is answered instead."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Standing(NamedTuple):
    """Where a code stands, and the items that show it."""

    code: str
    component: str
    state: str
    items: list[str]


def nothing_here() -> Refused:
    """Return the refusal of what is not there, or not for who asks."""
    return Refused(404, "There is nothing here that you may see.")


def visible(session: Session, person: Person, enrolment_id: str) -> Enrolment:
    """Return an enrolment that somebody may see."""
    enrolment = session.get(Enrolment, enrolment_id)
    if enrolment is None or (person.role != "administrator" and enrolment.apprentice_id != person.id):
        raise nothing_here()
    return enrolment


def standings(session: Session, enrolment: Enrolment) -> list[Standing]:
    """Return where each code of an enrolment stands."""
    accepted: dict[str, list[str]] = defaultdict(list)
    claims = select(Claim.code, Item.id, Item.state).join(Item, Claim.item_id == Item.id)
    waiting = set()
    for code, item, state in session.execute(claims.where(Item.enrolment_id == enrolment.id)):
        if state == "accepted":
            accepted[code].append(item)
        else:
            waiting.add(code)
    return [
        Standing(
            outcome.code,
            outcome.component,
            "met" if accepted[outcome.code] else "waits" if outcome.code in waiting else "missing",
            accepted[outcome.code],
        )
        for outcome in session.scalars(select(Outcome).order_by(Outcome.code))
    ]
