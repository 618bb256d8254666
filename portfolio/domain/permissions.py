"""Who may do and see what: one table, deny by default.

The words are the roles a person holds now, plus what they are to the record ("the apprentice", "assigned assessor",
"member of the panel" …), all from recorded facts. Every command and every read has a row; no other file asks who
somebody is.
"""

from portfolio.domain import appeal, assessment, criteria, deployment, enrolment, form, person, plan
from portfolio.domain.evidence import commands as evidence
from portfolio.domain.kernel import Command, NotPermitted, NotVisible, Value


class Rule(Value):
    """Held words of which one is needed, and words that forbid."""

    any_of: frozenset[str]
    none_of: frozenset[str] = frozenset()


def _any(*words: str, none_of: tuple[str, ...] = ()) -> Rule:
    return Rule(any_of=frozenset(words), none_of=frozenset(none_of))


SYSTEM_ITSELF = "the system"
ANYBODY_KNOWN = "registered person"
OFFICE = ("administrator", "responsible officer", "results officer", "lead assessor")
AROUND_THE_APPRENTICE = (
    "the apprentice",
    "assigned coach",
    "assigned employer",
    "assigned assessor",
    "assigned internal quality assurer",
)
HEARS_AN_APPEAL = ("appeals officer", "panel member of an appeal here")

SEES: dict[str, Rule] = {
    "deployment": _any(SYSTEM_ITSELF, ANYBODY_KNOWN),
    "plan": _any(SYSTEM_ITSELF, ANYBODY_KNOWN),
    "criteria": _any(ANYBODY_KNOWN),
    "form": _any(ANYBODY_KNOWN),
    "person": _any(SYSTEM_ITSELF, "the person", "administrator", "appeals officer", "responsible officer"),
    "enrolment": _any(*OFFICE, *AROUND_THE_APPRENTICE, *HEARS_AN_APPEAL),
    "evidence": _any(*OFFICE, *AROUND_THE_APPRENTICE, *HEARS_AN_APPEAL),
    "assessment": _any(SYSTEM_ITSELF, *OFFICE, *AROUND_THE_APPRENTICE, *HEARS_AN_APPEAL),
    "appeal": _any(*OFFICE, "the apprentice", "appellant", "assigned coach", "member of the panel", *HEARS_AN_APPEAL),
}
"""Who sees a record at all, by aggregate; to everybody else it is not there (404)."""

READS: dict[str, Rule] = {
    "own enrolments": _any(ANYBODY_KNOWN),
    "people": _any("administrator", "appeals officer", "responsible officer"),
    "audit trail": _any(*OFFICE, "the apprentice", *HEARS_AN_APPEAL, "assigned internal quality assurer"),
    "readiness": _any(*OFFICE, *AROUND_THE_APPRENTICE, *HEARS_AN_APPEAL),
    "decision context": _any("assigned assessor", *OFFICE, *HEARS_AN_APPEAL, "assigned internal quality assurer"),
    "appeals here": _any(*OFFICE, "the apprentice", "assigned coach", *HEARS_AN_APPEAL),
    "chronology": _any("the apprentice", "appellant", "member of the panel", "appeals officer", "responsible officer"),
    "queue: assessor": _any("assessor", "centre assessor"),
    "queue: appeals": _any("appeals officer"),
}
"""Who may ask a question that is more than seeing one record."""

