"""``portfolio vault setup`` by what it prints and how it ends."""

import pytest

from infra.cli import cli
from infra.cli.running import run
from tests.infra.vault.buckets import running

NEW = "s3://evidence-of-the-command-line/portfolio"


def test_setup_makes_the_buckets_and_a_second_time_only_verifies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running("moto", monkeypatch, fresh=True):
        monkeypatch.setenv("PORTFOLIO_VAULT", NEW)
        monkeypatch.setenv("AWS_REGION", "eu-west-2")
        assert run(cli, ["vault", "setup", "--verify"]) == 1
        assert "There is no bucket evidence-of-the-command-line." in capsys.readouterr().err
        assert run(cli, ["vault", "setup"]) == 0
        assert "Made the bucket evidence-of-the-command-line." in capsys.readouterr().out
        assert run(cli, ["vault", "setup"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "Note: It was not tried whether evidence-of-the-command-line-incoming heeds conditional writes, "
            "since this role may not write there.",  # moto reads no conditions, and bans everybody who has no TLS
            "The buckets are as they must be.",
        ]


def test_a_folder_needs_no_setup(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("PORTFOLIO_VAULT", raising=False)
    assert run(cli, ["vault", "setup"]) == 2
    assert "names no bucket" in capsys.readouterr().err
