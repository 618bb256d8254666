"""Who may do what with evidence: rows of the one table in ``permissions.py``."""

from portfolio.domain.evidence import commands as evidence
from portfolio.domain.kernel import Command
from portfolio.domain.rows import AROUND_THE_APPRENTICE, HEARS_AN_APPEAL, OFFICE, Rule, any_of
from portfolio.domain.vocabulary import (
    ASSIGNED_ASSESSOR,
    ASSIGNED_COACH,
    ASSIGNED_QUALITY_ASSURER,
    HAD_A_PART,
    SECOND_PERSON,
    THE_APPRENTICE,
    THE_SYSTEM,
)

OF_EVIDENCE: dict[type[Command], Rule] = {
    evidence.OfferEvidence: any_of(THE_APPRENTICE),
    evidence.OfferVersion: any_of(THE_APPRENTICE),
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
    evidence.WithdrawEvidence: any_of(THE_APPRENTICE),
    evidence.DiscardDraft: any_of(THE_APPRENTICE),
}
