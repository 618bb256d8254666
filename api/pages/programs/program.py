"""Programs: which other systems act here for whom, what each may do, with what it signs in, and what became of it."""

from collections.abc import Callable
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from api.fields import Id, Text
from api.judging import TYPED, refusal_of
from api.lists import Search
from api.pages.asking import NOT_THEIRS, allowed, done, judged, page_of
from api.pages.common import asked, back_to, fresh, here, pages, render
from api.pages.forms import form, run, shown_again
from api.pages.narrowing import begun
from api.pages.programs.acts import ACTS, ASKED, registering
from api.pages.programs.shown import TAGS, shown, told, trail_to
from api.programs import ProgramIn, credentials_of, programs_seen
from api.reads import may_ask, see
from api.services import caller, services, today
from portfolio.domain import permissions
from portfolio.domain.kernel import NOBODY, Command, NotVisible
from portfolio.domain.person import PERSON
from portfolio.domain.program.aggregate import PROGRAM
from portfolio.domain.program.facts import HandProgramOver, RegisterProgram, RevokeCredential
from portfolio.domain.program.rows import IN_WORDS
from portfolio.domain.program.standing import IN_THE_WAY
from projections.people import PEOPLE

MOST_PEOPLE = 20
"""People of whom a page lets one be chosen; more are found by more of the name."""
MOST_TOLD = 50
"""Facts of a program that its page tells, the newest."""


@pages.get("/programs")
def programs() -> str:
    """Show the programs that the person may see: their own, or all of them."""
    may_ask("programs")
    fresh()
    listed = sorted(map(shown, programs_seen()), key=lambda each: (each.stands == "ended", each.name.casefold()))
    registers = allowed(RegisterProgram(program_id=NOBODY, name=TYPED, owner=caller(), rows=frozenset()))
    return render("programs/listed.html", rows=listed, tags=TAGS, registers=registers)


@pages.get("/programs/new")
def new_program() -> str:
    """Ask for whom a program is to act, then what it is called and may do."""
    person: UUID | None = asked("person", Id())
    if person is None:
        return whose_it_is(
            "Whose is the program?",
            "It acts in their name, and they alone hold its keys",
            [("Programs", url_for(".programs"))],
            lambda each: RegisterProgram(program_id=NOBODY, name=TYPED, owner=each, rows=frozenset()),
        )
    return page_of(registering(person, see(PERSON, person).state.name), None, [("Programs", url_for(".programs"))], "")


@pages.post("/programs/new")
@shown_again(new_program)
def add_program() -> Response:
    """Register a program."""
    may_ask("programs")
    receipt = run(registering(NOBODY, "").command(form(ProgramIn)))
    return back_to(".program", receipt.position, program_id=receipt.stream)


@pages.get("/programs/<uuid:program_id>")
def program(program_id: UUID) -> str:
    """Show a program: for whom it acts, what it may do, with what it signs in, and what became of it."""
    fresh()
    sight = see(PROGRAM, program_id)
    each, history = shown(sight), sight.session.history(sight.stream)
    offered, refused = judged([make(sight) for last, make in ACTS.items() if last != "revocation"])
    return render(
        "programs/program.html",
        each=each,
        tag=TAGS[each.stands],
        in_the_way=IN_THE_WAY.get(each.stands, ""),
        may=[what for row, what in IN_WORDS.items() if row in sight.state.rows],
        credentials=[
            (
                credential,
                allowed(RevokeCredential(program_id=program_id, credential=credential["credential"], reason=TYPED)),
            )
            for credential in credentials_of(sight)
        ],
        mine=sight.state.owner == caller(),
        follows=permissions.may(permissions.READS["acts of a person"], sight.held),
        history=[(entry.at, told(sight, entry)) for entry in history[: -MOST_TOLD - 1 : -1]],
        earlier=max(len(history) - MOST_TOLD, 0),
        offered=offered,
        no_key=refused.get("key") if not sight.state.stopped() else None,
        server=services().base_url,
    )


@pages.get(f"/programs/<uuid:program_id>/<any({', '.join(map(repr, ASKED))}):act>")
def act_on_program(program_id: UUID, act: str) -> str:
    """Ask before something is done to a program."""
    sight = see(PROGRAM, program_id)
    if act == "owner" and asked("person", Id()) is None:
        return whose_it_is(
            f"Who is to own {sight.state.name}?",
            sight.state.name,
            trail_to(sight),
            lambda each: HandProgramOver(program_id=program_id, owner=each, reason=TYPED),
        )
    if act == "revocation" and asked("credential", Text(64)) is None:
        raise NotVisible
    return page_of(ACTS[act](sight), sight, trail_to(sight), sight.state.name)


@pages.post(f"/programs/<uuid:program_id>/<any({', '.join(map(repr, ASKED))}):act>")
@shown_again(act_on_program)
def do_to_program(program_id: UUID, act: str) -> Response:
    """Do something to a program."""
    return done(ACTS[act](see(PROGRAM, program_id)), ".program", program_id=program_id)


def whose_it_is(heading: str, caption: str, trail: list[tuple[str, str]], command: Callable[[UUID], Command]) -> str:
    """Return the page on which the owner of a program is chosen by name; who cannot be it is shown with why not."""
    if isinstance(refusal := refusal_of(command(caller())), NOT_THEIRS):
        raise refusal
    found = PEOPLE.find(services().reads, today(), search=asked("search", Search()) or "", limit=MOST_PEOPLE + 1)
    deciding = services().deciding()
    return render(
        "enrolments/choose.html",
        trail=trail,
        heading=heading,
        caption=caption,
        here=here(),
        also={},
        searches=True,
        search=request.args.get("search", ""),
        more=len(found) > MOST_PEOPLE,
        choices=[
            (
                each.card.name,
                begun(each.card.works_for),
                f"{here()}?person={each.item}",
                refusal_of(command(each.item), deciding),
            )
            for each in found[:MOST_PEOPLE]
        ],
        nobody="Nobody has a name that begins so.",
    )
