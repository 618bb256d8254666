"""The library's own ways to follow an application, on our journal."""

from functools import partial
from uuid import UUID

from eventsourcing.application import NotificationLog
from eventsourcing.persistence import Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import EnvType

from infra.store.journal import EventJournal
from portfolio.domain.kernel import Recorded
from tests.infra.store.given import SECRET, Noted, knowing_our_facts, note, request
from tests.infra.store.subscription import Following
from tests.patience import PATIENCE

A, B = UUID(int=10), UUID(int=11)


def test_the_librarys_notification_log_shows_the_journal_in_sections(journal: EventJournal) -> None:
    journal.append(*request(A, 0, *map(note, range(12))))
    log: NotificationLog = journal.notification_log
    section = log["1,10"]
    read = list(section.items)
    assert section.next_id == "11,20"
    read += log[section.next_id].items
    assert [item.id for item in read] == list(range(1, 13))
    assert list(map(journal.mapper.to_domain_event, read)) == journal.at_positions(range(1, 13))


def test_a_projection_written_with_the_notification_log_follows_the_journal(journal: EventJournal) -> None:
    texts: dict[UUID, list[str]] = {}
    view = POPOTrackingRecorder()

    def follow() -> None:
        start = (view.max_tracking_id(journal.name) or 0) + 1
        for notification in journal.notification_log.select(start, limit=10):
            entry = journal.mapper.to_domain_event(notification)
            assert isinstance(entry.fact, Noted)
            texts.setdefault(entry.originator_id, []).append(entry.fact.text)
            view.insert_tracking(Tracking(journal.name, notification.id))

    journal.append(*request(A, 0, note(1)))
    follow()
    journal.append(*request(B, 0, note(2)))
    journal.append(*request(A, 1, note(3)))
    follow()
    follow()
    assert texts == {A: ["note 1", "note 3"], B: ["note 2"]}


class Followed(EventJournal):
    """As the library's runner makes its applications, with the subscription of our tests."""

    name = "journal"

    def __init__(self, env: EnvType | None = None) -> None:
        super().__init__(env or {}, secret=SECRET)
        knowing_our_facts(self)
        vars(self.recorder)["subscribe"] = partial(Following, self.recorder)


class Texts(POPOTrackingRecorder):
    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[int, str]] = []


class Notes(Projection[Texts]):
    name = "notes"
    topics = ("test.noted",)

    def process_event(self, domain_event: Recorded, tracking: Tracking) -> None:
        assert isinstance(domain_event.fact, Noted)
        self.view.notes.append((tracking.notification_id, domain_event.fact.text))
        self.view.insert_tracking(tracking)


def test_the_librarys_projection_runner_follows_the_journal(journal: EventJournal) -> None:
    journal.append(*request(A, 0, note(1)))
    env = {**journal.env, "NOTES_PERSISTENCE_MODULE": "eventsourcing.popo"}
    with ProjectionRunner(application_class=Followed, projection_class=Notes, view_class=Texts, env=env) as runner:
        receipt = journal.append(*request(A, 1, note(2), note(3)))
        runner.wait(receipt.position, timeout=PATIENCE)
        assert runner.projection.view.notes == [(1, "note 1"), (2, "note 2"), (3, "note 3")]
