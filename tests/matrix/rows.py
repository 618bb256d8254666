"""A naive reading of the permission rows: who is answered what, from the rows as data and the words of the cast.

It imports nothing that reads them in the service: what ``docs/permissions.md`` says in sentences stands here again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.matrix.cast import HAD, Person

NOT_SIGNED_IN, SHUT_OUT, NOT_THERE, FORBIDDEN = "unauthenticated", "access-suspended", "not-visible", "not-permitted"
UNDECLARED, PART_ENDED, OUT_OF_SCOPE, ALLOWED = "interest-not-declared", "part-ended", "out-of-scope", "allowed"

OF_AN_APPRENTICE = ("enrolment", "evidence", "assessment", "appeal")

STAYS = {"registered person", "the person", "the apprentice", "appellant"}
"""What somebody is even while suspended."""

GOES_ON = {"GiveConsent", "TakeConsentBack", "DeclineConsent", "LodgeAppeal", "AskSecondLook", "WithdrawAppeal"}
GOES_ON |= {"ServeEvidence"}
"""What an apprentice does even while suspended: reading, and appealing."""

DECLARE = {
    "assigned assessor",
    "assigned internal quality assurer",
    "second person of a scrutiny route",
    "second person who answered here",
    "lead assessor",
    "appeals officer",
    "member of the panel",
    "panel member of an appeal here",
}
"""Who says what they are to the apprentice before they see or do anything."""

OFFICER_DECLARES = {
    *("VoidDecision", "CloseAttempt", "AdmitOnSecondLook", "RefuseOnSecondLook", "AnnouncePaper", "CompletePaper"),
    *("WithdrawOnPaper", "CloseConsequence", "RecordScrutinyRoute", "RedactEvidence", "OpenOriginal"),
    *("ConfirmCorrection", "ConfirmTakingBack", "ApproveErasure", "ConfirmErasure"),
    *("ApprovePaperErasure", "ConfirmPaperErasure", "decision context", "stored context", "chronology"),
}
"""What a responsible officer, who looks at the rest without, does or asks only after that."""

ABOUT_ANOTHER = {"LodgeAppeal": "assessment", "RecordCompetence": "criteria"}
"""What must be there for whoever gives a command that begins a record, or is about a list."""


@dataclass(frozen=True)
class Row:
    """A row of the table: of which one word is needed, and which words forbid."""

    any_of: frozenset[str]
    none_of: frozenset[str] = frozenset()
    name: str = ""

    def given(self, asked: "Asked") -> bool:
        """Tell whether a program that asks was given the row; people need not be."""
        return asked.given is None or self.name in asked.given

    def lets_in(self, words: set[str]) -> bool:
        """Read it."""
        return any(word in words for word in self.any_of) and not any(word in words for word in self.none_of)


@dataclass(frozen=True)
class Asked:
    """What somebody is towards what they ask: their words there, and whether they declared themselves to whose it is.

    ``of`` is the apprentice it belongs to, empty for what belongs to none. ``there``: there is such a record.
    ``given`` are the rows of a program.
    """

    person: Person
    of: str = ""
    itself: bool = False
    owns: bool = False
    there: bool = True
    given: frozenset[str] | None = None

    @property
    def suspended(self) -> bool:
        """Tell whether they are."""
        return self.person.standing == "suspended"

    def words(self, record: str) -> set[str]:
        """Return who they are, in the words of the table, to a record of this kind."""
        person = self.person
        words = {"registered person", *person.roles}
        if self.of == person.own and record in OF_AN_APPRENTICE:
            words |= person.here
            if record == "appeal":
                words |= person.to_the_case
        if record == "person" and self.itself:
            words |= {"the person"}
        if record == "program" and self.owns:
            words |= {"the owner"}
        if record == "plan" and person.enrolled:
            words |= {"the apprentice"}
        return words & STAYS if self.suspended else words

    def declares_first(self, record: str, what: str) -> bool:
        """Tell whether they have to say first what they are to the apprentice, and have not."""
        words = self.words(record)
        officer = "responsible officer" in words and what in OFFICER_DECLARES
        if "the apprentice" in words or not (officer or (record in OF_AN_APPRENTICE and words & DECLARE)):
            return False
        return bool(self.of) and self.of not in self.person.declared_to


def of_a_command(asked: Asked, name: str, record: str, row: Row, sees: dict[str, Row]) -> str:
    """Return what whoever gives a command is answered before any rule of the record speaks."""
    if asked.suspended and not asked.person.enrolled:
        return SHUT_OUT
    kind = ABOUT_ANOTHER.get(name, record)
    if not (row.given(asked) and sees[kind].given(asked)):
        return OUT_OF_SCOPE
    visible = sees[kind].lets_in(asked.words(record))
    if asked.suspended and name not in GOES_ON:
        return SHUT_OUT if visible else NOT_THERE
    words = asked.words(record)
    let_in = row.lets_in(words)
    if HAD in words and not (visible or let_in) and kind in OF_AN_APPRENTICE[:3]:
        return PART_ENDED
    if not visible and not (let_in and HAD in words):
        return NOT_THERE
    if not let_in:
        return FORBIDDEN
    return UNDECLARED if asked.declares_first(record, name) else ALLOWED


def of_a_question(
    asked: Asked, records: Sequence[str], questions: Sequence[Row], named: Sequence[str], sees: dict[str, Row]
) -> str:
    """Return what whoever asks something of these records, or of none, is answered; ``named`` are the questions."""
    if asked.suspended and not asked.person.enrolled:
        return SHUT_OUT
    for record in records:
        if not sees[record].given(asked):
            return OUT_OF_SCOPE
        if not asked.there or not sees[record].lets_in(asked.words(record)):
            return NOT_THERE
    held = asked.words(records[-1] if records else "")
    if not all(row.given(asked) for row in questions):
        return OUT_OF_SCOPE
    if not all(row.lets_in(held) for row in questions):
        return FORBIDDEN
    first = any(asked.declares_first(record, what) for record in records for what in (*named, ""))
    return UNDECLARED if first else ALLOWED
