"""Who may do what with evidence: rows of the one table in ``permissions.py``."""

from portfolio.domain.evidence import commands as evidence
from portfolio.domain.evidence import erasing
from portfolio.domain.kernel import Command
from portfolio.domain.rows import AROUND_THE_APPRENTICE, HEARS_AN_APPEAL, OFFICE, Rule, any_of
from portfolio.domain.vocabulary import (
    ADMINISTRATOR,
    ASSIGNED_ASSESSOR,
    ASSIGNED_COACH,
    ASSIGNED_EMPLOYER,
    ASSIGNED_QUALITY_ASSURER,
    HAD_A_PART,
    LEAD_ASSESSOR,
    PANEL_MEMBER_HERE,
    RESPONSIBLE_OFFICER,
    SECOND_PERSON,
    THE_APPRENTICE,
    THE_SYSTEM,
    Word,
)

KEPT_FROM: tuple[Word, ...] = (ASSIGNED_COACH, ASSIGNED_EMPLOYER, PANEL_MEMBER_HERE)
"""Who gets no way to the original of a redacted version, whatever else they are (ACCESS-4)."""

ORIGINALS: dict[str, Rule] = {
    "redacted originals": any_of(THE_APPRENTICE, RESPONSIBLE_OFFICER, none_of=KEPT_FROM),
    "redacted originals: assessors": any_of(ASSIGNED_ASSESSOR, SECOND_PERSON, LEAD_ASSESSOR, none_of=KEPT_FROM),
    "redacted originals: quality assurers": any_of(ASSIGNED_QUALITY_ASSURER, none_of=KEPT_FROM),
    "redacted originals: panel": any_of(PANEL_MEMBER_HERE, none_of=(ASSIGNED_COACH, ASSIGNED_EMPLOYER)),
}
"""Who is shown the original of a version of which parts are hidden: those named last only where they may be."""

OF_EVIDENCE: dict[type[Command], Rule] = {
    evidence.OfferEvidence: any_of(THE_APPRENTICE),
    evidence.OfferVersion: any_of(THE_APPRENTICE),
    evidence.DescribeDraft: any_of(THE_APPRENTICE),
    evidence.CompleteUpload: any_of(THE_APPRENTICE),
    **dict.fromkeys((evidence.SealFile, evidence.RefuseFile), any_of(THE_SYSTEM)),
    evidence.WriteRecord: any_of(*AROUND_THE_APPRENTICE),
    evidence.CorrectRecord: any_of(*AROUND_THE_APPRENTICE, HAD_A_PART),
    evidence.SubmitEvidence: any_of(THE_APPRENTICE, ASSIGNED_COACH),
    evidence.ReturnEvidence: any_of(
        ASSIGNED_ASSESSOR, ASSIGNED_COACH, ASSIGNED_QUALITY_ASSURER, none_of=(THE_APPRENTICE,)
    ),
    evidence.AcceptEvidence: any_of(ASSIGNED_ASSESSOR, ASSIGNED_QUALITY_ASSURER, none_of=(THE_APPRENTICE,)),
    evidence.ClaimStatements: any_of(THE_APPRENTICE, ASSIGNED_COACH),
    evidence.DropClaim: any_of(THE_APPRENTICE, ASSIGNED_COACH),
    evidence.AnnotateEvidence: any_of(
        ASSIGNED_ASSESSOR, ASSIGNED_COACH, ASSIGNED_QUALITY_ASSURER, none_of=(THE_APPRENTICE,)
    ),
    evidence.ServeEvidence: any_of(*OFFICE, *AROUND_THE_APPRENTICE, SECOND_PERSON, *HEARS_AN_APPEAL),
    evidence.RedactEvidence: any_of(RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE, *KEPT_FROM)),
    evidence.OpenOriginal: any_of(RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE, *KEPT_FROM)),
    evidence.WithdrawEvidence: any_of(THE_APPRENTICE),
    evidence.DiscardDraft: any_of(THE_APPRENTICE),
    erasing.ApproveErasure: any_of(RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE,)),
    **dict.fromkeys(
        (erasing.ConfirmErasure, erasing.DropErasure),
        any_of(RESPONSIBLE_OFFICER, ADMINISTRATOR, none_of=(THE_APPRENTICE,)),
    ),
    erasing.NoteErased: any_of(THE_SYSTEM),
}
