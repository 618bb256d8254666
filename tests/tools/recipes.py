"""Recipes: which places somebody touches who adds something, each with the check that misses it if it is left out.

``make docs`` prints them into CONTRIBUTING.md; a test insists that each place and each check is there.
"""

from dataclasses import dataclass

from tests.architecture.source import ROOT

BEGIN, END = "<!-- recipes: made by `make docs` -->", "<!-- end of recipes -->"


@dataclass(frozen=True)
class Step:
    """One place to touch: a path from the root, what to do there, and the check (``file::test``, or a command)."""

    place: str
    what: str
    check: str


SWITCH_OFF = "tests/tools/switch_off_rules.py"
"""The gate in which each rule is switched off and a test must notice."""

DOCUMENTS = "tests/architecture/test_documents.py::test_a_document_that_follows_from_the_code_is_up_to_date"

VIEW_LISTED = "tests/projections/test_views.py::test_every_view_is_in_the_list"

WHOLE_STORE = "tests/architecture/test_stores.py::test_a_store_has_each_part_that_is_asked_of_one"

KNOWN_STORE = "tests/architecture/test_stores.py::test_a_file_that_knows_every_store_knows_each"

RECIPES: dict[str, tuple[Step, ...]] = {
    "Add a rule": (
        Step("portfolio/domain", "the refusal with its rule, raised by the function of the command", SWITCH_OFF),
        Step(
            "docs/rules.toml",
            "its sentence, source and what is missing",
            "tests/architecture/test_rules.py::test_every_rule_that_is_cited_stands_in_the_book",
        ),
        Step("tests/domain", "a test that names the refusal and reads as the rule's sentence", SWITCH_OFF),
        Step(
            "tests/api",
            "the same through HTTP, from real state",
            "tests/api/test_every_refusal.py::test_every_refusal_is_answered_by_name_in_a_test_of_the_service",
        ),
    ),
    "Add a route with its command": (
        Step(
            "portfolio/domain",
            "the command, its tagged fact, its function in the aggregate's list, the fact in `evolve` and its union",
            "tests/architecture/test_commands.py::test_every_command_has_a_row_of_permissions_and_a_record_it_changes",
        ),
        Step(
            "portfolio/domain/permissions.py",
            "who may give it",
            "tests/architecture/test_commands.py::test_every_command_has_a_row_of_permissions_and_a_record_it_changes",
        ),
        Step(
            "portfolio/domain/sentences.py",
            "what the fact says to a lay reader",
            "tests/architecture/test_golden.py::test_every_fact_is_in_the_catalogue_and_can_be_told",
        ),
        Step(
            "portfolio/application/loaders",
            "what the rule must know, if that is more than who asks and when",
            "tests/architecture/test_loaders.py::test_a_rule_is_given_what_it_asks_for",
        ),
        Step(
            "api",
            "the schema and the route, side by side",
            "tests/architecture/test_commands.py::test_every_command_can_be_given_over_http",
        ),
        Step(
            "tests/golden",
            "`make golden`: the fact's bytes, written once",
            "tests/architecture/test_golden.py::test_every_stored_fact_has_golden_bytes_and_no_file_is_left_over",
        ),
        Step(
            "tests/domain/test_permissions.py",
            "somebody who is turned away",
            "tests/domain/test_permissions.py::test_for_every_command_there_is_somebody_who_may_not_give_it",
        ),
        Step("tests/domain", "what it records, and what it refuses", SWITCH_OFF),
        Step(
            "tests/api",
            "one call that works",
            "tests/api/test_every_route.py::test_every_command_is_given_in_a_test_of_the_service",
        ),
        Step(
            "tests/api",
            "each refusal by name",
            "tests/api/test_every_refusal.py::test_every_refusal_is_answered_by_name_in_a_test_of_the_service",
        ),
    ),
    "Add a view": (
        Step("projections", "a file named after the question: the table, the fold and the question", VIEW_LISTED),
        Step("projections/views.py", "the view in the list", VIEW_LISTED),
        Step(
            "tests/projections",
            "facts in, rows out, in a file of the same name",
            "tests/projections/test_views.py::test_every_view_has_a_test_of_its_own",
        ),
    ),
    "Add a store": (
        Step("infra/store", "a package: recorder, snapshot, views, the store that opens them, a README", WHOLE_STORE),
        Step("infra/store/journal.py", "how the journal is opened on its recorder", KNOWN_STORE),
        Step("infra/settings.py", "the setting that names it, as a store that opens itself", KNOWN_STORE),
        Step("pyproject.toml", "the package among the stores that know nothing of each other, its driver", KNOWN_STORE),
        Step("tests/infra/store", "the store in `conftest.py`, `given.py` and `test_stores.py`", KNOWN_STORE),
        Step("tests/projections/support.py", "its views among those that every view is tested on", KNOWN_STORE),
    ),
    "Add a page": (
        Step(
            "api/pages",
            "one file, its forms read by the API's schemas",
            "tests/architecture/test_commands.py::test_no_page_has_a_schema_of_its_own",
        ),
        Step("api/pages/templates", "its template", "tests/pages/test_every_page.py"),
        Step(
            "api/pages/__init__.py",
            "the page in the list",
            "tests/architecture/test_routes.py::test_every_route_asks_the_permission_table",
        ),
        Step("tests/pages", "what it shows and to whom", "tests/pages/test_every_page.py"),
    ),
}
"""By what is added: every place, in the order in which it is best done. `make docs` and `make fix` do the rest."""


def recipes_markdown() -> str:
    """Return the lists as CONTRIBUTING.md shows them."""
    lines = [BEGIN]
    for title, steps in RECIPES.items():
        lines += ["", f"### {title}", ""]
        for number, step in enumerate(steps, start=1):
            lines.append(f"{number}. `{step.place}`: {step.what}. Missed by `{step.check}`.")
    return "\n".join([*lines, "", END])


def contributing() -> str:
    """Return CONTRIBUTING.md with the recipes of today between its marks."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    return before + recipes_markdown() + rest.partition(END)[2]
