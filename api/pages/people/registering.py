"""Registering: a person is made known by name, with the roles they begin with."""

from typing import get_args

from flask import request, url_for
from werkzeug.wrappers import Response

from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.common import back_to, pages, render
from api.pages.forms import form, run, shown_again
from api.people import PersonIn, RoleIn
from portfolio.domain.kernel import NOBODY
from portfolio.domain.person import GrantRole, RegisterPerson
from portfolio.domain.vocabulary import Role, WorksFor


@pages.get("/people/new")
def new_person() -> str:
    """Ask who is to be registered."""
    if refusal := refusal_of(RegisterPerson(person_id=NOBODY, name=TYPED, works_for="centre")):
        raise refusal
    return render(
        "people/new.html",
        key=new_id(),
        schema=PersonIn,
        works_for=get_args(WorksFor),
        roles=get_args(Role),
        action=url_for(".register"),
    )


@pages.post("/people/new")
@shown_again(new_person)
def register() -> Response:
    """Register a person, and give them the roles that were ticked; nothing is done where one of them cannot be read."""
    body = form(PersonIn)
    roles = roles_ticked()
    done = run(RegisterPerson(person_id=new_id(), **body), "register")
    for role in roles:
        done = run(GrantRole(person_id=done.stream, role=role), f"role {role}")
    return back_to(".person", done.position, person_id=done.stream)


def roles_ticked() -> list[Role]:
    """Return the roles that the form ticks, each once."""
    ticked = dict.fromkeys(request.form.getlist("roles"))
    return [form(RoleIn, only=("role",), also={"role": role})["role"] for role in ticked]
