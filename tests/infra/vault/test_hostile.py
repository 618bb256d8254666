"""Each of a few hundred hostile files is taken or refused in one sentence, within the limits of the child."""

import re
import resource
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.vault import parsers
from infra.vault.sandbox import LIMITS
from portfolio.domain.kernel import RuleBroken
from tests.infra.vault.hostile import CORPUS, Hostile
from tests.infra.vault.test_media import judged

pytestmark = pytest.mark.slow


class Judged(NamedTuple):
    """What became of a file, and what the children have taken that looked at it and at those before it."""

    outcome: str
    seconds: float
    most_memory: int


def judged_apart(name: str, folder: Path) -> Judged:
    """Judge a file, in a process that has no other children."""
    before, hostile = resource.getrusage(resource.RUSAGE_CHILDREN), CORPUS[name]
    outcome = outcome_of(hostile, folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Judged(outcome, seconds, after.ru_maxrss * 1024)


def outcome_of(hostile: Hostile, folder: Path) -> str:
    try:
        judged(hostile.content, hostile.declared, folder)
    except RuleBroken as refusal:
        return str(refusal)
    return "taken"


@pytest.fixture(scope="module")
def apart() -> Iterator[ProcessPoolExecutor]:
    """Give a process of our own: children of other tests in this one would count, too."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        yield process


def test_there_are_at_least_two_hundred_of_them() -> None:
    assert len(CORPUS) >= 200


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_taken_or_refused_in_one_sentence(
    name: str, apart: ProcessPoolExecutor, tmp_path: Path
) -> None:
    limits, expected = {**LIMITS, **parsers.LIMITS}, CORPUS[name].expected
    outcome, seconds, most_memory = apart.submit(judged_apart, name, tmp_path).result()
    assert outcome == "taken" or re.fullmatch(r"[A-Z][^\n]{10,500}\.", outcome)
    assert expected in ("either", "taken" if outcome == "taken" else "refused"), outcome
    assert seconds <= limits[resource.RLIMIT_CPU] + 1
    assert most_memory <= limits[resource.RLIMIT_AS]
