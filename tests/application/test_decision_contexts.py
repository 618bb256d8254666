"""The decision contexts that release 0.1.0 stored are read, written and verified as they were, byte for byte."""

from pathlib import Path

import msgspec
import pytest

from portfolio.domain.assessment.context import DecisionContext, sealed, with_findings

GOLDEN = Path(__file__).parent.parent / "golden" / "contexts" / "story.jsonl"
STORED = GOLDEN.read_bytes().splitlines()


@pytest.mark.parametrize("line", STORED)
def test_a_stored_context_is_written_as_it_was_and_bears_its_hash(line: bytes) -> None:
    context = msgspec.json.decode(line, type=DecisionContext)
    assert msgspec.json.encode(context, order="deterministic") == line
    assert with_findings(context, ()) == context


def test_what_was_shown_before_a_decision_bears_its_hash() -> None:
    contexts = [msgspec.json.decode(line, type=DecisionContext) for line in STORED]
    first_decisions = [context for context in contexts if context.supersedes == "none"]
    assert len(first_decisions) == 2
    assert [sealed(context) for context in first_decisions] == first_decisions
