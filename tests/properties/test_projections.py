"""Whatever happened and however it was folded: rows answer as the records themselves do, and as a replay does."""

from datetime import date
from typing import Any, get_args
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.fsck.views import row_differences
from portfolio.application.read_session import ReadSession
from portfolio.application.replay import enrolment_log, readiness_of, replayed_readiness
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import PersonAssigned
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Aggregate, Recorded
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PLAN
from portfolio.domain.vocabulary import Relation
from projections.acts import acts
from projections.appeal_list import APPEAL_LIST
from projections.appeals_queue import appeals_queue
from projections.assessor_queue import Wanted, attempts, concerned, evidence, number_of_evidence
from projections.audit_trail import audit_trail
from projections.enrolment_list import DECLARED, ENROLMENT_LIST, filed, kept
from projections.evidence_items import items
from projections.machinery.database import Reads
from projections.machinery.listing import Listing, folded, sorted_as
from projections.machinery.runner import Projector
from projections.notices import notices_after
from projections.people import PEOPLE as PEOPLE_LIST
from projections.plans import PLANS
from projections.readiness import picture_of
from projections.views import VIEWS
from tests.domain.world import APPRENTICE, COACH
from tests.projections.courses import DAYS
from tests.projections.histories import BEGINNINGS, MOVES, PEOPLE, History, Move
from tests.projections.support import scratch
from tests.soak import times

FOLDINGS = ("fold", "start again", "rebuild")
BEGUN = (
    Move("register", 0, 0, 0),
    *(Move("enrol", 0, apprentice, 0) for apprentice in (0, 1)),
    *(Move("assign or release", enrolment, 2, 2) for enrolment in (0, 1)),
    *(Move("offer", enrolment, 0, 0) for enrolment in (0, 1)),
    *(Move("open attempt", enrolment, 0, 0) for enrolment in (0, 1)),
)
"""Where every history begins, so that a short one goes deep: two enrolments with an assessor, item and attempt each."""
OFTEN = (*["upload", "claim or drop", "hear"] * 4, *["answer", "find", "lodge", "assign or release", "fold"] * 2)
NUMBERS = st.integers(0, 11)
HISTORIES = st.lists(
    st.builds(Move, st.sampled_from([*MOVES, *BEGINNINGS, *FOLDINGS, *OFTEN]), st.integers(0, 2), NUMBERS, NUMBERS),
    min_size=30,
    max_size=100,
)
ALL = 10_000
RELATIONS: tuple[Relation, ...] = get_args(Relation)


@settings(max_examples=times(60), deadline=None)
@given(HISTORIES)
def test_rows_answer_as_the_records_do_and_as_a_replay_does(moves: list[Move]) -> None:
    history = History()
    for move in BEGUN:
        history.make(move)
    with scratch() as database, scratch() as fresh:
        projector = Projector(history.log, database, VIEWS)
        for move in moves:
            if move.name == "fold":
                projector.step()
            elif move.name == "start again":
                projector = Projector(history.log, database, VIEWS)
            elif move.name == "rebuild":
                projector.rebuild(VIEWS[move.choice % len(VIEWS)].name)
            else:
                history.make(move)
        while projector.step():
            pass
        check_lists(history, projector)
        for enrolment_id in history.streams[ENROLMENT]:
            check_enrolment(history, projector, enrolment_id)
        for person in PEOPLE:
            for day in DAYS:
                check_person(history, projector, person, day)
        check_appeals(history, projector)
        check_declared(history, projector, ENROLMENT, ENROLMENT_LIST)
        check_declared(history, projector, APPEAL, APPEAL_LIST)
        check_acts(history, projector)
        check_notices(history, projector)
        assert list(row_differences(history.log, database, fresh, VIEWS)) == []


TOLD: dict[str, tuple[str, ...]] = {
    "evidence.submitted": ("handed in: assigned assessor, assigned coach",),
    "evidence.returned": ("returned: the apprentice, assigned coach",),
    "evidence.file-refused": ("file not taken: the apprentice",),
    "assessment.grade-decided": ("decided: the apprentice, assigned coach",),
    "assessment.decision-voided": ("set aside: the apprentice, assigned coach, assigned assessor",),
    "appeal.lodged": ("appeal lodged: the apprentice, appeals officer",),
    "appeal.admitted": ("appeal admitted: the apprentice, appellant",),
    "appeal.not-admitted": ("appeal not admitted: the apprentice, appellant",),
    "appeal.panel-convened": ("to hear: member of the panel", "panel convened: the apprentice, appellant"),
    "appeal.decided": ("appeal decided: the apprentice, appellant, member of the panel, appeals officer",),
    "appeal.withdrawn": ("appeal withdrawn: member of the panel, appeals officer",),
}
"""Who is told what, of the facts that these histories have and that name nobody."""


