"""What facts recorded together say: all of it, and many of one kind counted."""

from collections.abc import Sequence
from uuid import UUID

from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.evidence.facts import EvidenceAccepted, EvidenceServed, StatementClaimed
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import EPOCH, Fact, Recorded, changed
from portfolio.domain.sentences_of_acts import MOST_NAMED, ONE_BY_ONE, told_together
from tests.domain.evidence.test_claims_and_annotations import CLAIMED
from tests.domain.test_decision_context import found


def told(*facts: Fact, streams: Sequence[int] = (1,), acts: Sequence[int] = (1,)) -> list[str]:
    """Return what facts say, on these records by these commands in turn."""
    entries = [
        Recorded(
            originator_id=UUID(int=streams[place % len(streams)]),
            originator_version=place + 1,
            position=place + 1,
            fact=fact,
            by=UUID(int=9),
            at=EPOCH,
            causation=UUID(int=acts[place % len(acts)]),
        )
        for place, fact in enumerate(facts)
    ]
    return told_together(entries, lambda _: lambda id_: f"NAME {id_.int}")


def judged(judgement: str, code: str) -> StatementFound:
    one = found(code)
    return changed(one, finding=changed(one.finding, code=code, judgement=judgement))


def claimed(*codes: str) -> list[StatementClaimed]:
    return [changed(CLAIMED, code=code, place=None) for code in codes]


def declared(*apprentices: int, interest: str = "none") -> list[InterestDeclared]:
    return [InterestDeclared(apprentice=UUID(int=each), interest=interest, detail="") for each in apprentices]  # type: ignore[arg-type]  # any word


def test_findings_are_counted_by_what_they_say() -> None:
    findings = [judged("met", "K1"), judged("met", "K2"), judged("not met", "K3"), judged("not judged", "K4")]
    assert told(*findings) == ["judged 3 codes: 2 met, 1 not met, and left 1 code not judged."]
    assert told(findings[0], findings[1]) == ["judged 2 codes: 2 met."]


def test_findings_of_two_acts_are_not_added_up() -> None:
    assert told(judged("met", "K1"), judged("not met", "K1"), acts=(1, 2)) == [
        told(judged("met", "K1"))[0],
        told(judged("not met", "K1"))[0],
    ]


def test_claims_are_named_together_for_each_version_in_the_order_of_codes() -> None:
    assert told(*claimed("K10", "K2", "S1")) == ["claimed K2, K10 and S1 with version 1."]
    assert told(*claimed("K1", "K1"), streams=(1, 2)) == ["claimed K1 with version 1."] * 2
    many = [f"K{number}" for number in range(MOST_NAMED + 1)]
    assert told(*claimed(*many)) == [f"claimed {len(many)} codes with version 1."]


def test_one_declaration_about_several_people_names_them() -> None:
    assert told(*declared(1, 2, 3)) == ["declared no interest in NAME 1, NAME 2 and NAME 3."]
    both = [*declared(1, 2), *declared(3, interest="teaching")]
    assert told(*both) == ["declared no interest in NAME 1 and NAME 2.", "declared an interest in NAME 3: teaching."]


def test_what_nothing_counts_is_told_one_by_one_or_by_its_last_with_the_number_of_the_others() -> None:
    accepted = [EvidenceAccepted(version=number) for number in range(1, ONE_BY_ONE + 2)]
    assert told(*accepted[:2]) == ["accepted version 1.", "accepted version 2."]
    assert told(*accepted) == [
        f"accepted version {ONE_BY_ONE + 1}.",
        f"did {ONE_BY_ONE} more things of the same kind together with that.",
    ]


def test_to_be_shown_something_is_no_act() -> None:
    assert told(EvidenceServed(version=1), EvidenceAccepted(version=1)) == ["accepted version 1."]
    assert told(EvidenceServed(version=1)) == []
