"""Notices: who is to be told of what happened, and why: a person, or whoever holds a role."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from portfolio.application.notices import Notice, NoticeKind
from portfolio.domain.appeal.facts import (
    AppealAdmitted,
    AppealDecided,
    AppealFact,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    ConsequenceRefused,
    OutcomeProposed,
    PanelConvened,
    PanelDivided,
    PanelMemberAdded,
    PanelMemberRecused,
    PanelMemberReplaced,
    SecondLookAsked,
)
from portfolio.domain.appeal.fold import evolve as evolve_appeal
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.facts import (
    AttemptClosed,
    DecisionConfirmed,
    DecisionDeclined,
    DecisionVoided,
    GradeDecided,
)
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.erasure import PaperErasureApproved
from portfolio.domain.enrolment.facts import (
    AppealForMe,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    ConsentTakenBack,
    EnrolmentFact,
    PaperRefused,
    PersonAssigned,
    Purpose,
    ScrutinyRouteRecorded,
)
from portfolio.domain.enrolment.state import Enrolment, evolve
from portfolio.domain.evidence.erasure import ErasureApproved
from portfolio.domain.evidence.facts import EvidenceReturned, EvidenceSubmitted, FileRefused
from portfolio.domain.invitations import PersonInvited
from portfolio.domain.kernel import NOBODY, Entry, Fact, Value, changed
from portfolio.domain.vocabulary import (
    ADMINISTRATOR,
    APPEALS_OFFICER,
    APPELLANT,
    ASSIGNED,
    ASSIGNED_ASSESSOR,
    ASSIGNED_COACH,
    MEMBER_OF_THE_PANEL,
    RESPONSIBLE_OFFICER,
    SECOND_PERSON,
    THE_APPRENTICE,
    THE_PERSON,
    Word,
)
from projections.machinery.database import Reads, Rows, View, answers

Tells = tuple[NoticeKind, tuple[Word, ...]]
"""What is told, and to those who are or hold one of these words."""

PARTIES: tuple[Word, ...] = (THE_APPRENTICE, APPELLANT)
TAUGHT: tuple[Word, ...] = (THE_APPRENTICE, ASSIGNED_COACH)

TO_ALL: dict[type[Fact], tuple[Tells, ...]] = {
    EvidenceSubmitted: (("handed in", (ASSIGNED_ASSESSOR, ASSIGNED_COACH)),),
    EvidenceReturned: (("returned", TAUGHT),),
    FileRefused: (("file not taken", (THE_APPRENTICE,)),),
    ErasureApproved: (("file to erase", (RESPONSIBLE_OFFICER, ADMINISTRATOR)),),
    PaperErasureApproved: (("paper to erase", (RESPONSIBLE_OFFICER,)),),
    GradeDecided: (("decided", TAUGHT),),
    DecisionConfirmed: (("decided", (*TAUGHT, ASSIGNED_ASSESSOR)),),
    DecisionDeclined: (("not confirmed", (ASSIGNED_ASSESSOR,)),),
    DecisionVoided: (("set aside", (*TAUGHT, ASSIGNED_ASSESSOR)),),
    AttemptClosed: (("attempt closed", TAUGHT),),
    ConsentAsked: (("consent asked", (THE_APPRENTICE,)),),
    AppealLodged: (("appeal lodged", (THE_APPRENTICE, APPEALS_OFFICER)),),
    AppealAdmitted: (("appeal admitted", PARTIES),),
    AppealNotAdmitted: (("appeal not admitted", PARTIES),),
    SecondLookAsked: (("second look", (APPEALS_OFFICER, RESPONSIBLE_OFFICER)),),
    PanelConvened: (("to hear", (MEMBER_OF_THE_PANEL,)), ("panel convened", PARTIES)),
    OutcomeProposed: (("to answer", (MEMBER_OF_THE_PANEL,)),),
    PanelDivided: (("panel divided", (APPEALS_OFFICER,)),),
    PanelMemberRecused: (("member stepped aside", (APPEALS_OFFICER,)),),
    AppealDecided: (("appeal decided", (*PARTIES, MEMBER_OF_THE_PANEL, APPEALS_OFFICER)),),
    AppealWithdrawn: (("appeal withdrawn", (MEMBER_OF_THE_PANEL, APPEALS_OFFICER)),),
    ConsequenceRefused: (("follow-up", (RESPONSIBLE_OFFICER,)),),
}
"""What is told of a fact to all who are this to its record; a fact that names one person is told to them alone."""

NAMES_ONE: tuple[type[Fact], ...] = (
    PersonAssigned,
    PanelMemberAdded,
    PanelMemberReplaced,
    ConsentGiven,
    ConsentDeclined,
    ConsentTakenBack,
    ScrutinyRouteRecorded,
    PaperRefused,
)


class Memory(Value):
    """What the fold keeps of an enrolment, or of an appeal, to know who is what to it."""

    enrolment: Enrolment = Enrolment()
    appeal: Appeal = Appeal()


class Addressed(Value):
    """To whom something is told: the id of a person, or a role; and from which day on, if that is to come."""

    addressee: str
    kind: NoticeKind
    why: Word
    since: date | None = None


def addressed(entry: Entry, enrolment: Enrolment, appeal: Appeal) -> list[Addressed]:
    """Return to whom a fact is told, each once; nobody is told of what they did themselves."""
    if type(entry.fact) in NAMES_ONE:
        found = [*_named(entry, enrolment)]
    else:
        tells = TO_ALL.get(type(entry.fact), ())
        if isinstance(entry.fact, GradeDecided) and entry.fact.needs_confirmation():
            tells = (("decision waits", (SECOND_PERSON,)),)
        day = london_day(entry.at)
        found = [
            Addressed(addressee=each, kind=kind, why=word)
            for kind, words in tells
            for word in words
            for each in _who(word, entry.fact, enrolment, appeal, day)
        ]
    first: dict[str, Addressed] = {}
    for each in found:
        first.setdefault(each.addressee, each)
    return [each for each in first.values() if each.addressee not in (str(entry.by), str(NOBODY))]


def _who(word: Word, fact: Fact, enrolment: Enrolment, appeal: Appeal, day: date) -> Iterator[str]:
    match word:
        case "the apprentice":
            yield str(enrolment.apprentice)
        case "appellant":
            yield from (str(appeal.appellant), str(appeal.apprentice))
        case "member of the panel":
            yield from sorted(map(str, appeal.members - appeal.recused))
        case "second person of a scrutiny route" if isinstance(fact, GradeDecided):
            form = fact.context.form
            route = enrolment.scrutiny_route(fact.decider, form.form_id, form.component)
            yield str(route.second_person if route else NOBODY)
        case "assigned assessor" | "assigned coach":
            parts = (part for part in enrolment.assigned if ASSIGNED[part.assignment] == word and part.on(day))
            yield from sorted({str(part.person_id) for part in parts})
        case _:
            yield word


def _named(entry: Entry, enrolment: Enrolment) -> Iterator[Addressed]:
    """Yield whom a fact names that is told to nobody else."""
    match entry.fact:
        case PersonAssigned(person_id=person, assignment=assignment, starts_on=day):
            since = day if day > london_day(entry.at) else None
            yield Addressed(addressee=str(person), kind="part", why=ASSIGNED[assignment], since=since)
        case ScrutinyRouteRecorded(second_person=person):
            yield Addressed(addressee=str(person), kind="second person", why=SECOND_PERSON)
        case PaperRefused(paper_id=paper_id):
            officer = enrolment.officer_of(paper_id)
            yield Addressed(addressee=str(officer), kind="paper not taken", why=RESPONSIBLE_OFFICER)
        case PanelMemberAdded(member=person) | PanelMemberReplaced(replacement=person):
            yield Addressed(addressee=str(person), kind="to hear", why=MEMBER_OF_THE_PANEL)
        case ConsentGiven(person_id=person, purpose=purpose):
            yield Addressed(addressee=str(person), kind="consent given", why=_asks(purpose))
        case ConsentTakenBack(consent_id=consent_id):
            for consent in enrolment.consents:
                if consent.consent_id == consent_id:
                    why = _asks(consent.purpose)
                    yield Addressed(addressee=str(consent.person_id), kind="consent taken back", why=why)
        case ConsentDeclined(question_id=question_id):
            for question in enrolment.questions:
                if question.question_id == question_id:
                    why = _asks(question.purpose)
                    yield Addressed(addressee=str(question.person_id), kind="consent declined", why=why)


def _asks(purpose: Purpose) -> Word:
    """Return what somebody is who may be let do this."""
    return ASSIGNED_COACH if isinstance(purpose, AppealForMe) else ADMINISTRATOR


FACTS: tuple[type[Fact], ...] = tuple(
    {**dict.fromkeys((*get_args(EnrolmentFact), *get_args(AppealFact), PersonInvited)), **TO_ALL}
)
"""Facts of which somebody is told, and those that say who is what to an enrolment or an appeal."""


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep a row for everybody who is told of a fact, and who is what to its enrolment and its appeal."""
    fact, appeal = entry.fact, Appeal()
    if isinstance(fact, PersonInvited):
        invited = Addressed(addressee=str(entry.originator_id), kind="invited", why=THE_PERSON)
        _tell(rows, entry, NOBODY, [invited])
    if owner is None or type(fact) not in FACTS:
        return
    enrolment = _kept(rows, owner).enrolment
    if isinstance(fact, EnrolmentFact):
        enrolment = changed(evolve(enrolment, fact), uln="")
        _keep(rows, owner, Memory(enrolment=enrolment))
    elif isinstance(fact, AppealFact):
        appeal = evolve_appeal(_kept(rows, entry.originator_id).appeal, fact)
        _keep(rows, entry.originator_id, Memory(appeal=appeal))
    _tell(rows, entry, owner, addressed(entry, enrolment, appeal))


