"""Notices: what is told of each kind, where it leads, and whether a person may still be told of it."""

from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.catalogue import AGGREGATES
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import Value, changed
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import (
    ADMINISTRATOR,
    APPEALS_OFFICER,
    APPELLANT,
    ASSIGNED_ASSESSOR,
    ASSIGNED_COACH,
    ASSIGNED_EMPLOYER,
    ASSIGNED_QUALITY_ASSURER,
    MEMBER_OF_THE_PANEL,
    RESPONSIBLE_OFFICER,
    SECOND_PERSON,
    THE_APPRENTICE,
    THE_PERSON,
    Word,
)
from portfolio.domain.webhooks import NOTICE

NoticeKind = Literal[
    "handed in",
    "returned",
    "file not taken",
    "paper not taken",
    "decision waits",
    "second person",
    "decided",
    "not confirmed",
    "set aside",
    "attempt closed",
    "appeal lodged",
    "appeal admitted",
    "appeal not admitted",
    "second look",
    "panel convened",
    "to hear",
    "to answer",
    "panel divided",
    "member stepped aside",
    "appeal decided",
    "appeal withdrawn",
    "follow-up",
    "file to erase",
    "paper to erase",
    "part",
    "consent asked",
    "consent given",
    "consent declined",
    "consent taken back",
    "interest",
    "invited",
]
"""What a notice is of."""


class Told(NamedTuple):
    """What is told of a kind, without names and grades, of which kind of record it is, and the page it leads to."""

    says: str
    record: str
    page: str


EVIDENCE, ATTEMPT, APPEAL = "/evidence/{record}", "/assessments/{record}", "/appeals/{record}"
PROGRESS, PAPERS = "/appeals/{record}/progress", "/enrolments/{record}/papers"
CONSENTS = "/enrolments/{record}/consents"

TOLD: dict[NoticeKind, Told] = {
    "handed in": Told("Work was handed in.", "evidence", EVIDENCE),
    "returned": Told("Work was returned; its page says why.", "evidence", EVIDENCE),
    "file not taken": Told("A file was not taken; its page says why.", "evidence", EVIDENCE),
    "paper not taken": Told("A signed paper was not taken; the page says why.", "enrolment", PAPERS),
    "decision waits": Told("A decision waits for you to confirm or decline it.", "assessment", ATTEMPT),
    "second person": Told("You are the second person now for a decision that waits.", "enrolment", "/queue"),
    "decided": Told("An attempt was decided.", "assessment", ATTEMPT),
    "not confirmed": Told("A decision was not confirmed: another assessor decides.", "assessment", ATTEMPT),
    "set aside": Told("A decision was set aside.", "assessment", ATTEMPT),
    "attempt closed": Told("An attempt was closed undecided.", "assessment", ATTEMPT),
    "appeal lodged": Told("An appeal was lodged.", "appeal", PROGRESS),
    "appeal admitted": Told("An appeal will be heard.", "appeal", PROGRESS),
    "appeal not admitted": Told("An appeal is not heard; its page says why.", "appeal", PROGRESS),
    "second look": Told("A second look is asked for at an appeal that is not heard.", "appeal", PROGRESS),
    "panel convened": Told("There is a panel now that hears the appeal.", "appeal", PROGRESS),
    "to hear": Told("You are asked to hear an appeal.", "appeal", APPEAL),
    "to answer": Told("An outcome was proposed in an appeal that you hear.", "appeal", APPEAL),
    "panel divided": Told("A panel is divided: it needs a further member.", "appeal", PROGRESS),
    "member stepped aside": Told("A member of a panel stepped aside.", "appeal", PROGRESS),
    "appeal decided": Told("A panel gave the outcome of an appeal.", "appeal", PROGRESS),
    "appeal withdrawn": Told("An appeal was withdrawn.", "appeal", PROGRESS),
    "follow-up": Told(
        "What should follow from an upheld appeal waits for a responsible officer.",
        "appeal",
        "/appeals/{record}/consequences",
    ),
    "file to erase": Told("The erasure of a file waits for a second person.", "evidence", EVIDENCE),
    "paper to erase": Told("The erasure of a signed paper waits for a second person.", "enrolment", PAPERS),
    "part": Told("You have a part in an apprenticeship.", "enrolment", "/enrolments/{record}"),
    "consent asked": Told("You are asked to let somebody do something for you.", "enrolment", CONSENTS),
    "consent given": Told("An apprentice lets you do what you may do for them once.", "enrolment", CONSENTS),
    "consent declined": Told("An apprentice said no to what you asked.", "enrolment", CONSENTS),
    "consent taken back": Told("An apprentice took back what they had let you do.", "enrolment", CONSENTS),
    "interest": Told("Something waits until you have said what you are to an apprentice.", "enrolment", "/interests"),
    "invited": Told("You are invited to sign in.", "person", "/sign-in"),
}
"""Each kind of notice. "interest" is told in the place of any other to whoever has to declare one first.

"invited" has a mail of its own, which goes at once however often its person is told by mail, and is told nowhere else.
"""