def naively_told(history: History, entry: Recorded, enrolment_id: UUID) -> dict[str, str]:
    """Return what a fact tells whom: everybody there is, asked what they were to the record when it was recorded."""

    def then(kind: Aggregate[Any], stream: UUID) -> Any:
        return kind.fold(each.fact for each in history.log.read(stream, until=entry.position))

    if isinstance(entry.fact, PersonAssigned):
        return {str(entry.fact.person_id): "part"} if entry.fact.person_id != entry.by else {}
    day, told = london_day(entry.at), dict[str, str]()
    words = {person: then(ENROLMENT, enrolment_id).relations(person, day) for person in (*PEOPLE, APPRENTICE, COACH)}
    if entry.tag.startswith("appeal."):
        case = then(APPEAL, entry.originator_id)
        words = {person: of | case.relations(person, day) for person, of in words.items()}
    for line in TOLD.get(entry.tag, ()):
        kind, _, concerned_words = line.partition(": ")
        for word in concerned_words.split(", "):
            if word == "appeals officer":
                told[word] = kind
            for person, of in words.items():
                if word in of and person != entry.by:
                    told.setdefault(str(person), kind)
    return told


def check_notices(history: History, reads: Reads) -> None:
    """Everybody is told of every fact that concerned them when it was recorded, once, and of nothing else."""
    found = {(each.addressee, each.notice.position): each for each in notices_after(reads, 0, ALL)}
    owners = {stream: stream for stream in history.streams[ENROLMENT]}
    for kind in (EVIDENCE, ASSESSMENT, APPEAL):
        owners |= {stream: history.state(kind, stream).enrolment_id for stream in history.streams[kind]}
    expected = {
        (to, entry.position): kind
        for entry in history.log.entries
        if (enrolment_id := owners.get(entry.originator_id))
        for to, kind in naively_told(history, entry, enrolment_id).items()
    }
    assert {key: each.notice.kind for key, each in found.items()} == expected
    for (_, position), each in found.items():
        entry = history.log.entries[position - 1]
        assert (each.notice.record, each.notice.at, each.actor) == (entry.originator_id, entry.at, entry.by)
        assert each.notice.enrolment_id == owners[entry.originator_id]


def check_acts(history: History, reads: Reads) -> None:
    """Every fact stands once in what one person did, and every fact of an enrolment's streams once in its trail."""
    entries = history.log.entries
    told = [
        (entry.by, entry.position)
        for actor in {entry.by for entry in entries}
        for entry in acts(reads, history.log, actor=actor, limit=ALL)
    ]
    assert sorted(told, key=lambda each: each[1]) == [(entry.by, entry.position) for entry in entries]
    for enrolment_id in history.streams[ENROLMENT]:
        trail = audit_trail(reads, history.log, enrolment_id=enrolment_id, limit=ALL)
        streams = {entry.originator_id for entry in trail}
        assert [entry.position for entry in trail] == [e.position for e in entries if e.originator_id in streams]


def check_lists(history: History, reads: Reads) -> None:
    known = [(stream, history.state(PERSON, stream)) for stream in history.streams[PERSON]]
    assert [
        (row.card.name, row.item, row.card.works_for, set(row.card.roles))
        for row in PEOPLE_LIST.find(reads, DAYS[0], limit=ALL)
    ] == sorted(
        ((person.name, stream, person.works_for, set(person.roles)) for stream, person in known),
        key=lambda each: (sorted_as(each[0]), each[1]),
    )
    editions = {row.item: row.card for row in PLANS.find(reads, DAYS[0], limit=ALL)}
    assert set(editions) == set(history.streams[PLAN])
    for stream, row in editions.items():
        edition = history.state(PLAN, stream)
        assert (row.version_label, row.draft) == (edition.plan.version_label, edition.plan.draft)
        assert (row.approved, row.warnings) == (edition.approved, len(edition.plan.warnings))
        assert len(row.ruled) == len(edition.rulings)


def check_enrolment(history: History, reads: Reads, enrolment_id: UUID) -> None:
    session = ReadSession(history.log)  # type: ignore[arg-type]  # a replay only reads
    entries = enrolment_log(session, enrolment_id)
    assert audit_trail(reads, history.log, enrolment_id=enrolment_id, limit=ALL) == entries
    picture = picture_of(reads, enrolment_id)
    assert picture is not None
    last = DAYS[-1]
    assert readiness_of(session, picture, last) == replayed_readiness(session, enrolment_id, last)
    for drafts in (True, False):
        check_items(history, reads, enrolment_id, drafts=drafts)


