"""Every route that answers about the record asks first who may know."""

from pathlib import Path

from api.auth import OPEN
from portfolio.domain.permissions import READS
from tests.api.shell import shell
from tests.architecture.source import called, files, functions

GATES = {"execute", "see", "may_ask", "authorise", "check_sees", "check_read"}
"""What asks the permission table."""

WITHOUT = {
    "sign_in.leave": "everybody may end their own session",
}
"""Routes that ask no permission, and why."""


def asking() -> set[str]:
    """Return the functions of the service that ask the table, or call one that does."""
    inside = {function.name: called(function) for path in files("api") for function in functions(path)}
    asks = set(GATES)
    while more := {name for name, names in inside.items() if names & asks} - asks:
        asks |= more
    return asks


def test_every_route_asks_the_permission_table(tmp_path: Path) -> None:
    service = shell(tmp_path)
    asks = asking()
    silent = {
        endpoint
        for endpoint, view in service.app.view_functions.items()
        if endpoint not in OPEN and getattr(view, "__module__", "").startswith("api") and view.__name__ not in asks
    }
    assert silent == set(WITHOUT)


def test_every_question_of_the_table_is_asked_somewhere() -> None:
    for question in READS:
        assert any(f'"{question}"' in path.read_text() for path in files("api", "portfolio/application")), question
