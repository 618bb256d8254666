"""A request looks once what moved in the record, and the next one sees whatever was recorded by then, by whomever."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, cast
from uuid import UUID, uuid4

import pytest

from infra.store.journal import EventJournal
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Unauthenticated, Vault
from portfolio.domain.kernel import Command
from portfolio.domain.person import PERSON, EndRole
from portfolio.domain.standing import AccessSuspended, SignOut, SuspendPerson
from tests.api.conftest import Tell
from tests.api.world import World, refused

READINESS = "/enrolments/{enrolment}/readiness"


class Counted(EventJournal):
    """A journal that remembers of which streams facts were asked for."""

    name = "journal"
    reads: list[UUID]

    def read(self, stream: UUID, until: int | None = None, after: int = 0) -> Any:
        self.reads.append(stream)
        return super().read(stream, until, after)


class Counting(World):
    journals: ClassVar[type[EventJournal]] = Counted


def test_what_was_folded_before_is_read_no_more_until_it_moves(stages: Tell, tmp_path: Path) -> None:
    told = stages("found")
    with closing(Counting(told.folder, told.mode, told.now, dict(told.ids)).copy(tmp_path / "world")) as world:
        journal, asks = cast(Counted, world.journal), ("/me", "/enrolments", "/enrolments/{enrolment}", READINESS)
        journal.reads = []
        for _ in range(2):
            read, journal.reads = journal.reads, []
            for path in asks:
                world.as_("admin").sees(path)
        assert len(read) > len(asks)
        assert (
            journal.reads == [world["admin"]] * len(asks) * 2
        )  # by what gives and checks tokens here, which keeps none
        world.as_("admin").does("/people/{coach}/roles", {"role": "employer"})
        journal.reads = []
        world.as_("admin").sees(READINESS)
        assert world["coach"] not in journal.reads
        world.as_("admin").sees("/people/{coach}")
        assert journal.reads.count(world["coach"]) == 2  # the facts that came, and the whole of what is shown


@pytest.fixture
def elsewhere(convened: World) -> Iterator[CommandHandler]:
    """Give the handler of another machine."""
    if convened.database:
        journal = EventJournal.in_database(convened.database, secret=b"index")
    else:
        journal = EventJournal.in_file(convened.folder / "facts.db", secret=b"index")
    with closing(journal):
        yield CommandHandler(journal, cast(Vault, None), lambda: convened.now, uuid4)


def test_what_another_machine_recorded_counts_at_the_next_request(convened: World, elsewhere: CommandHandler) -> None:
    coach, path = convened.as_("coach"), convened.as_("coach").path(READINESS)
    client, officer = coach.client, convened.as_("officer").client

    def done(command: Command) -> None:
        elsewhere.execute(command, convened["responsible"])
        assert convened.journal.moves.look() == elsewhere.journal.head(), "the last request holds no look any more"

    assert client.get(path).status_code == 200
    assert officer.get("/v1/appeals").status_code == 200
    done(EndRole(person_id=convened["coach"], role="coach", reason="They left."))
    assert client.get(path).status_code == 404
    done(SuspendPerson(person_id=convened["officer"], reason="An inquiry is under way."))
    refused(officer.get("/v1/appeals"), AccessSuspended)
    done(SignOut(person_id=convened["coach"]))
    refused(client.get(path), Unauthenticated)


def test_all_that_a_page_asks_of_the_record_is_read_once_until_something_is_recorded(
    convened: World, elsewhere: CommandHandler
) -> None:
    moves, services = convened.journal.moves, convened.services
    with convened.app.test_request_context("/queue"):
        moves.hold()
        shown, decides = services.session(), services.deciding()
        assert services.session() is shown
        assert services.deciding() is decides is not shown
        coach = convened["coach"]
        assert all("coach" in look.state(PERSON, coach).roles for look in (shown, decides))
        elsewhere.execute(EndRole(person_id=coach, role="coach", reason="They left."), convened["responsible"])
        moves.look_again()
        assert not any("coach" in look.state(PERSON, coach).roles for look in (services.session(), services.deciding()))
        moves.let_go()
    with convened.app.test_request_context("/queue", method="POST"):
        assert services.session() is not services.session()