BECAUSE: dict[str, str] = {
    THE_APPRENTICE: "it is about you",
    ASSIGNED_COACH: "you coach the apprentice",
    ASSIGNED_EMPLOYER: "you are the apprentice’s employer",
    ASSIGNED_ASSESSOR: "you assess the apprentice",
    ASSIGNED_QUALITY_ASSURER: "you assure the quality of the assessment",
    SECOND_PERSON: "you are the second person who confirms or declines it",
    APPELLANT: "you lodged the appeal",
    MEMBER_OF_THE_PANEL: "you are a member of the panel",
    APPEALS_OFFICER: "you are an appeals officer",
    RESPONSIBLE_OFFICER: "you are a responsible officer",
    ADMINISTRATOR: "you are an administrator",
    THE_PERSON: "an administrator invited you",
}
"""Why somebody is told, by the word of the permission table by which they are; it follows "because"."""


class Notice(Value):
    """Something that happened at a ``position`` of the log, told to a person because they are or hold ``why``."""

    position: int
    kind: NoticeKind
    why: Word
    enrolment_id: UUID
    record: UUID
    at: datetime

    def says(self) -> str:
        """Return what is told, without names and grades."""
        return TOLD[self.kind].says

    def because(self) -> str:
        """Return why the person is told."""
        return f"You are told because {BECAUSE[self.why]}."

    def page(self) -> str:
        """Return the path of the page that it leads to."""
        return TOLD[self.kind].page.format(record=self.record)


class NoticeTold(Value, tag=NOTICE):
    """Something is told to the person in whose name it is sent, with why, and the path of the page that it leads to."""

    id: UUID
    position: int
    timestamp: datetime
    kind: NoticeKind
    says: str
    because: str
    enrolment_id: UUID
    record: UUID
    page: str

    @classmethod
    def of(cls, person: UUID, notice: Notice, kind: NoticeKind) -> "NoticeTold":
        """Return what is sent of a notice to a person: under one id each time, and another one for anybody else."""
        told = changed(notice, kind=kind)
        return cls(
            id=uuid5(person, f"notice {notice.position}"),
            position=notice.position,
            timestamp=notice.at,
            kind=kind,
            says=told.says(),
            because=told.because(),
            enrolment_id=notice.enrolment_id,
            record=notice.record,
            page=told.page(),
        )


MailState = Literal["waits", "tried", "sent", "refused", "needless"]
"""What became of a mail: it waits, also after it was tried; it was handed to the mail server; no mail server takes it
for its address; or it was not to be sent any more when its turn came."""


class MailStanding(NamedTuple):
    """What became of a mail, and since when, if that is final."""

    state: MailState
    at: datetime | None


def told_as(session: ReadSession, person: UUID, notice: Notice, today: date) -> NoticeKind | None:
    """Return as what a person may be told of a notice on this day, None if they may not, or need not any more.

    What they are told for must hold now, and the record must be there for them: judged each time that it is shown or
    sent. Who has to declare an interest first is told that and nothing else. An invitation holds until they have signed
    in, while they have the address that it was for.
    """
    if notice.kind == "invited":
        invited = session.state(PERSON, person)
        return "invited" if invited.invited and not invited.suspended else None
    record = TOLD[notice.kind].record
    state = session.state(AGGREGATES[record], notice.record)
    held = session.held(person, notice.record, state, notice.enrolment_id, today)
    if notice.why not in held or not permissions.may(permissions.SEES[record], held):
        return None
    try:
        session.check_declared(person, held, record, notice.enrolment_id)
    except InterestNotDeclared:
        return "interest"
    return notice.kind
