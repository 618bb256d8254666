"""Everything that the service takes is tried, and what judges the answers knows nothing of the service."""

import ast
from pathlib import Path
from random import Random

import tests.adversaries.histories  # noqa: F401 - loads every try
from tests.adversaries.actors import CAST
from tests.adversaries.base import copied, scene
from tests.adversaries.calls import TRIES
from tests.adversaries.model import BROKEN
from tests.adversaries.runner import Run
from tests.adversaries.ways import TO_A_PANEL, Step, takes
from tests.adversaries.words import MAY, READS

JUDGES = ["story", "words", "actors", "calls", "model", "readiness", "rules_of_people", "rules_of_records"]
JUDGES += ["rules_of_attempts", "rules_of_decisions", "rules_of_appeals", "rules_of_papers", "rules_of_enrolments"]
JUDGES += ["rules_of_redactions", "rules_of_consents"]
JUDGES += ["rules_of_erasing", "rules_of_programs"]
OURS = {"portfolio", "projections", "api", "infra"}


def test_each_try_has_a_row_of_who_may_and_each_command_has_its_rules() -> None:
    assert set(TRIES) == {*MAY, *READS}
    assert set(MAY) <= set(BROKEN)


def test_every_route_of_the_service_is_tried(first_days: Run, tmp_path: Path) -> None:
    run, chance = copied(first_days, tmp_path / "history"), Random(1)  # noqa: S311
    for step in (Step("GiveConsent"), Step("AskConsent"), Step("AnnouncePaper"), *TO_A_PANEL):
        assert takes(run, chance, step, "mia's"), step
    routes = run.world.app.url_map
    asked = routes.bind("localhost")
    tried = set()
    for build in TRIES.values():
        scenes = (scene(run, by, "mia's", chance) for by in CAST)
        call = next(call for call in map(build, scenes) if call is not None)
        path, method = f"/v1{call.path}".partition("?")[0], call.method
        rule, _ = asked.match(path, method, return_rule=True)
        tried.add((rule.rule, method))
    run.world.close()
    modules = {name: view.__module__ for name, view in run.world.app.view_functions.items()}
    offered = {
        (rule.rule, method)
        for rule in routes.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if rule.rule.startswith("/v1/")
        and modules[rule.endpoint].startswith("api.")
        and rule.endpoint.partition(".")[0] not in {"docs", "api-docs"}
    }
    assert offered - tried == set()


def test_what_judges_the_answers_imports_nothing_of_the_service() -> None:
    for name in JUDGES:
        tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text())
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
        assert {each for each in imported if each.partition(".")[0] in OURS} == set(), name
