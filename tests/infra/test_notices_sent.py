"""Notices on their way to people's mail: each once, as they choose, and nothing that they may not see by then."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from infra.adapters import open_mailer
from infra.main import build
from infra.outbox import Deliveries, fault, lines, told, trouble
from infra.settings import Settings
from infra.store.sqlite.outbox import SqliteOutbox
from portfolio.application.mail_ports import MailRefused, MailUnavailable
from portfolio.application.notice_mails import next_morning
from portfolio.application.ports import Busy
from tests.api.conftest import Tell, base, stages, tell
from tests.api.story import decided, found, lodged, sealed, submitted
from tests.api.world import World, assign
from tests.infra.store.given import wait_until
from tests.mails import post_office, text_of
from tests.notices import MINUTE

__all__ = ["base", "stages", "tell"]


@dataclass
class Post:
    """Takes mails on, unless it is ``away``, or ``refuses`` or ``delays`` an address."""

    sent: list[tuple[str, str, str, str]] = field(default_factory=list)
    away: str = ""
    refuses: str = ""
    delays: str = ""

    def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        if self.away or to == self.delays:
            raise MailUnavailable(self.away or "later")
        if to == self.refuses:
            raise MailRefused("no such box")
        self.sent.append((to, subject, text, message_id))

    def check(self) -> str | None:
        return self.away or None

    def taken(self) -> list[tuple[str, int]]:
        """Return to whom mails went since this was asked last, and of how many notices each was."""
        taken = [(to, text.count("You are told because")) for to, _, text, _ in self.sent]
        self.sent.clear()
        return taken


@dataclass
class Office:
    """The world with its outbox, and a mailer."""

    world: World
    post: Post
    deliveries: Deliveries
    without: set[str] = field(default_factory=set)

    def steps(self) -> list[tuple[str, int]]:
        """Let what is due be sent, and return to whom mails went."""
        self.world.reads.settle()
        self.deliveries.step()
        return self.post.taken()

    def chooses(self, name: str, mails: str) -> None:
        self.world.as_(name).does(f"/people/{{{name}}}/notices", {"mails": mails})

    def hand_in(self) -> None:
        sealed(self.world)
        submitted(self.world)


@pytest.fixture
def office(tell: Tell, tmp_path: Path) -> Office:
    world, post = tell("enrolled"), Post()

    def address_of(person: UUID) -> str:
        name = next(name for name, each in world.ids.items() if each == person)
        return "" if name in made.without else name

    made = Office(
        world,
        post,
        Deliveries(
            outbox=SqliteOutbox(tmp_path),
            mailer=post,
            views=world.reads,
            journal=world.journal,
            states=world.services.states,
            address_of=address_of,
            now=lambda: world.now,
            name="Portfolio",
            base_url="https://portfolio.example",
            demo=False,
        ),
    )
    assert made.steps() == [], "what happened before anything was ever sent is sent to nobody"
    return made


def test_each_is_told_as_they_choose_at_once_or_in_the_morning_or_never(office: Office) -> None:
    office.chooses("coach", "at once")
    office.hand_in()
    assert office.steps() == [("coach", 1)]
    assert office.steps() == []
    office.world.now = next_morning(office.world.now)
    assert office.steps() == [("assessor", 1)]
    office.chooses("coach", "none")
    office.chooses("mia", "at once")
    office.world.as_("assessor").does("/evidence/{evidence}/return", {"version": 1, "reason": "It is dark."})
    assert office.steps() == [("mia", 1)]


def test_a_view_that_is_made_again_sends_nothing_again(office: Office) -> None:
    office.chooses("coach", "at once")
    office.hand_in()
    assert office.steps() == [("coach", 1)]
    office.world.reads.rebuild("notices")
    office.world.now = next_morning(office.world.now)
    assert office.steps() == [("assessor", 1)]
    office.world.reads.rebuild("notices")
    assert office.steps() == []


def test_a_mailer_that_is_down_loses_nothing_and_is_asked_again_after_a_while(office: Office) -> None:
    office.chooses("coach", "at once")
    office.post.away = "The mail server does not answer."
    office.hand_in()
    assert office.steps() == []
    assert (trouble(office.deliveries.outbox.standing(office.world.now)) or "").endswith(": " + office.post.away)
    office.post.away = ""
    assert office.steps() == [], "it rests"
    office.world.now += timedelta(seconds=5)
    assert office.steps() == [("coach", 1)]
    assert trouble(office.deliveries.outbox.standing(office.world.now)) is None


def test_a_full_box_keeps_nobody_else_waiting_and_one_that_is_not_there_is_named_to_the_operator(
    office: Office,
) -> None:
    for name in ("coach", "assessor"):
        office.chooses(name, "at once")
    office.post.delays = "coach"
    office.hand_in()
    assert office.steps() == [("assessor", 1)]
    office.post.delays, office.post.refuses = "", "coach"
    office.world.now += timedelta(seconds=5)
    assert office.steps() == []
    told = [line.says for line in lines(office.deliveries.outbox.standing(office.world.now))]
    assert told[-1].startswith("1 within a month could not be sent")


def test_a_mail_that_was_sent_and_not_noted_is_sent_again_with_the_same_id(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.chooses("coach", "at once")
    office.hand_in()
    office.world.reads.settle()

    def die(*_: object) -> None:
        raise Busy

    with monkeypatch.context() as killed:
        killed.setattr(office.deliveries.outbox, "end", die)
        with pytest.raises(Busy):
            office.deliveries.step()
    office.chooses("coach", "at once")
    office.world.now += MINUTE
    office.deliveries.step()
    first, second = office.post.sent
    assert first == second
    office.deliveries.step()
    assert len(office.post.sent) == 2


def test_what_somebody_may_not_see_any_more_or_does_not_want_is_not_sent(office: Office) -> None:
    world = office.world
    for name in ("coach", "assessor"):
        office.chooses(name, "at once")
    office.post.away = "away"
    office.hand_in()
    assert office.steps() == []
    world.as_("responsible").does("/people/{coach}/roles/end", {"role": "coach", "reason": "They left."})
    office.chooses("assessor", "none")
    office.post.away = ""
    world.now += timedelta(minutes=20)
    assert office.steps() == []
    assert office.deliveries.outbox.standing(world.now).waiting == 0
    office.chooses("assessor", "at once")
    assert office.steps() == []


def test_who_has_to_declare_an_interest_first_is_sent_that_alone_and_once(office: Office) -> None:
    world = office.world
    world.as_("admin").does("/people/{third}/roles", {"role": "assessor"})
    office.chooses("third", "at once")
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "third", "assessor"))
    office.hand_in()
    world.reads.settle()
    office.deliveries.step()
    ((to, subject, text, _),) = office.post.sent
    assert (to, subject) == ("third", "Portfolio: 1 notice for you")
    assert "https://portfolio.example/interests" in text
    assert "Work was handed in" not in text


def test_whoever_holds_a_role_is_told_and_not_who_did_it_nor_who_has_no_address(office: Office) -> None:
    world = office.world
    for name in ("officer", "mia", "chair"):
        office.chooses(name, "at once")
    office.without.add("mia")
    office.hand_in()
    for stage in (found, decided, lodged):
        stage(world)
    assert [to for to, _ in office.steps()] == ["officer"]


def test_what_happened_long_ago_is_sent_to_nobody(office: Office) -> None:
    office.chooses("coach", "at once")
    office.hand_in()
    office.world.now += timedelta(days=15)
    assert office.steps() == []


def test_what_is_due_goes_to_a_mail_server_and_waits_while_it_is_down(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, outbox = office.world, office.deliveries.outbox
    office.chooses("coach", "at once")
    with post_office(tmp_path) as post:
        monkeypatch.setenv("SSL_CERT_FILE", str(post.authority))
        server = open_mailer(Settings.read({**post.settings, "PORTFOLIO_FOLDER": str(tmp_path / "data")}))
        assert server is not None
        office.deliveries.mailer = server
        office.deliveries.address_of = lambda _: "coach@college.example"
        post.stop()
        office.hand_in()
        world.reads.settle()
        office.deliveries.step()
        told = fault(office.deliveries) or ""
        assert "1 notice waits: The mail server localhost" in told
        post.start()
        world.now += timedelta(seconds=5)
        (bundle,) = outbox._do("SELECT DISTINCT bundle FROM notice WHERE bundle <> ''", {})
        office.deliveries.step()
        mail = post.next_mail()
        assert (mail["To"], mail["Subject"]) == ("coach@college.example", "Portfolio: 1 notice for you")
        assert mail["Message-ID"] == f"<{bundle[0]}@college.example>"
        assert f"https://portfolio.example/evidence/{world['evidence']}" in text_of(mail)
        assert "Mia" not in text_of(mail)
        assert fault(office.deliveries) is None
        office.deliveries.step()
        assert post.mails.empty()


def test_without_a_mail_server_nothing_is_sent_and_administrators_read_so() -> None:
    assert fault(None) is None
    assert "notices stand on people's pages alone" in told(None)[0].says


def test_a_deployment_with_a_mail_server_empties_its_outbox(settings: Settings) -> None:
    mail = {"PORTFOLIO_MAIL_SERVER": "tls:localhost:9", "PORTFOLIO_MAIL_FROM": "portfolio@college.example"}
    running = build(Settings.read({**settings.environment(), **mail}))
    try:
        assert "notices" in {thread.name for thread in running.threads if thread.is_alive()}
        with settings.store.open_outbox() as outbox:
            wait_until(lambda: bool(outbox._do("SELECT position FROM follower", {})))
    finally:
        running.close()
