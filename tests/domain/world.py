"""A small world for the tests of the rules: people, a plan of two options, a form, criteria, an enrolment."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from portfolio.domain.criteria import Criteria, Criterion, GradeRule
from portfolio.domain.form import Component, ComponentAdded, CoverageProof, Form, FormDrafted
from portfolio.domain.kernel import NOBODY
from portfolio.domain.person import ForStanding, Person
from portfolio.domain.plan import Descriptor, Mapping, Methods, Option, Outcome, Plan, PlanWarning, RequiredMethod


def an_id(name: str) -> UUID:
    """Return the id that belongs to a name in these tests."""
    return uuid5(NOBODY, name)


APPRENTICE, COACH, EMPLOYER = an_id("Mia"), an_id("coach"), an_id("employer")
ASSESSOR, OTHER_ASSESSOR, QUALITY = an_id("assessor"), an_id("other assessor"), an_id("quality assurer")
OFFICER, CHAIR, MEMBER, IMPORTER = an_id("officer"), an_id("chair"), an_id("member"), an_id("importer")
LEAD = an_id("lead")
PLAN_ID, FORM_ID, OTHER_FORM_ID, CRITERIA_ID = an_id("plan"), an_id("form"), an_id("other form"), an_id("criteria")
ENROLMENT_ID, EVIDENCE_ID, OBJECT_ID = an_id("enrolment"), an_id("evidence"), an_id("object")
ATTEMPT_ID, DECISION_ID, SECOND_DECISION_ID = an_id("attempt"), an_id("decision"), an_id("second decision")
APPEAL_ID, ANNOTATION_ID = an_id("appeal"), an_id("annotation")

TODAY = date(2026, 12, 8)
YESTERDAY = date(2026, 12, 7)
TOMORROW = date(2026, 12, 9)
NOW = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)

SHA = "5f" * 32
OTHER_SHA = "6e" * 32


def mapping(code: str, *, mandatory: bool = True) -> Mapping:
    return Mapping(code=code, mandatory=mandatory, english_maths=False, raw=code, line=1)


def outcome(key: str, option: str | None, *codes: str | Mapping) -> Outcome:
    mappings = tuple(mapping(code) if isinstance(code, str) else code for code in codes)
    return Outcome(key=key, option=option, title=f"Title of {key}", description="", codes=mappings, line=1)


def plan(*, outcomes: tuple[Outcome, ...] | None = None, draft: bool = False, warnings: int = 0) -> Plan:
    """Return a plan of a core and two options; K20 stands under both, as S29 does in the published one."""
    return Plan(
        reference="ST9999",
        version_label="ST9999/V1",
        title="Stage hand",
        level=3,
        integration="None",
        draft=draft,
        options=(Option(key="CVT", name="Venues"), Option(key="LET", name="Live events")),
        outcomes=outcomes
        or (
            outcome("AO1", None, "K1", "K2", "S1"),
            outcome("CVT AO2", "CVT", "K10", "K20"),
            outcome("LET AO3", "LET", "K11", "K20"),
        ),
        methods=Methods(
            required=(RequiredMethod(name="observation", minimum=1),),
            choose_from=("professional discussion", "portfolio", "additional observations"),
        ),
        categories=("Applied Knowledge",),
        levels=("Pass", "Distinction"),
        descriptors=(
            Descriptor(category="Applied Knowledge", level="Pass", text="Knows."),
            Descriptor(category="Applied Knowledge", level="Distinction", text="Knows well."),
        ),
        licence="Open Government Licence",
        warnings=tuple(PlanWarning(code="gap", line=n, raw="", message=f"oddity {n}") for n in range(warnings)),
    )


PLAN = plan()


def component(key: str, method: str, *codes: str) -> Component:
    return Component(
        key=key,
        name=f"Component {key}",
        method=method,
        codes=frozenset(codes),
        criteria_id=CRITERIA_ID,
        marker="assessment organisation",
        scrutiny="none",
        maximum_attempts=2,
        evidence_kinds=frozenset({"work product", "observation record"}),
    )


OBSERVATION = component("C1", "observation", "K1", "S1")
PORTFOLIO = component("C2", "portfolio", "K2", "K11", "K20")
FORM_FACTS = (
    FormDrafted(plan_id=PLAN_ID, title="LET-F1", routes=("LET",)),
    ComponentAdded(component=OBSERVATION),
    ComponentAdded(component=PORTFOLIO),
)
GRADE_RULES = tuple(GradeRule(grade=each, every_code_met=each != "fail") for each in ("fail", "pass", "distinction"))
CRITERIA = Criteria(
    plan_id=PLAN_ID,
    title="Criteria",
    version="1",
    scale=("fail", "pass", "distinction"),
    criteria=(Criterion(key="1.1", text="Knows.", category="Applied Knowledge", level="Pass"),),
    sha256="c0",
    approved=True,
    grade_rules=GRADE_RULES,
)


def form(*components: Component, routes: tuple[str, ...] = ("LET",), approved: bool = True) -> Form:
    """Return a form; unless told otherwise the approved one of the route LET."""
    proof = CoverageProof(plan_sha256=SHA, form_sha256=OTHER_SHA, routes=()) if approved else None
    return Form(
        plan_id=PLAN_ID, title="LET-F1", routes=routes, components=components or (OBSERVATION, PORTFOLIO), proof=proof
    )


def person(*roles: str, name: str = "Ada") -> Person:
    held = frozenset(roles)
    return Person(name=name, roles=held, ever_roles=held)  # type: ignore[arg-type]  # the tests name real roles


FREE = ForStanding(
    by=OFFICER,
    at=NOW,
    today=TODAY,
    actor=person("administrator"),
    cases=(),
    administrators={OFFICER: person("administrator")},
)
"""An administrator asks about somebody who is part of no case."""
