"""The service below a path of its host: everything of it lies there, and nothing of it elsewhere."""

import logging
import re
from collections.abc import Callable, Iterable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from infra.logs import AccessLog
from tests.api.conftest import Tell
from tests.api.shell import PERSON, STREAM, Shell, shell
from tests.api.world import ITEMS, TODAY, sha

ROOT = "/portfolio"
HOST = "https://college.example"
OWN = {"Sec-Fetch-Site": "same-origin"}

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return shell(tmp_path_factory.mktemp("keys"), base_url=f"{HOST}{ROOT}")


@pytest.fixture
def service(running: Shell) -> Shell:
    return running.anew()


def browser(*services: Shell) -> Client:
    """Return a browser in front of a proxy that passes whole paths on to one of these services."""
    roots = {service.app.config["APPLICATION_ROOT"]: service.app.wsgi_app for service in services}

    def proxy(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        root = max((root for root in roots if environ["PATH_INFO"].startswith(root)), key=len, default=min(roots))
        return roots[root](environ, start_response)

    return Client(proxy)


def ask(client: Client, path: str, **options: Any) -> TestResponse:
    return client.open(path, base_url=HOST, **options)


def sign_in(client: Client, service: Shell) -> TestResponse:
    """Sign in as a link does: where it leads, with the form that stands there."""
    place, _, code = service.sessions.issue_link(PERSON).removeprefix(HOST).partition("#code=")
    action = re.findall('action="([^"]+)"', ask(client, place).text)
    assert action == [place]
    answer = ask(client, action[0], method="POST", data={"code": code}, headers=OWN)
    assert answer.status_code == 303
    return answer


def test_a_link_signs_in_below_the_path_and_signing_out_ends_there(service: Shell) -> None:
    client = browser(service)
    answer = sign_in(client, service)
    assert answer.location == f"{ROOT}/"
    (morsel,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert (morsel.key, morsel["path"], morsel["secure"]) == ("__Secure-portfolio", ROOT, True)
    assert ask(client, f"{ROOT}/v1/notes/").status_code == 200
    answer = ask(client, f"{ROOT}/sign-out", method="POST", headers=OWN)
    assert answer.location == f"{ROOT}/sign-in"
    assert client.get_cookie("__Secure-portfolio", "college.example", ROOT) is None
    assert ask(client, f"{ROOT}/v1/notes/").status_code == 401


def test_two_deployments_on_one_host_share_no_cookie(service: Shell, tmp_path: Path) -> None:
    other = shell(tmp_path, base_url=f"{HOST}/portfolio2")
    client = browser(service, other)
    sign_in(client, service)
    assert ask(client, "/portfolio2/v1/notes/").status_code == 401
    assert client.get_cookie("__Secure-portfolio", "college.example", "/portfolio2") is None
    sign_in(client, other)
    assert [ask(client, f"{root}/v1/notes/").status_code for root in (ROOT, "/portfolio2")] == [200, 200]
    ask(client, "/portfolio2/sign-out", method="POST", headers=OWN)
    assert [ask(client, f"{root}/v1/notes/").status_code for root in (ROOT, "/portfolio2")] == [200, 401]


def test_a_deployment_at_the_root_shares_no_cookie_with_one_below_it(service: Shell, tmp_path: Path) -> None:
    other = shell(tmp_path, base_url=HOST)
    client = browser(service, other)
    sign_in(client, other)
    assert ask(client, f"{ROOT}/v1/notes/").status_code == 401
    sign_in(client, service)
    assert [ask(client, f"{root}/v1/notes/").status_code for root in ("", ROOT)] == [200, 200]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_machines_may_ask_at_the_root_too(service: Shell, path: str) -> None:
    assert [ask(browser(service), f"{root}{path}").status_code for root in ("", ROOT)] == [200, 200]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sign-in",
        "/v1/me",
        "/v1/notes/",
        "/queue",
        "/static/x/site.css",
        "/healthz/x",
        "/portfoli",
        "/portfoliox/sign-in",
        "/portfoliosign-in",
        "/Portfolio/sign-in",
        "//portfolio/sign-in",
        f"/x{ROOT}/sign-in",
        f"{ROOT}{ROOT}/sign-in",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_lies_outside_is_not_there(service: Shell, path: str, method: str) -> None:
    answer = ask(browser(service), path, method=method, headers=OWN)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.json is not None
    assert answer.json["type"] == f"{ROOT}/problems/not-visible"


def test_a_page_that_lies_outside_leads_inside(service: Shell) -> None:
    page = ask(browser(service), "/queue?after=x", headers={"Accept": "text/html"})
    assert page.status_code == 404
    leads = re.findall('(?:href|src|action)="([^"]+)"', page.text)
    assert {lead for lead in leads if not lead.startswith(f"{ROOT}/")} == {"#main"}
    assert f"{ROOT}/" in leads


@pytest.mark.parametrize("root", ["/elsewhere", ROOT, "/"])
def test_nobody_outside_moves_the_root_of_the_service(service: Shell, root: str) -> None:
    moved = browser(service).get(f"{ROOT}/healthz", environ_overrides={"SCRIPT_NAME": root})
    assert moved.status_code == 404


def test_a_script_name_is_part_of_the_path_whoever_cut_it_off(service: Shell) -> None:
    assert browser(service).get("/healthz", environ_overrides={"SCRIPT_NAME": ROOT}).status_code == 200


@pytest.mark.parametrize("host", [HOST, "http://10.0.0.7:8080", "https://evil.example"])
@pytest.mark.parametrize(("path", "to"), [("", "/"), ("/v1/notes", "/v1/notes/"), ("/v1//docs", "/v1/docs")])
def test_who_is_sent_on_comes_to_the_base_url_whatever_the_host(service: Shell, host: str, path: str, to: str) -> None:
    moved = browser(service).open(f"{ROOT}{path}", base_url=host)
    assert (moved.status_code, moved.location) == (308, f"{HOST}{ROOT}{to}")


def test_what_the_service_names_lies_below_the_path(service: Shell) -> None:
    client = service.client
    made = client.post(f"{ROOT}/v1/notes/", json={"text": "hello"}, base_url=HOST)
    assert (made.status_code, made.location) == (201, f"{ROOT}/v1/notes/{STREAM}")
    refused = client.get(f"{ROOT}/v1/notes/?limit=x", base_url=HOST)
    assert refused.get_json()["type"] == f"{ROOT}/problems/fields-not-valid"
    assert client.get(refused.get_json()["type"], base_url=HOST).status_code == 200
    document = client.get(f"{ROOT}/v1/openapi.json", base_url=HOST).get_json()
    assert document["servers"] == [{"url": f"{HOST}{ROOT}"}]
    assert f"GET {ROOT}/v1/notes/" in client.get(f"{ROOT}/v1/docs/notes/all-notes", base_url=HOST).text


def test_a_file_is_sent_in_sealed_and_read_below_the_path(tell: Tell, tmp_path: Path) -> None:
    told = tell("enrolled")
    told.reads.settle()
    told.close()
    world = told.copy(tmp_path / "below", base_url=f"{HOST}{ROOT}")
    mia, (content, media_type) = world.as_("mia").client, ITEMS["pdf"]
    offer = {"title": "Plan", "filename": "plan.pdf", "media_type": media_type, "size": len(content)}
    offer |= {"enrolment_id": str(world["enrolment"]), "sha256": sha(content), "produced_on": TODAY}
    offered = mia.post(f"{ROOT}/v1/evidence", json=offer, base_url=HOST)
    assert offered.status_code == 201, offered.text
    item = offered.location
    assert item == f"{ROOT}/v1/evidence/{offered.get_json()['id']}"
    (part,) = offered.get_json()["parts"]
    assert part["url"].startswith(f"{HOST}{ROOT}/uploads/")
    put = world.app.test_client().put(part["url"].removeprefix(HOST), base_url=HOST, data=content)
    assert put.status_code == 204, put.text
    sealed = mia.post(f"{item}/upload", json={"version": 1}, base_url=HOST)
    assert sealed.status_code == 201, sealed.text
    assert mia.get(f"{item}/content?version=1", base_url=HOST).data == content
    world.close()


def test_what_waits_is_listed_below_the_path(tell: Tell, tmp_path: Path) -> None:
    told = tell("convened")
    told.reads.settle()
    told.close()
    world = told.copy(tmp_path / "below", base_url=f"{HOST}{ROOT}")
    for person in ("assessor", "officer", "chair"):
        client = world.as_(person).client
        for each in client.get(f"{ROOT}/v1/me", base_url=HOST).get_json()["waits"]:
            assert each["href"].startswith(f"{ROOT}/v1/")
            assert client.get(each["href"], base_url=HOST).status_code == 200
    world.close()


def test_the_log_names_no_route_for_what_lies_outside(service: Shell, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "portfolio.access")
    client = Client(AccessLog(service.app.wsgi_app))
    for path in (f"{ROOT}/sign-in", "/sign-in"):
        client.get(path).close()
    assert [record.__dict__["fields"]["route"] for record in caplog.records] == ["/sign-in", None]
