"""Plan: one edition of a published assessment plan, as data beside its raw text, with rulings on its oddities."""

import hashlib
from typing import assert_never
from uuid import UUID

from portfolio.domain.deployment import Deployment
from portfolio.domain.kernel import (
    NOBODY,
    Aggregate,
    Command,
    Fact,
    Known,
    NotVisible,
    RuleBroken,
    State,
    Value,
    changed,
)
from portfolio.domain.words import Reason, visible


class Option(Value):
    """One of the plan's options. ``key`` is its abbreviation; both printed ordinals are kept, neither is trusted."""

    key: str
    name: str
    list_ordinal: int | None = None
    table_ordinal: int | None = None
    table_name: str | None = None


class Mapping(Value):
    """One knowledge or skill code under one outcome, as printed on ``line`` as ``raw``."""

    code: str
    mandatory: bool
    english_maths: bool
    raw: str
    line: int


class Outcome(Value):
    """An assessment outcome: a printed heading that groups codes. ``option`` is None for a core outcome."""

    key: str
    option: str | None
    title: str
    description: str
    codes: tuple[Mapping, ...]
    line: int


class RequiredMethod(Value):
    """A method every assessment must include, singular and lower case, at least ``minimum`` times."""

    name: str
    minimum: int


class Methods(Value):
    """Methods that are required, and those that anything further is chosen from, in the plan's words."""

    required: tuple[RequiredMethod, ...]
    choose_from: tuple[str, ...]


class Descriptor(Value):
    """The performance description printed for one category and level: shown verbatim, never scored from."""

    category: str
    level: str
    text: str


class PlanWarning(Value):
    """An oddity of the printed plan that could change its meaning: where it stands and what it is."""

    code: str
    line: int
    raw: str
    message: str


class Plan(Value):
    """A published plan as data. ``version_label`` is as printed (``ST1297/V2``); ``level`` is None if not a number."""

    reference: str
    version_label: str
    title: str
    level: int | None
    integration: str
    draft: bool
    options: tuple[Option, ...]
    outcomes: tuple[Outcome, ...]
    methods: Methods
    categories: tuple[str, ...]
    levels: tuple[str, ...]
    descriptors: tuple[Descriptor, ...]
    licence: str
    warnings: tuple[PlanWarning, ...]

    def distinct_codes(self) -> frozenset[str]:
        """Return every code of the plan once."""
        return frozenset(mapping.code for outcome in self.outcomes for mapping in outcome.codes)

    def routes(self) -> tuple[str, ...]:
        """Return the option keys, or ``("core",)`` for a plan without options."""
        return tuple(option.key for option in self.options) or (CORE,)

    def outcomes_of(self, route: str) -> tuple[Outcome, ...]:
        """Return core outcomes and those of the route's option, in printed order."""
        return tuple(outcome for outcome in self.outcomes if outcome.option in (None, route))

    def core_codes(self) -> frozenset[str]:
        """Return the codes of the outcomes that belong to no option."""
        return frozenset(mapping.code for outcome in self.outcomes_of(CORE) for mapping in outcome.codes)

    def codes_of(self, route: str) -> frozenset[str]:
        """Return every code of the route."""
        return frozenset(mapping.code for outcome in self.outcomes_of(route) for mapping in outcome.codes)


CORE = "core"


def plan_id_of(text: str) -> UUID:
    """Return the id of a plan edition: the first half of the SHA-256 of its text, so one text is one stream.

    A byte order mark and the kind of line ends are no part of a text: with others it is the same edition (PLAN-1).
    """
    bare = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return UUID(bytes=hashlib.sha256(bare.encode()).digest()[:16])


class Ruling(Value):
    """How the ``warning``-th oddity from 0 is read, and why."""

    warning: int
    reading: str
    reason: str

    def says_why(self) -> bool:
        """Return whether both can be read (PLAN-4): older releases let empty ones in."""
        return visible(self.reading) and visible(self.reason)


class ImportPlan(Command):
    """Record a published plan: its text and what is read from it."""

    plan_id: UUID
    text: str


class RuleOnDefect(Command):
    """Give the reading that is to apply to one oddity, the ``warning``-th from 0, and why."""

    plan_id: UUID
    warning: int
    reading: Reason
    reason: Reason


class ApprovePlan(Command):
    """Approve the edition for use, every oddity ruled on, by somebody who did not import it."""

    plan_id: UUID


class ForImport(Known):
    """The plan as read from the text, and the editions on record of the version it prints."""

    plan: Plan
    editions: tuple["PlanEdition", ...]


class PlanImported(Fact, tag="plan.imported"):
    """The edition is on record, text and structure."""

    text: str
    sha256: str
    plan: Plan
    importer: UUID


class DefectRuled(Fact, tag="plan.defect-ruled"):
    """A named person decided how an oddity is to be read."""

    warning: int
    reading: str
    reason: str


class PlanApproved(Fact, tag="plan.approved"):
    """The organisation approved the edition for use."""

    sha256: str


class PlanUnknown(NotVisible):
    """This plan is not on record: import it first."""


class PlanAlreadyImported(RuleBroken, rule="PLAN-1"):
    """This very text was imported already."""


