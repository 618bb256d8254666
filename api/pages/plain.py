"""Plain: sentences of the record in the words of people who know neither keys nor fingerprints."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.catalogue import AGGREGATES
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.form import FORM
from portfolio.domain.plan import PLAN

ORDINALS = ("first", "second", "third", "fourth", "fifth")

KEY = "[A-Za-z0-9-]+"
FINGERPRINT = re.compile(r",? [(]?(context|text) [0-9a-f]{12}[)]?")
ATTEMPT = re.compile(rf"attempt ([0-9]+) at component ({KEY})")
ADDED = re.compile(rf"component {KEY}, ([^,]+), to the form")
COMPONENTS = re.compile(rf"components? ((?:{KEY}, )*{KEY})\b")
ASSESSES = re.compile(rf"(?<=assigned assessor of )({KEY})")
PART = re.compile(rf"(?<=for )((?:{KEY}, )*{KEY})(?= from [0-9])")
ROUTE = re.compile(rf"(?<=\broute )({KEY})")
ENDED = re.compile("(?<=[.?!]”)[.]$")
"""The full stop after a quotation that has one."""

REMARKS = {
    "made a remark (formative)": "made a remark (advice)",
    "made a remark (pointer)": "made a remark (look here)",
    "made a remark (basis of finding)": "made a remark (a finding rests on it)",
}
FILE = re.compile("sealed the file of (version [0-9]+): ([^;]+); malware screening: ")
PAPER = re.compile("sealed a paper that (.+?) signed, [^;]+; malware screening: ")
NOT_SCREENED = "checked for viruses: none configured"


class Plain:
    """Tells what components and routes are called where a sentence has their keys, and what was done to a file."""

    def __init__(self, names: Mapping[str, str], routes: Mapping[str, str]) -> None:
        self._names = names
        self._routes = routes

    @classmethod
    def of(cls, session: ReadSession, enrolment_id: UUID) -> "Plain":
        """Return how all is called on the forms and in the plan of an enrolment."""
        enrolment = session.state(ENROLMENT, enrolment_id)
        attempts = [each for _, each in session.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, enrolment_id)]
        forms = [each.form_id for each in enrolment.routes]
        forms += sorted({attempt.opened.form_id for attempt in attempts if attempt.opened})
        components = [each for form in forms for each in session.state(FORM, form).components]
        plan = session.state(PLAN, enrolment.plan_id).plan
        return cls(
            {each.key: each.name for each in components},
            {each.key: each.name for each in plan.options} if plan else {},
        )

    @classmethod
    def about(cls, session: ReadSession, tag: str, stream: UUID) -> "Plain":
        """Return how all is called where a fact of a record is told, which is about an enrolment or not."""
        kind = tag.partition(".")[0]
        if kind == "enrolment":
            return cls.of(session, stream)
        if kind in permissions.ABOUT_AN_APPRENTICE:
            return cls.of(session, session.state(AGGREGATES[kind], stream).enrolment_id)
        return cls({}, {})

    def told(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what is told of facts, with plain sentences."""
        return [{**row, "sentence": self(row["sentence"])} for row in rows]

    def called(self, key: str) -> str:
        """Return what people call a component in a sentence."""
        name = self._names.get(key, "")
        return f"component {key}" if key in name.split() or not name else f"the {name}"

    def __call__(self, sentence: str) -> str:
        """Return a sentence without fingerprints, in which attempts, components and routes have their names."""
        said = ATTEMPT.sub(self._attempt, FINGERPRINT.sub("", sentence))
        said = COMPONENTS.sub(self._components, ADDED.sub(r"the \1 to the form", said))
        said = PART.sub(self._components, ASSESSES.sub(lambda found: self.called(found[1]), said))
        said = ROUTE.sub(self._route, said, count=1)
        for insiders, plain in REMARKS.items():
            said = said.replace(insiders, plain)
        said = FILE.sub(r"stored the file of \1, which nobody can change since: \2; checked for viruses: ", said)
        said = PAPER.sub(
            r"stored the scan of a paper that \1 signed, which nobody can change since; checked for viruses: ", said
        )
        return ENDED.sub("", said.replace(NOT_SCREENED, "not checked for viruses"))

    def _attempt(self, found: re.Match[str]) -> str:
        number = int(found[1])
        which = ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"
        return f"the {which} attempt at {self.called(found[2])}"

    def _components(self, found: re.Match[str]) -> str:
        keys = found[1].split(", ")
        if not all(key in self._names for key in keys):
            return found[0]
        *first, last = map(self.called, keys)
        return f"{', '.join(first)} and {last}" if first else last

    def _route(self, found: re.Match[str]) -> str:
        name = self._routes.get(found[1], "")
        return f"{name} ({found[1]})" if name else found[1]
