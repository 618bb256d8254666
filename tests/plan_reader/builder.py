"""The published plan, and a small one of its form of which each test replaces the part that it is about."""

from collections import Counter
from importlib import resources

from portfolio.domain.plan import Plan
from portfolio.plan_reader.text import read_plan

PUBLISHED = resources.files("portfolio").joinpath("plans/ST1297-V2.md").read_text(encoding="utf-8")

OPTIONS = """Assess all the core assessment outcomes and those of one of the following options:

- Option 1: Coat maker (COA)
- Option 2: Suit maker (SUI)
"""
RULE = "Knowledge and skills statements in **bold** are mandatory and must be assessed in every version."
CORE = "Core Assessment Outcome\tMapping\n<p><b>AO1: Cloth</b></p> <p>Cuts it.</p>\t<p><b>K1</b>, K2</p> <p>S1</p>"
TABLES = """Option 1: Coat maker\tMapping
<p><b>COA AO2: Coats</b></p> <p>Makes coats.</p>\t<p>K3</p> <p>S2</p>
Option 2: Suit maker\tMapping
<p><b>SUI AO3: Suits</b></p> <p>Makes suits.</p>\t<p>K4</p> <p>S3</p>"""
NOTE = "(\\*) Statements which offer opportunities to develop functional English and maths carry an asterisk."
REQUIRED = "Assessment organisations must design apprenticeship assessments to include at least one **observation**."
CHOICE = """Any additional assessment(s) must be selected from the following list of methods:

- **Portfolio**
- **Simulated tasks**
"""
DESCRIPTORS = """Performance Category\tPass\tDistinction
<b>Applied Knowledge</b>\tKnows enough.\tKnows much.
<b>Applied Skills</b>\tDoes enough.\tDoes much."""


def plan_text(
    *,
    front: str = "# APPRENTICESHIP ASSESSMENT PLAN FOR THE TAILOR APPRENTICESHIP\n\nST9000/V1.2",
    fields: str = "APPRENTICESHIP REFERENCE NUMBER\tLEVEL OF THIS APPRENTICESHIP\tINTEGRATION\nST9000\t3\tNone",
    options: str = OPTIONS,
    rule: str = RULE,
    core: str = CORE,
    tables: str = TABLES,
    note: str = NOTE,
    required: str = REQUIRED,
    choice: str = CHOICE,
    descriptors: str = DESCRIPTORS,
) -> str:
    return "\n\n".join(
        [
            front,
            fields,
            "#### Assessment Outcomes",
            options,
            rule,
            f"{core}\n{tables}",
            note,
            "### **Assessment requirements**",
            required,
            choice,
            "Apprentices may be assessed at any appropriate point.",
            "**Performance descriptors**",
            descriptors,
            "Crown copyright 2026, Open Government Licence.",
        ]
    )


def core_row(mapping: str, first: str = "<p><b>AO1: Cloth</b></p> <p>Cuts it.</p>") -> str:
    """The text of a plan without options whose one outcome has this mapping cell."""
    return plan_text(options="", tables="", core=f"Assessment Outcome\tMapping\n{first}\t{mapping}")


def codes(text: str) -> str:
    """The codes of the first outcome: ``~`` after one that is not mandatory, ``*`` after a starred one."""
    return " ".join(
        mapping.code + ("" if mapping.mandatory else "~") + ("*" if mapping.english_maths else "")
        for mapping in read_plan(text).outcomes[0].codes
    )


def warnings_of(text: str) -> dict[str, str]:
    """The raw text of each warning by its code."""
    return {warning.code: warning.raw for warning in read_plan(text).warnings}


def keys(plan: Plan) -> list[tuple[str, str | None]]:
    return [(outcome.key, outcome.option) for outcome in plan.outcomes]


def meaning(plan: Plan) -> object:
    """All that a plan says, without where it stands in the text."""
    outcomes = [
        (
            outcome.key,
            outcome.option,
            outcome.title,
            outcome.description,
            [(mapping.code, mapping.mandatory, mapping.english_maths) for mapping in outcome.codes],
        )
        for outcome in plan.outcomes
    ]
    options = [(option.key, option.name) for option in plan.options]
    identity = (plan.reference, plan.version_label, plan.title, plan.level, plan.integration)
    return identity, options, outcomes, plan.methods, plan.levels, plan.descriptors


def added(text: str) -> set[str]:
    """The codes of the warnings that a variant of the published plan has and the plan itself has not."""
    return added_by(read_plan(text))


def added_by(plan: Plan) -> set[str]:
    """The codes of the warnings that a plan has and the published one has not."""
    return {code for code, _ in _noted(plan) - ODDITIES}


def _noted(plan: Plan) -> Counter[tuple[str, str]]:
    return Counter((one.code, one.message) for one in plan.warnings)


ODDITIES = _noted(read_plan(PUBLISHED))


def changed(old: str, new: str, text: str = PUBLISHED) -> str:
    """The published plan with one thing written otherwise, which must be there."""
    assert old in text
    return text.replace(old, new)


TRUTH = meaning(read_plan(PUBLISHED))


def same(text: str, *warnings: str) -> None:
    """The text means what the published plan means, with these warnings and no others."""
    plan = read_plan(text)
    assert meaning(plan) == TRUTH
    assert added_by(plan) == set(warnings)