class PlanDefectHidden(RuleBroken, rule="PLAN-2"):
    """There is no such oddity in this plan to rule on."""


class CodeRepeatedInRoute(RuleBroken, rule="PLAN-3"):
    """A code may stand only once in the outcomes of one route."""


class PlanDefectUnruled(RuleBroken, rule="PLAN-4"):
    """Every oddity of the plan needs a ruling before it is approved."""


class ApproverIsImporter(RuleBroken, rule="PLAN-4, PERSON-4"):
    """Nobody approves a plan that they imported: a responsible officer or another administrator does."""


class PlanVersionFixed(RuleBroken, rule="PLAN-5"):
    """An approved plan never changes; a new text is a new edition."""


class PlanNotApproved(RuleBroken, rule="PLAN-6"):
    """Nothing live may rest on a plan that is a draft or is not approved: have the published one approved first."""


class PlanEdition(State):
    """One recorded edition with the ruling in force on each oddity, by its place.

    ``text_id`` is what ``plan_id_of`` says of its text, which of a text with a byte order mark was once another id.
    """

    plan: Plan | None = None
    sha256: str = ""
    importer: UUID = NOBODY
    text_id: UUID = NOBODY
    rulings: tuple[Ruling, ...] = ()
    approved: bool = False

    def usable_when_live(self) -> bool:
        """Return whether a live record may rest on it: approved by us, and not printed as a draft (PLAN-6)."""
        return self.approved and self.plan is not None and not self.plan.draft

    def unruled(self) -> tuple[int, ...]:
        """Return the places, from 0, of the oddities without a ruling that says how they are read and why (PLAN-4)."""
        ruled = {ruling.warning for ruling in self.rulings if ruling.says_why()}
        return tuple(number for number in range(len(self.plan.warnings)) if number not in ruled) if self.plan else ()


def may_rest_on_plan(edition: PlanEdition, deployment: Deployment) -> bool:
    """Return whether a record of this deployment may rest on the edition: in a demo, on any on record (PLAN-6)."""
    return edition.plan is not None and (deployment.mode == "demo" or edition.usable_when_live())


PlanFact = PlanImported | DefectRuled | PlanApproved


def import_plan(edition: PlanEdition, command: ImportPlan, known: ForImport) -> list[PlanFact]:
    """Record a text once, as it was read, if no route of it has a code twice (PLAN-1, PLAN-3)."""
    if edition.plan is not None or command.plan_id in {other.text_id for other in known.editions}:
        raise PlanAlreadyImported
    for route in known.plan.routes():
        codes = [mapping.code for outcome in known.plan.outcomes_of(route) for mapping in outcome.codes]
        if repeated := sorted({code for code in codes if codes.count(code) > 1}):
            raise CodeRepeatedInRoute(f"In route {route}: {', '.join(repeated)}.", codes=repeated)
    digest = hashlib.sha256(command.text.encode()).hexdigest()
    return [PlanImported(text=command.text, sha256=digest, plan=known.plan, importer=known.by)]


def rule_on_defect(edition: PlanEdition, command: RuleOnDefect, known: Known) -> list[PlanFact]:
    """Settle how an oddity of an edition is read, before the edition is approved (PLAN-2, PLAN-5)."""
    plan = recorded_plan(edition)
    if edition.approved:
        raise PlanVersionFixed
    if not 0 <= command.warning < len(plan.warnings):
        raise PlanDefectHidden
    return [DefectRuled(warning=command.warning, reading=command.reading, reason=command.reason)]


def approve_plan(edition: PlanEdition, command: ApprovePlan, known: Known) -> list[PlanFact]:
    """Approve an edition once, by somebody who did not import it, with a ruling on every oddity (PLAN-4, PLAN-5)."""
    plan = recorded_plan(edition)
    if edition.approved:
        raise PlanVersionFixed
    if known.by == edition.importer:
        raise ApproverIsImporter
    if unruled := [plan.warnings[number].message for number in edition.unruled()]:
        raise PlanDefectUnruled(f"{len(unruled)} of {len(plan.warnings)} have none.", defects=unruled)
    return [PlanApproved(sha256=edition.sha256)]


def recorded_plan(edition: PlanEdition) -> Plan:
    """Return the plan of an edition; refuse one that is not on record (PLAN-1)."""
    if edition.plan is None:
        raise PlanUnknown
    return edition.plan


def evolve(edition: PlanEdition, fact: PlanFact) -> PlanEdition:
    """Apply a fact."""
    match fact:
        case PlanImported(plan=plan, sha256=sha256, importer=importer, text=text):
            return PlanEdition(plan=plan, sha256=sha256, importer=importer, text_id=plan_id_of(text))
        case DefectRuled(warning=warning, reading=reading, reason=reason):
            others = (ruling for ruling in edition.rulings if ruling.warning != warning)
            ruling = Ruling(warning=warning, reading=reading, reason=reason)
            return changed(edition, rulings=tuple(sorted((*others, ruling), key=lambda each: each.warning)))
        case PlanApproved():
            return changed(edition, approved=True)
    assert_never(fact)


PLAN = Aggregate("plan_id", PlanEdition(), (import_plan, rule_on_defect, approve_plan), evolve)
