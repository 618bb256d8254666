"""A token is taken while its key is accepted; a key that is not here yet is not the caller's fault (RECORD-5)."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens, create_token_key
from portfolio.domain.deployment import DEPLOYMENT, Deployment, TokenKeyRotated
from tests.api.shell import NOW, PERSON, Shell, shell

ENDS = NOW + timedelta(hours=12, minutes=10)
SECOND = "token-key-2.pem"


@dataclass
class Rotated:
    """A service whose key of tokens is rotated, and what its clock says."""

    service: Shell
    keys: KeyFolder
    now: datetime = NOW
    deployment: Deployment = field(default_factory=Deployment)

    def status(self, token: str) -> int:
        return self.service.stranger.get("/v1/notes/", headers={"Authorization": f"Bearer {token}"}).status_code

    def rotate(self, old_until: datetime | None, made_in: KeyFolder | None = None) -> None:
        keys = made_in or self.keys
        create_token_key(keys, SECOND)
        check = keys.check_values([SECOND])[SECOND]
        fact = TokenKeyRotated(number=2, check=check, old_until=old_until, reason="yearly")
        self.deployment = DEPLOYMENT.fold([fact])


@pytest.fixture
def rotated(tmp_path: Path) -> Rotated:
    rotated = Rotated(shell(tmp_path), KeyFolder(tmp_path))
    tokens = LocalTokens(rotated.keys, lambda: rotated.now, deployment=lambda: rotated.deployment)
    services = replace(rotated.service.services, tokens=tokens)
    rotated.service.app.extensions["portfolio"] = services
    rotated.service.tokens = tokens
    return rotated


def test_a_token_of_the_old_key_works_until_the_key_ends_and_is_refused_then(rotated: Rotated) -> None:
    old = rotated.service.tokens.issue(PERSON, timedelta(days=1))
    rotated.rotate(ENDS)
    new = rotated.service.tokens.issue(PERSON, timedelta(days=1))
    rotated.now = ENDS - timedelta(microseconds=1)
    assert [rotated.status(each) for each in (old, new)] == [200, 200]
    rotated.now = ENDS
    assert [rotated.status(each) for each in (old, new)] == [401, 200]
    answer = rotated.service.stranger.get("/v1/notes/", headers={"Authorization": f"Bearer {old}"})
    assert answer.get_json()["detail"] == "The token is not of a key that is accepted here: ask for a new one."


def test_at_once_a_token_of_the_old_key_is_refused(rotated: Rotated) -> None:
    old = rotated.service.tokens.issue(PERSON, timedelta(hours=1))
    rotated.rotate(None)
    assert [rotated.status(each) for each in (old, rotated.service.tokens.issue(PERSON, timedelta(hours=1)))] == [
        401,
        200,
    ]


def test_a_server_without_the_new_key_asks_to_come_again(rotated: Rotated, tmp_path: Path) -> None:
    old = rotated.service.tokens.issue(PERSON, timedelta(hours=1))
    there = KeyFolder(tmp_path / "there")
    rotated.rotate(ENDS, made_in=there)
    new = LocalTokens(there, lambda: NOW, deployment=lambda: rotated.deployment).issue(PERSON, timedelta(hours=1))
    answer = rotated.service.stranger.get("/v1/notes/", headers={"Authorization": f"Bearer {new}"})
    assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/token-key-not-here")
    assert "Retry-After" in answer.headers
    assert rotated.status(old) == 200