MAY: dict[type[Command], Rule] = {
    deployment.CreateDeployment: _any(SYSTEM_ITSELF),
    person.RegisterPerson: _any("administrator", SYSTEM_ITSELF),
    person.GrantRole: _any("administrator", SYSTEM_ITSELF),
    person.EndRole: _any("administrator"),
    person.DeclareInterest: _any("the person"),
    person.RecordCompetence: _any("administrator", none_of=("the person",)),
    plan.ImportPlan: _any("administrator", SYSTEM_ITSELF),
    plan.RuleOnDefect: _any("responsible officer", "lead assessor"),
    plan.ApprovePlan: _any("responsible officer", "administrator"),
    criteria.DraftCriteria: _any("administrator", "lead assessor"),
    criteria.ApproveCriteria: _any("responsible officer", "lead assessor"),
    form.DraftForm: _any("administrator", "lead assessor"),
    form.AddComponent: _any("administrator", "lead assessor"),
    form.ApproveForm: _any("responsible officer", "lead assessor"),
    enrolment.EnrolApprentice: _any("administrator"),
    enrolment.ChangeRoute: _any("administrator"),
    enrolment.AssignPerson: _any("administrator"),
    enrolment.ReleasePerson: _any("administrator"),
    evidence.OfferEvidence: _any("the apprentice"),
    evidence.OfferVersion: _any("the apprentice"),
    evidence.SealFile: _any("the apprentice"),
    evidence.WriteRecord: _any(*AROUND_THE_APPRENTICE),
    evidence.SubmitEvidence: _any("the apprentice", "assigned coach"),
    evidence.ReturnEvidence: _any(
        "assigned assessor", "assigned coach", "assigned internal quality assurer", none_of=("the apprentice",)
    ),
    evidence.AcceptEvidence: _any(
        "assigned assessor", "assigned internal quality assurer", none_of=("the apprentice",)
    ),
    evidence.ClaimStatements: _any("the apprentice", "assigned coach"),
    evidence.DropClaim: _any("the apprentice", "assigned coach"),
    evidence.AnnotateEvidence: _any(
        "assigned assessor", "assigned coach", "assigned internal quality assurer", none_of=("the apprentice",)
    ),
    evidence.ServeEvidence: _any(*OFFICE, *AROUND_THE_APPRENTICE, *HEARS_AN_APPEAL),
    evidence.WithdrawEvidence: _any("the apprentice"),
    evidence.DiscardDraft: _any("the apprentice"),
    assessment.OpenAttempt: _any("administrator", "assigned assessor", SYSTEM_ITSELF),
    assessment.RecordFindings: _any("assessor", "centre assessor", none_of=("the apprentice",)),
    assessment.DecideGrade: _any("assessor", "centre assessor", none_of=("the apprentice",)),
    assessment.SupersedeDecision: _any("assessor", "centre assessor", "lead assessor", none_of=("the apprentice",)),
    assessment.VoidDecision: _any("responsible officer", SYSTEM_ITSELF),
    appeal.LodgeAppeal: _any("the apprentice", "assigned coach", "assigned employer"),
    appeal.AdmitAppeal: _any("appeals officer", none_of=("took part",)),
    appeal.RefuseAppeal: _any("appeals officer", none_of=("took part",)),
    appeal.ConvenePanel: _any("appeals officer", none_of=("took part",)),
    appeal.DecideAppeal: _any("member of the panel", "appeals officer", none_of=("took part",)),
    appeal.WithdrawAppeal: _any("the apprentice", "appellant", "assigned coach"),
}
"""Who may give a command."""


def may(rule: Rule, held: frozenset[str]) -> bool:
    """Return whether these words satisfy a row."""
    return bool(rule.any_of & held) and not rule.none_of & held


def check(command: Command, aggregate: str, held: frozenset[str]) -> None:
    """Refuse with ``NotPermitted``, or ``NotVisible`` to somebody the record must not even exist for."""
    rule = MAY.get(type(command))
    if rule is not None and may(rule, held):
        return
    check_sees(aggregate, held)
    raise NotPermitted


def check_sees(aggregate: str, held: frozenset[str]) -> None:
    """Refuse with ``NotVisible`` unless the record may be seen."""
    if not may(SEES[aggregate], held):
        raise NotVisible


def check_read(read: str, held: frozenset[str]) -> None:
    """Refuse with ``NotPermitted`` unless the question may be asked."""
    if not may(READS[read], held):
        raise NotPermitted
