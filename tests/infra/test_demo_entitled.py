"""The demo's story comes in by the door of the service, and everybody in it does what is theirs to do."""

import ast
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from infra.demo.clock import FURTHEST_BACK
from infra.store.journal import EventJournal
from portfolio.domain.calendar import LONDON, is_working_day, london_day
from portfolio.domain.vocabulary import SYSTEM
from tests.faults.postgres import free_port

DEMO = Path(__file__).parents[2] / "infra/demo"

A, L, RO, AO = "administrator", "lead assessor", "responsible officer", "appeals officer"
ASSESSES = "assigned assessor"
AROUND = {"assigned employer", "assigned coach", ASSESSES, "the apprentice"}
ENTITLED: dict[str, set[str]] = {
    "PersonRegistered": {A},
    "RoleGranted": {A},
    "CompetenceRecorded": {A},
    "InterestDeclared": {"the person"},
    "PlanImported": {A},
    "DefectRuled": {L, RO},
    "PlanApproved": {RO},
    "CriteriaDrafted": {L},
    "CriteriaApproved": {RO},
    "FormDrafted": {L},
    "ComponentAdded": {L},
    "FormApproved": {RO},
    "ApprenticeEnrolled": {A},
    "PersonAssigned": {A},
    "UploadOffered": {"the apprentice"},
    "FileReceived": {"the apprentice"},
    "EvidenceSubmitted": {"the apprentice"},
    "EvidenceReplaced": {"the apprentice"},
    "StatementClaimed": {"the apprentice"},
    "DraftDiscarded": {"the apprentice"},
    "EvidenceServed": AROUND,
    "EvidenceRedacted": {RO},
    "EvidenceRecorded": AROUND - {"the apprentice"},
    "EvidenceReturned": {"assigned coach", ASSESSES},
    "EvidenceAccepted": {ASSESSES},
    "EvidenceAnnotated": {ASSESSES},
    "AttemptOpened": {ASSESSES},
    "StatementFound": {ASSESSES},
    "GradeDecided": {ASSESSES},
    "AppealLodged": {"the apprentice"},
    "AppealAdmitted": {AO},
    "PanelConvened": {AO},
    "OutcomeProposed": {"member of the panel"},
    "OutcomeConfirmed": {"member of the panel"},
    "AppealDecided": {"member of the panel"},
}
"""What its author is, by the kind of fact."""

BY_ITSELF = {"FileSealed", "AttemptOpened", "DecisionVoided", "ConsequenceDrawn"}
"""What the service finds of a file, and what it concludes from an upheld appeal."""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    """Return every recorded fact of the told story."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-c", "from infra.cli import main; main()", "demo", "--no-serve"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTFOLIO_")}
    subprocess.run([*command, "--port", str(free_port())], cwd=folder, env=plain, check=True, timeout=240)  # noqa: S603
    journal = EventJournal.in_file(folder / "demo/facts.db", secret=b"", read_only=True)
    yield [*journal.since(0, limit=100_000)]
    journal.close()


@pytest.mark.slow
def test_the_story_is_told_by_people_entitled_to_each_act(facts: list[Any]) -> None:
    held: dict[UUID, set[str]] = defaultdict(set)
    here: dict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    enrolment: dict[UUID, UUID] = {}
    first = next(entry.originator_id for entry in facts if type(entry.fact).__name__ == "PersonRegistered")
    for entry in facts:
        kind, fact, stream = type(entry.fact).__name__, entry.fact, entry.originator_id
        enrolment.setdefault(stream, getattr(fact, "enrolment_id", stream))
        words = held[entry.by] | here[entry.by, enrolment[stream]] | here[entry.by, stream]
        words |= {"the person"} if stream == entry.by else set()
        match kind:
            case "RoleGranted":
                held[stream].add(fact.role)
            case "ApprenticeEnrolled":
                here[fact.apprentice, stream].add("the apprentice")
            case "PersonAssigned":
                here[fact.person_id, stream].add(f"assigned {fact.assignment}")
            case "PanelConvened":
                for member in fact.members:
                    here[member, stream].add("member of the panel")
        begins = kind in ("DeploymentCreated", "CatalogueBegun", "KeyChecksRecorded") or stream == first
        if entry.by == SYSTEM:
            assert begins or kind in BY_ITSELF, kind
        else:
            assert ENTITLED[kind] & words, (kind, words)


@pytest.mark.slow
def test_the_story_happens_in_working_hours_over_the_weeks_that_end_now(facts: list[Any]) -> None:
    times = [entry.at for entry in facts]
    assert times == sorted(times)
    assert times[-1] <= datetime.now(UTC)
    assert timedelta(days=80) < datetime.now(UTC) - times[0] < FURTHEST_BACK
    *earlier, _ = sorted({london_day(at) for at in times})
    assert all(map(is_working_day, earlier))
    assert all(9 <= at.astimezone(LONDON).hour < 18 for at in times if london_day(at) in earlier)


@pytest.mark.slow
def test_who_judges_in_the_story_neither_coached_nor_judged_what_they_judge_again(facts: list[Any]) -> None:
    tied = {entry.fact.person_id for entry in facts if getattr(entry.fact, "assignment", "") in ("coach", "employer")}
    found = {entry.by for entry in facts if type(entry.fact).__name__ == "StatementFound"}
    decided = [(entry.by, entry.originator_id) for entry in facts if type(entry.fact).__name__ == "GradeDecided"]
    assert found == {by for by, _ in decided}
    assert not tied & found
    aside = {entry.originator_id for entry in facts if type(entry.fact).__name__ == "DecisionVoided"}
    again = {
        entry.originator_id for entry in facts if type(entry.fact).__name__ == "AttemptOpened" and entry.by == SYSTEM
    }
    assert not {by for by, attempt in decided if attempt in aside} & {by for by, attempt in decided if attempt in again}
    assert again


PARTS = [
    "beginning",
    "stage",
    "client",
    "cast",
    "clock",
    "files",
    *(f"story/{path.stem}" for path in (DEMO / "story").glob("*.py")),
]


@pytest.mark.parametrize("part", sorted(PARTS))
def test_the_story_knows_no_way_in_but_http(part: str) -> None:
    tree = ast.parse((DEMO / f"{part}.py").read_text())
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    ours = {name for name in modules if name.partition(".")[0] in ("portfolio", "projections", "api", "infra")}
    assert {name for name in ours if not name.startswith("infra.demo")} <= {"infra.errors"}
