"""The real server below a path: what it refuses itself, what it is asked on its own machine, and files."""

import json
import signal
import socket
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from infra.cli import cli
from infra.demo.client import Client, Refused
from tests.faults.service import Server
from tests.journeys.service import serving
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

ROOT = "/portfolio"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"), path=ROOT, around={"SCRIPT_NAME": "/elsewhere"})
    server.start()
    yield server
    server.end(signal.SIGTERM)


@pytest.mark.parametrize("root", ["", ROOT])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_how_it_is_can_be_asked_at_the_root_too(server: Server, root: str, path: str) -> None:
    at = urlsplit(server.settings.base_url)
    assert Client(f"{at.scheme}://{at.netloc}").call("GET", f"{root}{path}")


def test_nothing_else_is_at_the_root(server: Server) -> None:
    at = urlsplit(server.settings.base_url)
    with pytest.raises(Refused) as refused:
        Client(f"{at.scheme}://{at.netloc}").call("GET", "/v1/docs")
    assert (refused.value.status, refused.value.problem["type"]) == (404, f"{ROOT}/problems/not-visible")


def test_what_the_server_itself_refuses_says_where_its_meaning_lies(server: Server) -> None:
    at = urlsplit(server.settings.base_url)
    with socket.create_connection((at.hostname or "", at.port or 0), PATIENCE) as sock:
        sock.sendall(b"nonsense\r\n\r\n")
        answer = b""
        while piece := sock.recv(1 << 16):
            answer += piece
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"] == f"{ROOT}/problems/not-well-formed"


def test_the_command_line_finds_the_server_below_its_path(server: Server) -> None:
    assert server.caller.ask("GET", "/v1/me").status == HTTPStatus.OK
    done = CliRunner().invoke(cli, ["sign-out", "--everybody"], env=server.settings.environment())
    assert done.output.endswith("Everybody is signed out.\n")
    assert server.caller.ask("GET", "/v1/me").status == HTTPStatus.UNAUTHORIZED


def test_a_file_is_sent_to_the_address_that_was_given_for_it(tmp_path: Path) -> None:
    with serving(tmp_path, path=ROOT) as stage:
        described = {"title": "Log", "filename": "log.txt", "media_type": "text/plain"}
        described["enrolment_id"] = stage.id("mia enrolment")
        stage.upload("mia", "log", "/v1/evidence", b"Rigged six lanterns.\n", described, days_ago=1)
        (part,) = stage.answer("log")["parts"]
        assert urlsplit(part["url"]).path.startswith(f"{ROOT}/uploads/")
        content = stage.get("mia", f"/v1/evidence/{stage.id('log')}/content", version=1)
        assert content == b"Rigged six lanterns.\n"
