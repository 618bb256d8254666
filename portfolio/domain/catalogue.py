"""Every aggregate, and every command and stored fact, which the aggregates name; and the catalogue's number."""

from typing import Any

from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.criteria import CRITERIA
from portfolio.domain.deployment import DEPLOYMENT
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.form import FORM
from portfolio.domain.identity import IDENTITY
from portfolio.domain.imports import IMPORT
from portfolio.domain.kernel import Aggregate, Command, Fact
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PLAN
from portfolio.domain.program.aggregate import PROGRAM
from portfolio.domain.webhooks import WEBHOOK

NUMBER = 2
"""Each fact is stored under it. It rises with the first release that adds a fact or changes the shape of one."""

AGGREGATES: dict[str, Aggregate[Any]] = {
    "deployment": DEPLOYMENT,
    "person": PERSON,
    "identity": IDENTITY,
    "plan": PLAN,
    "criteria": CRITERIA,
    "form": FORM,
    "enrolment": ENROLMENT,
    "evidence": EVIDENCE,
    "assessment": ASSESSMENT,
    "appeal": APPEAL,
    "import": IMPORT,
    "program": PROGRAM,
    "webhook": WEBHOOK,
}

AGGREGATE_OF: dict[type[Command], str] = {
    command: name for name, aggregate in AGGREGATES.items() for command in aggregate.judges
}

FACTS: tuple[type[Fact], ...] = tuple(fact for aggregate in AGGREGATES.values() for fact in aggregate.facts)
