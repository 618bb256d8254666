"""Each of a few hundred hostile files is taken or refused in one sentence, within the limits of the child."""

import re
import resource
from pathlib import Path

import pytest

from infra.vault import parsers
from infra.vault.sandbox import LIMITS
from portfolio.domain.kernel import RuleBroken
from tests.infra.vault.hostile import CORPUS, Hostile
from tests.infra.vault.test_media import judged

pytestmark = pytest.mark.slow


def seconds_used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def most_memory() -> int:
    """Return the most bytes that any child so far has had, also those of other tests in this process."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def outcome_of(hostile: Hostile, folder: Path) -> str:
    try:
        judged(hostile.content, hostile.declared, folder)
    except RuleBroken as refusal:
        return str(refusal)
    return "taken"


def test_there_are_at_least_two_hundred_of_them() -> None:
    assert len(CORPUS) >= 200


@pytest.mark.parametrize("hostile", CORPUS.values(), ids=CORPUS)
def test_a_hostile_file_is_taken_or_refused_in_one_sentence(hostile: Hostile, tmp_path: Path) -> None:
    before, most, limits = seconds_used(), most_memory(), {**LIMITS, **parsers.LIMITS}
    outcome = outcome_of(hostile, tmp_path)
    assert outcome == "taken" or re.fullmatch(r"[A-Z][^\n]{10,500}\.", outcome)
    assert hostile.expected in ("either", "taken" if outcome == "taken" else "refused"), outcome
    assert seconds_used() - before <= limits[resource.RLIMIT_CPU] + 1
    assert most_memory() <= max(most, limits[resource.RLIMIT_AS])