def _tell(rows: Rows, entry: Entry, enrolment_id: UUID, told: Iterable[Addressed]) -> None:
    for each in told:
        rows.put(
            each.addressee,
            entry.position,
            kind=each.kind,
            why=each.why,
            enrolment_id=enrolment_id,
            record=entry.originator_id,
            at=entry.at,
            actor=entry.by,
            since=each.since,
            memory=None,
        )


def _kept(rows: Rows, stream: UUID) -> Memory:
    row = rows.get(f"@{stream}", 0)
    return row["memory"] if row else Memory()


def _keep(rows: Rows, stream: UUID, memory: Memory) -> None:
    nothing = dict.fromkeys(("kind", "why", "enrolment_id", "record", "at", "actor", "since"))
    rows.put(f"@{stream}", 0, **nothing, memory=memory)


NOTICES = View(
    "notices",
    1,
    {"addressee": str, "position": int},
    {
        "kind": str,
        "why": str,
        "enrolment_id": UUID,
        "record": UUID,
        "at": datetime,
        "actor": UUID,
        "since": date,
        "memory": Memory,
    },
    fold,
    FACTS,
    indexes=(("position",),),
)

COLUMNS = "position, kind, why, enrolment_id, record, at"
OF_A_PERSON = f"""
SELECT {COLUMNS} FROM {NOTICES.table} WHERE addressee IN ({{to}}) AND (since IS NULL OR since <= :today)
AND actor <> :person AND kind <> 'invited' AND position > 0 AND (:before IS NULL OR position < :before)
ORDER BY position DESC, addressee LIMIT :limit
"""  # noqa: S608 - names of the view
AFTER = f"""
SELECT addressee, actor, since, {COLUMNS} FROM {NOTICES.table}
WHERE position > :after ORDER BY position, addressee LIMIT :limit
"""  # noqa: S608 - names of the view

