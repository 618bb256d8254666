"""Papers: what an apprentice who cannot sign in says on signed paper, sealed by a free responsible officer (CONSENT-3).

A paper is kept with the enrolment and is never evidence: no item, no finding and no decision's context knows of it.
"""

from uuid import UUID

from portfolio.domain.appeal.hold import Cases
from portfolio.domain.appeal.lineage import lineage, who_set_aside
from portfolio.domain.appeal.state import AppealUnknown
from portfolio.domain.appeal.withdrawing import check_not_over
from portfolio.domain.enrolment.conflict import conflicted
from portfolio.domain.enrolment.consent import ForConsent, check_purpose, stands
from portfolio.domain.enrolment.facts import (
    ConsentGiven,
    ConsentOnPaper,
    ConsentTakenBack,
    EnrolmentFact,
    PaperAnnounced,
    PaperSealed,
    Said,
    TakenBackOnPaper,
    WithdrawnOnPaper,
)
from portfolio.domain.enrolment.refusals import (
    ConsentUnknown,
    PaperKeptBefore,
    PaperNeedsFreeOfficer,
    PaperNotAScan,
    PaperOfAnother,
    PaperUnknown,
)
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.evidence.media import TAKEN, Sealed, check_type, taken_type
from portfolio.domain.evidence.upload import check_size
from portfolio.domain.kernel import NOBODY, Command, Recorded
from portfolio.domain.person import Person
from portfolio.domain.words import FileName, Reason

SCANS = tuple(media_type for media_type, taken in TAKEN.items() if taken.family in ("PDF", "picture"))
"""Media types of a scanned or photographed paper."""


class AnnouncePaper(Command):
    """Announce the scan of a paper that an apprentice signed who cannot sign in: what it says, and why they cannot."""

    enrolment_id: UUID
    paper_id: UUID
    says: Said
    reason: Reason
    filename: FileName
    media_type: str
    size: int
    sha256: str

    @property
    def object_id(self) -> UUID:
        """Return under which id the vault keeps the bytes."""
        return self.paper_id

    @property
    def named(self) -> UUID:
        """Return the person to whom the paper gives consent, ``NOBODY`` if it gives none."""
        return self.says.person_id if isinstance(self.says, ConsentOnPaper) else NOBODY


class SealPaper(Command):
    """Say that the bytes of the paper are there: what it says holds from now on."""

    enrolment_id: UUID
    paper_id: UUID


class ForPaper(ForConsent):
    """And the officer, the apprentice's other enrolments, the appeals, and what was ever recorded of the attempts."""

    officer: Person
    other_enrolments: tuple[Enrolment, ...]
    cases: Cases
    history: tuple[Recorded, ...]


class ForSealingPaper(ForPaper):
    """And what the vault says of the bytes, now kept for ever: none if no paper of the officer's waits for bytes."""

    sealed: tuple[Sealed, ...]


def announce_paper(enrolment: Enrolment, command: AnnouncePaper, known: ForPaper) -> list[EnrolmentFact]:
    """Take a scan of what the apprentice could say by their own command, from an officer who is free (CONSENT-3)."""
    check_exists(enrolment)
    match command.says:
        case ConsentOnPaper(purpose=purpose):
            check_purpose(purpose, known)
        case TakenBackOnPaper(consent_id=consent_id):
            if not stands(enrolment, consent_id):
                raise ConsentUnknown
        case WithdrawnOnPaper(appeal_id=appeal_id):
            if appeal_id not in known.cases:
                raise AppealUnknown
            check_not_over(known.cases[appeal_id])
    check_free(enrolment, command.says, known)
    check_size(command.size)
    check_type(command.media_type, command.filename)
    if taken_type(command.media_type) not in SCANS:
        raise PaperNotAScan
    if enrolment.kept_before(command.sha256):
        raise PaperKeptBefore
    announced = PaperAnnounced(
        paper_id=command.paper_id,
        says=command.says,
        reason=command.reason,
        officer=known.by,
        filename=command.filename,
        media_type=taken_type(command.media_type),
        size=command.size,
        sha256=command.sha256,
    )
    return [announced]


def check_free(enrolment: Enrolment, said: Said, known: ForPaper) -> None:
    """Refuse an officer whom the paper names, or who is not free of the apprentice and of the matter."""
    if not free(enrolment, said, known):
        raise PaperNeedsFreeOfficer(
            "The paper names you, or you have a part in what it is about or an interest in the apprentice: another "
            "responsible officer seals it. Where none is free, an administrator grants somebody else that role."
        )


def free(enrolment: Enrolment, said: Said, known: ForPaper) -> bool:
    """Return whether the officer is not named by the paper, and free: of a tie, and of the matter of an appeal."""
    if known.by == enrolment.named_on(said) or conflicted(
        (enrolment, *known.other_enrolments), known.officer, known.by, known.today
    ):
        return False
    parties = (case.parties() for case in known.cases.values() if case.is_open())
    took_part = lineage(enrolment, known.attempts.values(), known.today) | who_set_aside(known.history)
    return not enrolment.about_an_appeal(said) or known.by not in took_part.union(*parties)


def seal_paper(enrolment: Enrolment, command: SealPaper, known: ForSealingPaper) -> list[EnrolmentFact]:
    """Fix the bytes that the vault has checked, and let what the paper says of a consent hold (CONSENT-3).

    An appeal is withdrawn by a command on it that names the paper.
    """
    paper = enrolment.paper(command.paper_id)
    if paper is None:
        raise PaperUnknown
    if paper.sealed:
        return []
    if paper.officer != known.by:
        raise PaperOfAnother
    check_free(enrolment, paper.says, known)
    if enrolment.kept_before(paper.sha256):
        raise PaperKeptBefore
    kept: list[EnrolmentFact] = [
        PaperSealed(
            paper_id=paper.paper_id,
            sha256=sealed.sha256,
            size=sealed.size,
            media_type=sealed.bounds.media_type,
            screening="none configured",
            storage_version=sealed.storage_version,
            blocks=sealed.blocks,
        )
        for sealed in known.sealed
    ]
    match paper.says:
        case ConsentOnPaper(person_id=person_id, purpose=purpose):
            id_ = paper.paper_id
            return [*kept, ConsentGiven(consent_id=id_, person_id=person_id, purpose=purpose, paper_id=id_)]
        case TakenBackOnPaper(consent_id=consent_id) if stands(enrolment, consent_id):
            return [*kept, ConsentTakenBack(consent_id=consent_id, paper_id=paper.paper_id)]
        case _:
            return kept
