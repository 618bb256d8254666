"""Plans: every edition on record, with its warnings and its standing."""

from portfolio.domain.kernel import changed
from portfolio.domain.plan import DefectRuled, PlanApproved
from projections.machinery.database import Reads
from projections.plans import PLANS, PlanCard
from tests.domain.world import IMPORTER, PLAN, PLAN_ID, SHA, TODAY, an_id, plan
from tests.projections.support import IMPORTED, at, on, views_after

NEWER = an_id("newer edition")


def plans(reads: Reads, *also: str) -> list[PlanCard]:
    return [found.card for found in PLANS.find(reads, TODAY, also=also, limit=50)]


def test_an_edition_is_listed_as_imported() -> None:
    with views_after(on(PLAN_ID, IMPORTED)) as reads:
        assert plans(reads) == [
            PlanCard(
                reference="ST9999",
                version_label="ST9999/V1",
                title="Stage hand",
                draft=False,
                warnings=0,
                sha256=SHA,
                importer=IMPORTER,
                imported_at=at(1),
                position=1,
            )
        ]


def test_what_is_printed_and_what_was_approved_are_two_things() -> None:
    draft = changed(IMPORTED, plan=plan(draft=True))
    with views_after(on(PLAN_ID, draft, PlanApproved(sha256=SHA))) as reads:
        assert [(edition.draft, edition.approved) for edition in plans(reads, "approved=True")] == [(True, True)]
        assert plans(reads, "approved=False") == []


def test_an_oddity_ruled_on_twice_counts_once() -> None:
    odd = changed(IMPORTED, plan=plan(warnings=12))
    rulings = [DefectRuled(warning=number, reading="as printed", reason="clear") for number in (10, 2, 10)]
    with views_after(on(PLAN_ID, odd, *rulings)) as reads:
        assert [(edition.warnings, len(edition.ruled)) for edition in plans(reads)] == [(12, 2)]


def test_editions_come_by_version_the_newest_of_each_first() -> None:
    other = changed(IMPORTED, plan=changed(PLAN, version_label="ST9999/V2"))
    with views_after(on(PLAN_ID, IMPORTED), on(an_id("other version"), other), on(NEWER, IMPORTED)) as reads:
        assert [found.item for found in PLANS.find(reads, TODAY, limit=2)] == [NEWER, PLAN_ID]
        assert [edition.version_label for edition in plans(reads)] == ["ST9999/V1", "ST9999/V1", "ST9999/V2"]
        assert plans(reads, "reference=ST9998") == []
