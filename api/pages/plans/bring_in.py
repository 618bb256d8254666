"""Bring in: the published text of a plan is taken in from a file."""

from flask import g, request
from werkzeug.wrappers import Response

from api.ids import new_id
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from api.pages.plans.listed import may_bring_in
from api.plans import PlanIn
from portfolio.domain.kernel import NotPermitted
from portfolio.domain.plan import ImportPlan, plan_id_of
from portfolio.plan_reader.text import LARGEST, decode_plan

ENVELOPE = 10_000
"""Bytes of a form around its file."""


@pages.get("/plans/new")
def bring_in() -> str:
    """Show the form that takes in a plan's text, to those who may bring one in."""
    fresh()
    if not may_bring_in():
        raise NotPermitted
    return render("plans/bring_in.html", key=new_id())


@pages.post("/plans/new")
@shown_again(bring_in)
def take_plan() -> Response:
    """Take in the text of a plan, and go on to what is odd in it."""
    if not may_bring_in():
        raise NotPermitted  # before any of the file is read
    request.max_content_length = LARGEST + ENVELOPE
    g.posted = request.form
    file = request.files.get("text")
    text = decode_plan(file.read()) if file and file.filename else ""
    body = form(PlanIn, also={"text": text})
    done = run(ImportPlan(plan_id=plan_id_of(text), **body), file=str(plan_id_of(text)))
    return back_to(".plan", done.position, plan_id=done.stream)
