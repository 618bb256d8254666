"""The pages of the conventional service, to whom its signed cookie names: a board, an item and an assessor's queue.

They show the rows that ours show. Its board has neither decisions nor a course, for which it keeps nothing.
"""

from itertools import groupby
from typing import Any

from flask import Flask, render_template, request
from flask import session as browser
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload, selectinload, sessionmaker

from infra.bench.peers.conventional.questions import Refused, nothing_here, standings, visible
from infra.bench.peers.conventional.tables import Enrolment, Item, Person, Remark

ROWS = 25
ORDER = (Item.handed_in_at, Item.id)


def waiting_for(person: Person, *what: Any) -> Select[Any]:
    """Return the question for what waits for an assessor."""
    asked = select(*what).select_from(Item).join(Enrolment, Item.enrolment_id == Enrolment.id)
    return asked.where(Enrolment.assessor_id == person.id, Item.state == "handed in")


def shown(template: str, session: Session, person: Person, **values: Any) -> str:
    """Return a page, with what stands around each."""
    assesses = person.role == "assessor"
    waits = session.scalar(waiting_for(person, func.count())) if assesses else 0
    return render_template(template, me=person, waits=waits, **values)


def beside(session: Session, person: Person, item: Item) -> dict[str, Any]:
    """Return where an item stands in an assessor's queue, and what comes before and after it."""
    place, here = tuple_(*ORDER), tuple_(item.handed_in_at, item.id)
    backwards = [column.desc() for column in ORDER]
    return {
        "number": (session.scalar(waiting_for(person, func.count()).where(place < here)) or 0) + 1,
        "previous": session.scalar(waiting_for(person, Item.id).where(place < here).order_by(*backwards).limit(1)),
        "following": session.scalar(waiting_for(person, Item.id).where(place > here).order_by(*ORDER).limit(1)),
    }


def add_pages(app: Flask, sessions: sessionmaker[Session]) -> None:
    """Add the pages."""

    def signed_in(session: Session) -> Person:
        person = session.get(Person, browser.get("person", ""))
        if person is None:
            raise Refused(401, "Sign in.")
        return person

    @app.get("/enrolments/<enrolment_id>")
    def board(enrolment_id: str) -> str:
        with sessions() as session:
            person = signed_in(session)
            enrolment = visible(session, person, enrolment_id)
            codes = sorted(standings(session, enrolment), key=lambda each: (each.component, each.state))
            asked = select(Item).where(Item.enrolment_id == enrolment.id).order_by(*ORDER)
            items = session.scalars(asked.options(selectinload(Item.claims), lazyload(Item.enrolment))).all()
            by_component = [(key, [*of_it]) for key, of_it in groupby(codes, lambda each: each.component)]
            return shown(
                "board.html", session, person, enrolment=enrolment, codes=codes, components=by_component, items=items
            )

    @app.get("/evidence/<item_id>")
    def item(item_id: str) -> str:
        with sessions() as session:
            person = signed_in(session)
            item = session.get(Item, item_id, options=[selectinload(Item.claims)])
            if item is None or person.id not in (item.enrolment.apprentice_id, item.enrolment.assessor_id):
                raise nothing_here()
            asked = select(Remark).where(Remark.item_id == item.id).order_by(Remark.at, Remark.id)
            remarks = session.scalars(asked.options(joinedload(Remark.author))).all()
            place = beside(session, person, item) if person.role == "assessor" else None
            return shown("item.html", session, person, item=item, remarks=remarks, place=place)

    @app.get("/queue")
    def queue() -> str:
        with sessions() as session:
            person = signed_in(session)
            if person.role != "assessor":
                raise Refused(403, "You may not do this.")
            asked = waiting_for(person, Item).order_by(*ORDER).limit(ROWS + 1)
            with_whose = contains_eager(Item.enrolment).joinedload(Enrolment.apprentice)
            whose = waiting_for(person, Person.id, Person.name, func.count()).join(
                Person, Enrolment.apprentice_id == Person.id
            )
            apprentices = session.execute(whose.group_by(Person.id, Person.name).order_by(Person.name)).all()
            if chosen := request.args.get("apprentice"):
                asked = asked.where(Enrolment.apprentice_id == chosen)
            rows = session.scalars(asked.options(selectinload(Item.claims), with_whose)).all()
            return shown(
                "queue.html",
                session,
                person,
                rows=rows[:ROWS],
                more=len(rows) > ROWS,
                apprentices=apprentices,
                chosen=chosen,
            )