TO = f"""
SELECT p.position, n.addressee, n.actor, n.since, {", ".join(f"n.{each}" for each in COLUMNS.split(", "))}
FROM (SELECT min(position) AS position FROM positions WHERE follower = '{NOTICES.table}') AS p
LEFT JOIN {NOTICES.table} AS n ON n.position > :after AND n.position <= p.position
AND n.addressee IN ({{to}}) AND n.actor <> :person AND n.kind <> 'invited'
ORDER BY n.position, n.addressee LIMIT :limit
"""  # noqa: S608 - names of the view


def notices(
    reads: Reads, person: UUID, roles: Sequence[str], today: date, *, before: int | None = None, limit: int
) -> list[Notice]:
    """Return up to ``limit`` notices to a person who holds these roles, before a position, newest first.

    Whether they may still be told of each, the record says (``told_as``).
    """
    sql, named = _to(OF_A_PERSON, person, roles)
    rows = reads.query(sql, **named, person=person, today=today, before=before, limit=limit)
    once = {notice.position: notice for notice in reversed(answers(Notice, rows))}  # who holds two roles is told once
    return [once[position] for position in sorted(once, reverse=True)]


def _to(sql: str, person: UUID, roles: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return a question about what is told to a person who holds these roles, with what it asks."""
    named = {f"to{number}": each for number, each in enumerate((str(person), *roles))}
    return sql.format(to=", ".join(f":{name}" for name in named)), named


class ToTell(Value):
    """A notice with whom it is for, who did what it tells of, and from which day on it is told."""

    addressee: str
    actor: UUID
    since: date | None
    notice: Notice


def notices_after(reads: Reads, position: int, limit: int) -> list[ToTell]:
    """Return up to ``limit`` notices after a position, oldest first, to whomever they are."""
    return _to_tell(reads.query(AFTER, after=position, limit=limit))


def notices_to(reads: Reads, person: UUID, roles: Sequence[str], *, after: int, limit: int) -> tuple[list[ToTell], int]:
    """Return up to ``limit`` notices to a person who holds these roles after a position, oldest first.

    With it stands up to where the view shows notices. One statement reads both, so that none can come between the two.
    """
    sql, named = _to(TO, person, roles)
    rows = reads.query(sql, **named, person=person, after=after, limit=limit)
    return _to_tell([each for _, *each in rows if each[0] is not None]), int(rows[0][0] or 0)


def _to_tell(rows: Sequence[Sequence[Any]]) -> list[ToTell]:
    return [
        ToTell(addressee=addressee, actor=actor, since=since, notice=notice)
        for (addressee, actor, since, *_), notice in zip(rows, answers(Notice, [row[3:] for row in rows]), strict=True)
    ]
