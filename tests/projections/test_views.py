"""What every view has in common."""

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

import projections
from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import Fact, Recorded, tag_of
from portfolio.domain.readiness.picture import Picture
from projections.machinery.database import Key, Row, Rows, View
from projections.machinery.listing import Listing
from projections.machinery.owner import OWNER
from projections.views import VIEWS
from tests.domain.world import ENROLMENT_ID, EVIDENCE_ID, NOW, an_id

GOLDEN = Path(__file__).parent.parent / "golden"


def examples(kind: type[Fact]) -> list[Fact]:
    """Return the stored examples of a fact."""
    lines = (GOLDEN / f"{tag_of(kind)}.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=kind) for line in lines]


class Pictures:
    """Has the rows that readiness looks for."""

    def row(self, view: View, key: Key) -> Row | None:
        return {"picture": Picture(), "card": None}


@pytest.mark.parametrize("view", [OWNER, *VIEWS], ids=lambda view: view.name)
def test_a_fact_that_a_view_does_not_name_would_change_nothing_in_it(view: View) -> None:
    database: Any = Pictures()
    owner = None if view.name == "audit_trail" else ENROLMENT_ID  # it keeps every fact of an enrolment
    for kind in set(FACTS) - set(view.facts):
        for fact in examples(kind):
            rows = Rows(view, database)
            entry = Recorded(
                originator_id=EVIDENCE_ID,
                originator_version=1,
                position=1,
                fact=fact,
                by=an_id("x"),
                at=NOW,
                causation=an_id("y"),
            )
            view.fold(rows, entry, owner)
            assert rows.batch() == (view, [], [], []), kind.__name__


def test_every_view_is_in_the_list() -> None:
    modules = [module for module in pkgutil.iter_modules(projections.__path__, "projections.") if not module.ispkg]
    views = {
        value.name
        for module in modules
        for value in vars(import_module(module.name)).values()
        if isinstance(value, View | Listing)
    }
    assert views == {view.name for view in VIEWS}, "name it in projections/views.py"


def test_every_view_has_a_test_of_its_own() -> None:
    modules = {module.name for module in pkgutil.iter_modules(projections.__path__) if not module.ispkg} - {"views"}
    untested = {module for module in modules if not (Path(__file__).parent / f"test_{module}.py").exists()}
    assert untested == set(), "facts in, rows out, in a file of tests/projections named after it"
