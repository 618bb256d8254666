"""Words: what people are to read in a command shows something, in one form and order (WORDS-1)."""

import re
import sys
import unicodedata
from datetime import date
from uuid import uuid4

import pytest

from portfolio.domain.assessment.finding import Citation, Finding
from portfolio.domain.assessment.findings import RecordFindings
from portfolio.domain.assessment.opening import OpenAttempt
from portfolio.domain.criteria import Criterion, DraftCriteria
from portfolio.domain.enrolment.assignments import AssignPerson
from portfolio.domain.evidence.commands import AnnotateEvidence, ReturnEvidence
from portfolio.domain.evidence.selector import TextQuote
from portfolio.domain.interests import DeclareInterest
from portfolio.domain.kernel import TextNotReadable
from portfolio.domain.person import RegisterPerson
from portfolio.domain.words import CONTROLS, CONTROLS_BETWEEN_LINES, Words, quoted, visible

NOTHING_TO_SEE = ["", " ", "\n\t", "\u00a0", "\u200b", "\u2060", "\ufeff", "\u3164", "\u2800", "\u115f\u1160", "\u0301"]
READABLE = [
    "Seen.",
    "عبد الرحمن",
    "می\u200cخواهم",
    "שָׁלוֹם",
    "\u200fمحمد",
    "\u2067עברית\u2069 and English",
    "田中",
    "👩\u200d🔧",
    "–",
    "7",
]
TURNED = [
    "pass \u202e ton",
    "\u202aname",
    "name\u202c",
    "\u2066open",
    "close\u2069",
    "a\u2069b\u2066",
    "\u2067a\nb\u2069",
]


def give_back(reason: str) -> ReturnEvidence:
    return ReturnEvidence(evidence_id=uuid4(), version=1, reason=reason)


@pytest.mark.parametrize("reason", NOTHING_TO_SEE)
def test_a_reason_that_shows_nothing_is_refused(reason: str) -> None:
    with pytest.raises(TextNotReadable, match="reason: Write something that can be seen"):
        give_back(reason)


@pytest.mark.parametrize("reason", READABLE)
def test_a_reason_in_any_script_is_kept(reason: str) -> None:
    assert give_back(reason).reason == reason


def test_letters_carry_as_many_accents_as_any_script_needs_and_no_thousands() -> None:
    assert give_back("a" + "\u0323\u0301" * 15).reason
    for reason in ("a" + "\u0301\u0323" * 4_000, "x" + "\u0301" * 31 + "y"):
        with pytest.raises(TextNotReadable, match="reason: Holds more than 30 accents on one letter"):
            give_back(reason)


@pytest.mark.parametrize("reason", TURNED)
def test_a_reason_that_turns_the_order_of_letters_is_refused(reason: str) -> None:
    with pytest.raises(TextNotReadable, match=r"U\+20[26]"):
        give_back(reason)


def test_a_reason_is_recorded_in_composed_form() -> None:
    assert give_back("Ame\u0301lie").reason == "Am\u00e9lie"


def test_a_reason_may_have_lines_and_a_name_may_not() -> None:
    assert give_back("One.\r\n\tTwo.").reason == "One.\r\n\tTwo."
    for name in ("Mia\nNoah", "Mia\u2028Noah", "Mia\tNoah"):
        with pytest.raises(TextNotReadable, match="name: "):
            RegisterPerson(person_id=uuid4(), name=name, works_for="centre")


@pytest.mark.parametrize("reason", ["a\x00b", "a\x1bb", "a\ud800b", "a" * 2_001])
def test_a_reason_is_of_a_sensible_length_and_without_controls(reason: str) -> None:
    with pytest.raises(TextNotReadable, match="reason: "):
        give_back(reason)


def test_a_text_inside_a_list_is_refused_by_its_place() -> None:
    lines = (
        Criterion(key="1", text="Knows.", category="", level=""),
        Criterion(key="2", text=" ", category="", level=""),
    )
    scale = ("fail", "pass")
    with pytest.raises(TextNotReadable) as refusal:
        DraftCriteria(criteria_id=uuid4(), plan_id=uuid4(), title="T", version="1", scale=scale, criteria=lines)
    assert refusal.value.members == {"texts": ["criteria.1.text"]}
    with pytest.raises(TextNotReadable) as refusal:
        DraftCriteria(criteria_id=uuid4(), plan_id=uuid4(), title="T", version="1", scale=("\u3164",), criteria=())
    assert refusal.value.members == {"texts": ["scale.0"]}


def test_a_text_that_may_be_left_out_is_left_out_if_it_shows_nothing() -> None:
    declared = DeclareInterest(person_id=uuid4(), apprentice=uuid4(), interest="none", detail="\u3164")
    assert declared.detail == ""


def test_an_optional_text_is_held_to_the_rest() -> None:
    cite = Citation(evidence_id=uuid4(), version=1, reason="\u202e")
    finding = Finding(code="K1", judgement="met", reason="Seen.", cites=(cite,))
    with pytest.raises(TextNotReadable, match=re.escape("findings.0.cites.0.reason")):
        RecordFindings(assessment_id=uuid4(), findings=(finding,))


def test_a_quotation_stays_as_it_stands_in_the_file() -> None:
    place = TextQuote(exact="e\u0301\u202e")
    remark = AnnotateEvidence(
        evidence_id=uuid4(),
        annotation_id=uuid4(),
        version=1,
        sha256="",
        selector=place,
        kind="pointer",
        audience="assessors",
        text="Here.",
    )
    assert remark.selector == place


def test_what_an_older_release_let_in_may_be_repeated_in_a_command() -> None:
    repeated = quoted("\u202eup\u2066held\x00 e\u0301" + "x" * 20, 10)
    assert repeated == "upheld éxx"
    assert Words(10).fault(repeated) == ""


def test_marks_and_joiners_alone_show_nothing() -> None:
    assert not visible("\u200d\u0301\u200f")
    assert visible("\u200dא")


def test_keys_and_grades_are_compared_in_composed_form() -> None:
    decomposed, key = "re\u0301ussi", "r\u00e9ussi"
    finding = Finding(code="S11", judgement="met", reason="Seen.", criterion=decomposed)
    recorded = RecordFindings(assessment_id=uuid4(), findings=(finding,))
    assert recorded.findings[0].criterion == key
    part = AssignPerson(
        enrolment_id=uuid4(),
        person_id=uuid4(),
        assignment="assessor",
        starts_on=date(2026, 11, 2),
        components=frozenset({decomposed}),
    )
    assert part.components == {key}
    opened = OpenAttempt(assessment_id=uuid4(), enrolment_id=uuid4(), component=decomposed)
    assert opened.component == key


def test_of_all_characters_those_are_control_characters_that_unicode_says() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    control = [c for c in every if unicodedata.category(c) in ("Cc", "Cs")]
    assert CONTROLS.findall(every) == control
    assert CONTROLS_BETWEEN_LINES.findall(every) == [c for c in control if c not in "\t\n\r"]
