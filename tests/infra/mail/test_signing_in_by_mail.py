"""Somebody signs in by mail to a deployment at work, on each store, over a real mail server that is down at first."""

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client

from infra.deployment import tokens_of
from infra.main import build
from infra.settings import Settings
from tests.deployments import administrator_of, new_deployment
from tests.infra.store.given import wait_until
from tests.mails import post_office, text_of


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return new_deployment(request, tmp_path)


def test_somebody_signs_in_by_mail_once_the_mail_server_is_back(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_office(tmp_path) as post:
        monkeypatch.setenv("SSL_CERT_FILE", str(post.authority))
        settings = Settings.read({**settings.environment(), **post.settings})
        person = administrator_of(settings)
        with closing(build(settings)) as running:
            token = tokens_of(running.record).issue(person, timedelta(hours=1))
            program, browser = Client(running.wsgi), Client(running.wsgi)
            registered = program.post(
                f"/v1/people/{person}/address",
                json={"address": "Ann@college.example"},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert registered.status_code == 201
            post.stop()
            same_site, asked = {"Sec-Fetch-Site": "same-origin"}, {"address": "ann@college.example"}
            assert browser.post("/sign-in/by-mail", data=asked, headers=same_site).status_code == 303
            wait_until(lambda: "cannot be sent at the moment" in browser.get("/sign-in/by-mail").text)
            assert "not be reached" in program.get("/readyz").get_json()["noted"]["mail"]
            post.start()
            assert browser.post("/sign-in/by-mail", data=asked, headers=same_site).status_code == 303
            mail = post.next_mail()
            assert mail["To"] == "Ann@college.example"
            (link,) = re.findall(r"http\S+", text_of(mail))
            code = re.findall('name="code" value="([^"]+)"', browser.get(link.removeprefix(settings.base_url)).text)
            pressed = browser.post("/sign-in/by-mail/link", data={"code": code[0]}, headers=same_site)
            assert pressed.status_code == 303
            assert browser.get("/v1/me").get_json()["person_id"] == str(person)
