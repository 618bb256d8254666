"""Operations: how the service stands, for administrators: what it asks itself, and what its deployment tells it."""

from collections.abc import Callable, Iterator, Mapping

from api.health import said
from api.pages.common import pages, render
from api.reads import may_ask
from api.services import services
from portfolio.application.operations import Line, Part, Standing

CALLED = {
    "release": "Release",
    "store": "Facts",
    "clock": "Clock",
    "keys": "Keys",
    "heads": "Facts that were shown",
    "vault": "Files",
    "views": "Views",
    "followers": "Followers",
    "chain": "Chain of all facts",
    "files": "Stored files",
    "previews": "Previews",
    "facts": "Facts that cannot be read",
    "scanner": "Malware scanner",
    "audit": "Audit of files",
    "checks": "Files that wait",
    "erasures": "Erasures",
    "notices": "Notices by mail",
    "webhooks": "Webhooks",
    "machines": "Machines",
    "mail": "Links by mail",
    "security log": "Security log",
}
"""What people call that about which ``/readyz`` asks."""

STANDINGS: dict[Standing, tuple[str, str]] = {
    "good": ("Good", "green"),
    "look": ("Look at this", "yellow"),
    "do": ("Do this", "red"),
}
"""How a thing stands, in words, and the colour behind them."""


@pages.get("/operations")
def operations() -> str:
    """Show how the service stands, each thing with whether anything is to be done."""
    may_ask("operations")
    parts = [Part(heading="Health", lines=tuple(health())), *services().operations()]
    lines = [line for part in parts for line in part.lines]
    counts = {standing: sum(line.standing == standing for line in lines) for standing in STANDINGS}
    return render("operations.html", parts=parts, standings=STANDINGS, counts=counts)


def health() -> Iterator[Line]:
    """Yield what the service finds wrong, or worth knowing, and at last what it finds nothing about."""
    asked: dict[Standing, Mapping[str, Callable[[], str | None]]] = {"do": services().checks, "look": services().notes}
    fine = dict[str, None]()
    for standing, questions in asked.items():
        answers = said(questions)
        for name, says in answers.items():
            yield Line(what=CALLED.get(name, name), says=str(says), standing=standing)
        fine |= {CALLED.get(name, name): None for name in questions if name not in answers}
    if fine:
        yield Line(what="Nothing wrong", says=f"{', '.join(fine)}.")
