"""What the page of an organisation's first hour tells an operator to type: its calls run, its files are taken."""

import json
import re
import shlex
import tomllib
from string import Template
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from infra.identity.openid.configured import faults_of
from infra.settings import Settings
from tests.api.conftest import Tell
from tests.api.programs import key, public
from tests.api.world import World
from tests.architecture.source import ROOT

PAGE = (ROOT / "docs" / "first-hour.md").read_text(encoding="utf-8")
BLOCKS = [block.replace("\\\n", " ") for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
"""What is typed, block by block."""

FILE = re.compile(r"^cat >>? (\S+) <<('?)END\2\n(.*?)^END$", re.MULTILINE | re.DOTALL)
CALL = re.compile(
    r"^(?:(?P<name>[A-Z]+)=\$\()?(?P<call>(?:api|as_program|curl --silent) .*?)(?: \| jq -r (?P<of>.*)\))?$"
)
PICKED = re.compile(r'\.(?:items\[(?:(?P<at>\d+)|\] \| select\(\.name == "(?P<who>[^"]+)"\))\]?)?\.?(?P<field>\w+)')


def written(name: str) -> list[str]:
    """Return what the page has somebody write into a file, time after time."""
    return [text for block in BLOCKS for path, _, text in FILE.findall(block) if path.endswith(name)]


class Typing:
    """Runs the calls of the page in process, with what each of them answered at hand for the next."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.said = {"BASE": "", "X": public(key())["x"], "NEXT": ""}
        self.files: dict[str, str] = {}

    def types(self, block: str) -> None:
        self.files.update({name: text for name, _, text in FILE.findall(block)})
        for line in FILE.sub("", block).splitlines():
            if found := CALL.fullmatch(line):
                told = self.asks(shlex.split(Template(found["call"]).substitute(self.said)))
                if found["name"]:
                    self.said[found["name"]] = picked(told, shlex.split(found["of"])[0])

    def asks(self, words: list[str]) -> Any:
        """Do what curl does with these words."""
        tool, given = words.pop(0), options(words)
        path = next(word for word in words if word.startswith("/"))
        headers = {"Content-Type": "application/json"} if "--json" in given else {}
        if tool == "as_program":
            headers["Authorization"] = f"Bearer {self.said['ACCESS']}"
        if "--header" in given:
            name, value = given["--header"].split(": ")
            headers[name] = value
        body = given.get("--json") or given.get("--data")
        if "--data-binary" in given:
            body = Template(self.files[given["--data-binary"].lstrip("@")]).substitute(self.said)
        if tool == "curl":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.world.reads.settle()
        client = self.world.as_("admin").client if tool == "api" else self.world.app.test_client()
        answer: TestResponse = client.open(
            path.replace("after=NEXT", "").replace("wait=25", "wait=0"),
            method=given.get("--request") or ("POST" if body else "GET"),
            headers=headers,
            data=body,
            auth=tuple(given["--user"].split(":")) if "--user" in given else None,
        )
        assert answer.status_code < 300, (words, answer.text)
        return json.loads(answer.data)


def options(words: list[str]) -> dict[str, str]:
    """Take the options that curl is given from its words."""
    given: dict[str, str] = {}
    for name in ("--json", "--data", "--data-binary", "--header", "--request", "--user"):
        if name in words:
            at = words.index(name)
            _, given[name] = words[at : at + 2]
            del words[at : at + 2]
    return given


def picked(body: Any, of: str) -> str:
    """Return what jq picks."""
    found = PICKED.fullmatch(of)
    assert found, of
    if found["at"]:
        body = body["items"][int(found["at"])]
    elif found["who"]:
        body = next(item for item in body["items"] if item["name"] == found["who"])
    return str(body[found["field"]])


def test_the_calls_of_the_page_register_a_program_that_brings_an_enrolment_over_and_follows(tell: Tell) -> None:
    world = tell("approved")
    typing = Typing(world)
    people = world.as_("admin").client.post(
        "/v1/imports", data=written("people.csv")[0], headers={"Content-Type": "text/csv"}
    )
    assert people.get_json()["complete"], people.text
    for block in BLOCKS:
        typing.types(block)
    world.reads.settle()
    enrolled = world.as_("admin").sees(f"/enrolments/{typing.said['ENROLMENT']}")
    assert enrolled["apprentice"] == typing.said["SAM"]
    brought = world.journal.read(UUID(typing.said["ENROLMENT"]))
    assert {str(entry.program) for entry in brought} == {typing.said["PROGRAM"]}


def test_the_settings_and_the_provider_of_the_page_are_taken() -> None:
    lines = [line for text in written("settings") for line in text.replace("$SERVICE_PASSWORD", "x").splitlines()]
    settings = Settings.read(dict(word.split("=", 1) for line in lines for word in shlex.split(line)))
    assert settings.mail
    assert settings.base_url == "https://portfolio.example"
    (provider,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert [faults_of(*table) for table in tomllib.loads(provider).items()] == [[]]