def check_items(history: History, reads: Reads, enrolment_id: UUID, *, drafts: bool) -> None:
    expected = {}
    for stream in history.streams[EVIDENCE]:
        item = history.state(EVIDENCE, stream)
        shown = [each for each in item.versions if each.stage != "discarded" and (drafts or each.handed_in())]
        if item.enrolment_id == enrolment_id and shown:
            expected[stream] = shown[-1]
    listed = items(reads, enrolment_id, drafts=drafts)
    assert {row.evidence_id for row in listed} == set(expected)
    for row in listed:
        version = expected[row.evidence_id]
        assert (row.version, row.title, row.kind) == (version.number, version.title, version.kind)
        assert (row.stage, row.media_type) == (version.stage, version.media_type)
        assert list(row.claims) == sorted(version.claims, key=code_order)


def check_person(history: History, reads: Reads, person: UUID, day: date) -> None:
    states = {stream: history.state(ENROLMENT, stream) for stream in history.streams[ENROLMENT]}
    appeals: list[Appeal] = [history.state(APPEAL, stream) for stream in history.streams[APPEAL]]
    heard = {each.enrolment_id for each in appeals if each.is_open() and person in each.members - each.recused}
    for relation in RELATIONS:
        listed = ENROLMENT_LIST.find(reads, day, also=[filed(relation, person)], order="recorded", limit=ALL)
        assert [(row.item, row.card.enrolment) for row in listed] == [
            (stream, kept(state))
            for stream, state in states.items()
            if relation in state.relations(person, day)
            or (relation == "panel member of an appeal here" and stream in heard)
        ]
    told: dict[str, list[UUID]] = {}
    for stream, state in states.items():
        employer = folded(state.employer_on(day))
        words = (f"route={state.route_on(day).route}", f"state={state.lasting.state_on(day)}", f"employer={employer}")
        for word in (*words, f"centre_ukprn={state.centre_ukprn}"):
            told.setdefault(word, []).append(stream)
    for word in (*told, "state=running", "state=paused"):
        listed = ENROLMENT_LIST.find(reads, day, also=[word], order="recorded", limit=ALL)
        assert [row.item for row in listed] == told.get(word, [])
        assert not any(row.card.enrolment.uln for row in listed)
    mine = {stream for stream, state in states.items() if "assigned assessor" in state.relations(person, day)}
    expected: list[Any] = []
    for stream in history.streams[EVIDENCE]:
        item = history.state(EVIDENCE, stream)
        if item.enrolment_id in mine:
            waiting = (version for version in item.versions if version.stage == "submitted")
            expected += [(stream, version.number, tuple(sorted(version.claims, key=code_order))) for version in waiting]
    for stream in history.streams[ASSESSMENT]:
        attempt = history.state(ASSESSMENT, stream)
        if not attempt.decisions and attempt.enrolment_id in mine:
            expected.append((stream, attempt.opened.component, attempt.opened.number))
    wanted = Wanted(enrolments=tuple(concerned(reads, person, day)))
    handed_in = evidence(reads, wanted, after=0, backwards=False, limit=ALL)
    assert [thing.position for thing in handed_in] == sorted(thing.position for thing in handed_in)
    assert number_of_evidence(reads, person, day) == len(handed_in)
    queued: list[Any] = [(thing.evidence_id, thing.version, thing.claims) for thing in handed_in]
    queued += [(thing.assessment_id, thing.component, thing.number) for thing in attempts(reads, person, day)]
    assert sorted(queued, key=repr) == sorted(expected, key=repr)


def check_declared(history: History, reads: Reads, kind: Aggregate[Any], listing: Listing[Any]) -> None:
    whose = {stream: history.state(kind, stream).apprentice for stream in history.streams[kind]}
    for person in history.streams[PERSON]:
        known = {each.apprentice for each in history.state(PERSON, person).interests}
        word = filed(DECLARED, person)
        declared = listing.find(reads, DAYS[0], also=[word], order="recorded", limit=ALL)
        assert [row.item for row in declared] == [stream for stream in whose if whose[stream] in known]
        others = listing.find(reads, DAYS[0], without=word, order="recorded", limit=ALL)
        assert [row.item for row in others] == [stream for stream in whose if whose[stream] not in known]


def check_appeals(history: History, reads: Reads) -> None:
    waits_for = {"lodged": "admission", "admitted": "panel", "with panel": "outcome"}
    states: dict[UUID, Appeal] = {stream: history.state(APPEAL, stream) for stream in history.streams[APPEAL]}
    assert [
        (row.appeal_id, row.waits_for, row.appellant, row.enrolment_id) for row in appeals_queue(reads, limit=ALL)
    ] == [
        (stream, waits_for[state.status], state.appellant, state.enrolment_id)
        for stream, state in states.items()
        if state.status in waits_for
    ]
    listed = APPEAL_LIST.find(reads, DAYS[0], order="recorded", limit=ALL)
    assert [(row.item, row.card.appeal) for row in listed] == [*states.items()]
