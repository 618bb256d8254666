"""Plain: sentences of the record in the words of people who know neither keys nor fingerprints."""

import re
from collections.abc import Mapping
from uuid import UUID

from api.pages.attempt.shown import ORDINALS
from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT
from portfolio.application.read_session import ReadSession
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.form import FORM

FINGERPRINT = re.compile(r",? [(]?(context|text) [0-9a-f]{12}[)]?")
ATTEMPT = re.compile(r"attempt ([0-9]+) at component ([A-Za-z0-9-]+)")
COMPONENT = re.compile(r"component ([A-Za-z0-9-]+)(?!, )\b")
ENDED = re.compile("(?<=[.?!]”)[.]$")
"""The full stop after a quotation that has one."""


class Plain:
    """Tells what components are called where a sentence has their keys."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    @classmethod
    def of(cls, session: ReadSession, enrolment_id: UUID) -> "Plain":
        """Return how the components are called on whose forms the attempts of an enrolment were opened."""
        attempts = [each for _, each in session.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, enrolment_id)]
        forms = {attempt.opened.form_id for attempt in attempts if attempt.opened}
        components = [each for form in sorted(forms) for each in session.state(FORM, form).components]
        return cls({each.key: each.name for each in components})

    def called(self, key: str) -> str:
        """Return what people call a component in a sentence."""
        name = self._names.get(key, "")
        return f"component {key}" if key in name.split() or not name else f"the {name}"

    def __call__(self, sentence: str) -> str:
        """Return a sentence without fingerprints, in which attempts and components have their names."""
        named = ATTEMPT.sub(self._attempt, FINGERPRINT.sub("", sentence))
        return ENDED.sub("", COMPONENT.sub(lambda found: self.called(found[1]), named))

    def _attempt(self, found: re.Match[str]) -> str:
        number = int(found[1])
        which = ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"
        return f"the {which} attempt at {self.called(found[2])}"
