"""Every aggregate, and every fact that is stored: one table each, looked up by command and by tag."""

from typing import Any, get_args

from portfolio.domain.appeal import APPEAL, AppealFact
from portfolio.domain.assessment import ASSESSMENT, AssessmentFact
from portfolio.domain.criteria import CRITERIA, CriteriaFact
from portfolio.domain.deployment import DEPLOYMENT, DeploymentCreated
from portfolio.domain.enrolment import ENROLMENT, EnrolmentFact
from portfolio.domain.evidence import EVIDENCE
from portfolio.domain.evidence_facts import EvidenceFact
from portfolio.domain.form import FORM, FormFact
from portfolio.domain.kernel import Aggregate, Command, Fact
from portfolio.domain.person import PERSON, PersonFact
from portfolio.domain.plan import PLAN, PlanFact

AGGREGATES: dict[str, Aggregate[Any]] = {
    "deployment": DEPLOYMENT,
    "person": PERSON,
    "plan": PLAN,
    "criteria": CRITERIA,
    "form": FORM,
    "enrolment": ENROLMENT,
    "evidence": EVIDENCE,
    "assessment": ASSESSMENT,
    "appeal": APPEAL,
}

AGGREGATE_OF: dict[type[Command], str] = {
    command: name for name, aggregate in AGGREGATES.items() for command in aggregate.commands
}

FACTS: tuple[type[Fact], ...] = (
    DeploymentCreated,
    *get_args(PersonFact),
    *get_args(PlanFact),
    *get_args(CriteriaFact),
    *get_args(FormFact),
    *get_args(EnrolmentFact),
    *get_args(EvidenceFact),
    *get_args(AssessmentFact),
    *get_args(AppealFact),
)
