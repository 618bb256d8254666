"""The story: what happened, line by line and day by day, before the decision and apart from it after."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from api.pages.case.of import Case
from api.pages.common import as_day
from api.pages.told import alike, as_read, runs, summary
from portfolio.domain.appeal.facts import AppealDecided, AppealLodged, ConsequenceDrawn, OutcomeProposed
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.facts import AttemptOpened, DecisionVoided, GradeDecided
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.calendar import london_day
from portfolio.domain.evidence.facts import (
    DraftDescribed,
    EvidenceFact,
    EvidenceServed,
    EvidenceSubmitted,
    FileReceived,
    FileSealed,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.kernel import Recorded
from portfolio.domain.plan import DefectRuled
from portfolio.domain.vocabulary import SYSTEM

FOLLOWING = DecisionVoided | AttemptOpened | ConsequenceDrawn
"""What follows by itself from an appeal: what is done, and that it was done, which are one line."""

OF_CODE = "{}"
"""Where a sentence that is said of several codes has them."""

SAID_ONCE = 40
"""So many characters has a text that is not said again in the lines after the one that says it."""

HANDING_IN = UploadOffered | DraftDescribed | FileReceived | FileSealed | EvidenceSubmitted
"""How a file is handed in: several facts, which are one act to people."""

OF_THE_RULES = ("plan.", "criteria.", "form.")
OF_THE_STAFF = ("person.",)
OF_THIS_DECIDER = ("person.competence", "person.interest", "person.correction")
"""The facts about a person that bear on the decision, and are no background."""

LINES, LATER = 36, 20
"""Lines on the page itself before the decision and after it: the whole case, to be printed, has all of them."""


class Line(NamedTuple):
    """One line: who did what and when, what it leads to, and the lines that it tells together.

    ``number`` tells it from the other lines; ``position`` is the moment from which it is on record for all.
    """

    number: int
    at: Any
    name: str
    sentence: str
    about: str
    position: int
    decides: bool
    leads: Sequence[tuple[str, str]]
    inside: Sequence[str]


class Day(NamedTuple):
    """The lines of one day in London."""

    day: date
    lines: Sequence[Line]


def is_background(entry: Recorded) -> bool:
    """Tell whether a fact is about the rules or the staff, and not about the apprentice's own way."""
    if entry.tag.startswith(OF_THE_RULES):
        return True
    return entry.tag.startswith(OF_THE_STAFF) and not entry.tag.startswith(OF_THIS_DECIDER)


def as_one(entry: Recorded) -> tuple[object, ...]:
    """Return what facts in a row have in common that are one line here."""
    if isinstance(entry.fact, HANDING_IN):
        return "handing in", entry.originator_id, entry.fact.version
    if entry.by == SYSTEM and isinstance(entry.fact, FOLLOWING):
        return ("what follows",)
    return alike(entry)


def days_of(lines: Sequence[Line]) -> list[Day]:
    """Return lines by their days."""
    return [Day(day, [*of_it]) for day, of_it in groupby(lines, lambda line: london_day(line.at))]


def lines_of(case: Case, told: Sequence[Sequence[Recorded]]) -> list[Line]:
    """Return facts that are told together as lines, in plain words; what a line says at length is not said again."""
    lines, said = [], dict[str, str]()
    for together, rows in as_read(case.sight, told):
        line = line_of(case, together, rows)
        sentence = line.sentence
        for text, pointer in said.items():
            sentence = sentence.replace(text, pointer)
        lines.append(line._replace(sentence=sentence))
        said = texts_of(line, together) | said
    return lines


def texts_of(line: Line, together: Sequence[Recorded]) -> dict[str, str]:
    """Return the reasons of an outcome that a line says at length, with what stands in their place from then on."""
    texts = [
        each.fact.reasons.rstrip(".") for each in together if isinstance(each.fact, OutcomeProposed | AppealDecided)
    ]
    return {text: f"for the reasons that {line.name} gave" for text in texts if len(text) > SAID_ONCE}


def line_of(case: Case, together: Sequence[Recorded], rows: Sequence[dict[str, Any]]) -> Line:
    """Return facts that are told as one."""
    first, last = together[0], together[-1]
    row, sentence, about = rows[0], rows[0]["sentence"], rows[0]["about"]
    told, inside = [*zip(together, rows, strict=True)], list[str]()
    if len(together) > 1 and isinstance(first.fact, HANDING_IN):
        row = next((each for entry, each in told if isinstance(entry.fact, EvidenceSubmitted)), row)
        sentence, about = row["sentence"], row["about"]
    elif len(together) > 1 and isinstance(first.fact, FOLLOWING):
        done = [row["sentence"] for entry, row in told if not isinstance(entry.fact, ConsequenceDrawn)]
        sentence = "; ".join(each.rstrip(".") for each in done or (row["sentence"] for _, row in told)) + "."
    elif len(together) > 1:
        same = of_the_same(told)
        sentence = summary(together)
        if isinstance(first.fact, StatementClaimed) and len(same) == 1:
            (alike_in,) = same
            sentence = f"{sentence.rstrip('.')}, {alike_in.partition(f'{OF_CODE} ')[2]}"
        else:
            inside = [each.replace(OF_CODE, ", ".join(codes), 1) for each, codes in same.items()]
    elif isinstance(first.fact, GradeDecided):
        sentence = decided_in_words(case, first, first.fact)
    elif isinstance(first.fact, AppealLodged) and first.originator_id == case.appeal_id:
        for ground in first.fact.grounds:
            sentence = sentence.replace(f": {ground.statement.rstrip('.')}", "")
    plain, seen_from = case.plain, case.seen_from(last)
    return Line(
        number=last.position,
        at=last.at,
        name=row["name"],
        sentence=plain(sentence),
        about=about,
        position=seen_from,
        decides=any(each.position == case.replay.decision.position for each in together),
        leads=leads_of(case, last, seen_from),
        inside=[plain(each) for each in inside] if told_each(case, first) else (),
    )


