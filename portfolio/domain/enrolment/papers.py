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
    PaperReceived,
    PaperRefused,
    PaperSealed,
    Said,
    TakenBackOnPaper,
    WithdrawnOnPaper,
)
from portfolio.domain.enrolment.paper import Paper
from portfolio.domain.enrolment.refusals import (
    ConsentUnknown,
    PaperKeptBefore,
    PaperNeedsFreeOfficer,
    PaperNotAScan,
    PaperOfAnother,
    PaperUnknown,
)
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.evidence.media import ANY, TAKEN, Sealed, check_type, taken_type, type_named
from portfolio.domain.evidence.upload import check_size
from portfolio.domain.kernel import NOBODY, Command, Known, Recorded
from portfolio.domain.person import Person
from portfolio.domain.words import FileName, Reason, Statement

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


class CompletePaper(Command):
    """Say that the bytes of the paper are all there: once they are checked and sealed, what it says holds."""

    enrolment_id: UUID
    paper_id: UUID


class SealPaper(Command):
    """Keep what a check of the paper found, which the vault now holds for ever, and what looked for malware."""

    enrolment_id: UUID
    paper_id: UUID
    sealed: Sealed
    screening: str


class RefusePaper(Command):
    """Keep that a check of the paper did not take it: by which refusal, and why."""

    enrolment_id: UUID
    paper_id: UUID
    refusal: str
    why: Statement


class ForPaper(ForConsent):
    """And the officer, the apprentice's other enrolments, the appeals, and what was ever recorded of the attempts."""

    officer: Person
    other_enrolments: tuple[Enrolment, ...]
    cases: Cases
    history: tuple[Recorded, ...]


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
    check_free(enrolment, command.says, known.by, known)
    check_size(command.size)
    check_type(command.media_type, command.filename)
    scan = taken_type(command.media_type)
    if scan == ANY:
        scan = type_named(command.filename, SCANS)
    if scan not in SCANS:
        raise PaperNotAScan
    check_not_kept_before(enrolment, command.sha256)
    announced = PaperAnnounced(
        paper_id=command.paper_id,
        says=command.says,
        reason=command.reason,
        officer=known.by,
        filename=command.filename,
        media_type=scan,
        size=command.size,
        sha256=command.sha256,
    )
    return [announced]


def check_not_kept_before(enrolment: Enrolment, sha256: str) -> None:
    """Refuse a paper of the very bytes of one that is sealed."""
    if enrolment.kept_before(sha256):
        raise PaperKeptBefore


def check_free(enrolment: Enrolment, said: Said, officer: UUID, known: ForPaper) -> None:
    """Refuse an officer whom the paper names, or who is not free of the apprentice and of the matter."""
    if not free(enrolment, said, officer, known):
        raise PaperNeedsFreeOfficer(
            "The paper names you, or you have a part in what it is about or an interest in the apprentice: another "
            "responsible officer seals it. Where none is free, an administrator grants somebody else that role."
        )


def free(enrolment: Enrolment, said: Said, officer: UUID, known: ForPaper) -> bool:
    """Return whether the officer is not named by the paper, and free: of a tie, and of the matter of an appeal."""
    if officer == enrolment.named_on(said) or conflicted(
        (enrolment, *known.other_enrolments), known.officer, officer, known.today
    ):
        return False
    parties = (case.parties() for case in known.cases.values() if case.is_open())
    took_part = lineage(enrolment, known.attempts.values(), known.today) | who_set_aside(known.history)
    return not enrolment.about_an_appeal(said) or officer not in took_part.union(*parties)


def complete_paper(enrolment: Enrolment, command: CompletePaper, known: ForPaper) -> list[PaperReceived]:
    """Take it that the bytes of an announced paper are all there, once: from here on they are checked (CONSENT-3)."""
    paper = known_paper(enrolment, command.paper_id)
    if paper.sealed:
        return []
    if paper.officer != known.by:
        raise PaperOfAnother
    check_free(enrolment, paper.says, known.by, known)
    check_not_kept_before(enrolment, paper.sha256)
    return [PaperReceived(paper_id=paper.paper_id)] if paper.stage == "announced" else []


def seal_paper(enrolment: Enrolment, command: SealPaper, known: ForPaper) -> list[EnrolmentFact]:
    """Fix the bytes that were checked, once, and let what the paper says of a consent hold (CONSENT-3).

    Its officer must still be free. An appeal is withdrawn by a command on it that names the paper.
    """
    paper = known_paper(enrolment, command.paper_id)
    if paper.stage != "received":
        return []
    check_free(enrolment, paper.says, paper.officer, known)
    check_not_kept_before(enrolment, command.sealed.sha256)
    kept = PaperSealed(
        paper_id=paper.paper_id,
        sha256=command.sealed.sha256,
        size=command.sealed.size,
        media_type=command.sealed.bounds.media_type,
        screening=command.screening,
        storage_version=command.sealed.storage_version,
        blocks=command.sealed.blocks,
    )
    match paper.says:
        case ConsentOnPaper(person_id=person_id, purpose=purpose):
            id_ = paper.paper_id
            return [kept, ConsentGiven(consent_id=id_, person_id=person_id, purpose=purpose, paper_id=id_)]
        case TakenBackOnPaper(consent_id=consent_id) if stands(enrolment, consent_id):
            return [kept, ConsentTakenBack(consent_id=consent_id, paper_id=paper.paper_id)]
        case _:
            return [kept]


def refuse_paper(enrolment: Enrolment, command: RefusePaper, known: Known) -> list[PaperRefused]:
    """Record why the paper that was checked is not taken, once (CONSENT-3)."""
    paper = known_paper(enrolment, command.paper_id)
    if paper.stage != "received":
        return []
    return [PaperRefused(paper_id=paper.paper_id, refusal=command.refusal, why=command.why)]


def known_paper(enrolment: Enrolment, paper_id: UUID) -> Paper:
    """Return the paper of this id, or refuse."""
    paper = enrolment.paper(paper_id)
    if paper is None:
        raise PaperUnknown
    return paper
