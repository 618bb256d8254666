"""Schemathesis against the service's own OpenAPI document: no faults, and exactly the statuses that stand there."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.test_bad_input import operations
from tests.api.world import World
from tests.soak import times

pytestmark = pytest.mark.slow

ROUTES = [(method, path) for method, path, _ in operations()]

RECORDS = {
    "person_id": "mia",
    "plan_id": "plan",
    "criteria_id": "criteria",
    "form_id": "form",
    "enrolment_id": "enrolment",
    "evidence_id": "evidence",
    "assessment_id": "attempt",
    "appeal_id": "appeal",
}

PREVIEW = "/v1/evidence/{evidence_id}/preview"

MODEST = settings(
    max_examples=times(4), deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

PLAIN = SchemathesisConfig.from_dict({"analysis": {"constants": {"enabled": False}}})
"""Reads no values out of our code, which takes longer than the calls."""


def there(world: World, path: str) -> dict[str, Any]:
    """Return a path's parameters for records that are there."""
    ids = {name: str(world[record]) for name, record in RECORDS.items()}
    known = {**ids, "reference": "ST1297", "version": "V2"}
    return {name: value for name, value in known.items() if f"{{{name}}}" in path}


@pytest.mark.parametrize(
    ("convened", "person"), [("sqlite", "admin"), ("sqlite", "mia"), ("postgres", "admin")], indirect=["convened"]
)
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_the_service_keeps_to_its_document(convened: World, method: str, path: str, person: str) -> None:
    world = convened
    operation = from_wsgi("/v1/openapi.json", world.app, config=PLAIN)[path][method]
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    token = f"Bearer {world.tokens.issue(world[person], timedelta(hours=1))}"

    def keeps(case: Case[Any], signed_in: bool) -> None:
        headers = {"Authorization": token} if signed_in else {}  # so it is known to be a real one
        answer = case.call(headers=headers)
        excluded: list[Any] = [positive_data_acceptance]  # the rules refuse much that is well-formed
        if path == PREVIEW and answer.status_code == 503:  # it is being made, and said so
            excluded.append(not_a_server_error)
        case.validate_response(answer, headers=headers, excluded_checks=excluded)

    @MODEST
    @given(case=good, known=st.booleans())
    def well_formed(case: Case[Any], known: bool) -> None:
        if known:
            case.path_parameters = {**case.path_parameters, **there(world, path)}
        keeps(case, signed_in=True)

    @MODEST
    @given(case=bad)
    def malformed(case: Case[Any]) -> None:
        keeps(case, signed_in="Authorization" not in case.headers)

    well_formed()
    malformed()