def of_the_same(told: Sequence[tuple[Recorded, dict[str, Any]]]) -> dict[str, list[str]]:
    """Return what claims or findings say, each sentence with the codes of which it is said in place of ``OF_CODE``."""
    codes: dict[str, list[str]] = {}
    for entry, row in told:
        fact = entry.fact
        code = fact.finding.code if isinstance(fact, StatementFound) else getattr(fact, "code", "")
        codes.setdefault(row["sentence"].replace(f" {code} ", f" {OF_CODE} ", 1), []).append(code)
    return codes


def told_each(case: Case, entry: Recorded) -> bool:
    """Tell whether each fact told together with this one is told too: claims, and findings that no part has beside."""
    return isinstance(entry.fact, StatementClaimed | StatementFound) and not in_part_6(case, entry)


def in_part_6(case: Case, entry: Recorded) -> bool:
    """Tell whether a fact is a finding that stands beside its evidence in a part of its own."""
    return isinstance(entry.fact, StatementFound) and entry.originator_id == case.replay.assessment_id


def decided_in_words(case: Case, entry: Recorded, decided: GradeDecided) -> str:
    """Return a decision as a line has it."""
    opened = case.session.state(ASSESSMENT, entry.originator_id).opening()
    waits = "; it counts once a second person confirms it" if decided.needs_confirmation() else ""
    in_part_3 = entry.position == case.replay.decision.position
    reasons = "Part 3 has the reasons." if in_part_3 else f"Reasons: “{decided.reasons}”"
    return f"decided {decided.grade} for {opened.in_words()}{waits}. {reasons}"


def leads_of(case: Case, entry: Recorded, seen_from: int) -> list[tuple[str, str]]:
    """Return what a line leads to: the item as it was then, the findings, the grounds, or what the decider had."""
    fact, leads = entry.fact, []
    if entry.position == case.replay.decision.position:
        leads.append(("Everything there was to go by", "#had"))
    elif in_part_6(case, entry):
        leads.append(("The findings beside the evidence", "#findings"))
    elif isinstance(fact, AppealLodged) and entry.originator_id == case.appeal_id:
        leads.append(("The grounds", "#grounds"))
    elif isinstance(fact, EvidenceFact) and not isinstance(fact, EvidenceServed):
        version: int = getattr(fact, "version", 1)
        if href := case.address_of(entry.originator_id, version, seen_from):
            leads.append(("Open it as it was then", href))
    return leads


def background_in_words(decider: str, facts: Sequence[Recorded]) -> str:
    """Return the background in a sentence: what of it the record holds."""
    tags = {entry.tag for entry in facts}
    ruled = sum(isinstance(entry.fact, DefectRuled) for entry in facts)
    parts = [
        "took in the national plan" if "plan.imported" in tags else "",
        f"settled {ruled} {'oddity' if ruled == 1 else 'oddities'} of its text" if ruled else "",
        "approved the plan for use" if "plan.approved" in tags else "",
        "approved the criteria" if "criteria.approved" in tags else "",
        "approved the assessment form" if "form.approved" in tags else "",
        f"registered {decider}" if "person.registered" in tags else "",
    ]
    said = [part for part in parts if part]
    if not said:
        return "Nothing of it is on record here."
    together = f"{', '.join(said[:-1])} and {said[-1]}" if said[1:] else said[0]
    return f"In a sentence: the organisation {together}."


def background_days(facts: Sequence[Recorded]) -> str:
    """Return from which day to which the background lies."""
    first, last = as_day(facts[0].at), as_day(facts[-1].at)
    return first if first == last else f"{first} to {last}"


def background_of(case: Case, most: int | None) -> dict[str, Any]:
    """Return what was done about the rules and the staff before the decision, so many lines of it."""
    past = [entry for entry in case.as_asked if is_background(entry)]
    return {
        "background": past,
        "background_lines": days_of(lines_of(case, runs(case.sight, past, as_one)[:most])),
        "background_in_words": background_in_words(case.decider, past),
        "background_days": background_days(past) if past else "",
    }


def told_of(case: Case) -> dict[str, Any]:
    """Return what parts 2 and 10 of the page show: the apprentice's own way up to the decision, and what came later."""
    way = runs(case.sight, [entry for entry in case.as_asked if not is_background(entry)], as_one)
    later = runs(case.sight, case.later, as_one)
    shown, shown_later = (way, later) if case.whole else (way[-LINES:], later[:LATER])
    return {
        **background_of(case, None if case.whole else 0),
        "days": days_of(lines_of(case, shown)),
        "earlier": len(way) - len(shown),
        "later": days_of(lines_of(case, shown_later)),
        "even_later": len(later) - len(shown_later),
    }
