"""Chosen: which drafts a step of handing in is about, how each stands, and how people call its file."""

from typing import NamedTuple
from uuid import UUID

from flask import request, url_for
from marshmallow import ValidationError, fields, validate

from api.errors import FieldsNotValid
from api.evidence_shown import trouble
from api.fields import Id
from api.pages.common import asked, fresh, pages
from api.pages.thumbnails import DRAWING, file_kind
from api.reads import Sight, items_seen, see
from portfolio.application.recipes import kind_of
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.item import DRAFTS, Evidence, Version
from portfolio.domain.evidence.media import size_in_words
from portfolio.domain.evidence.refusals import EvidenceUnknown

MOST_FILES = 100
"""Files that one address names: as many as one person has drafts."""


class Draft(NamedTuple):
    """A version that is not handed in: of which item, and how it stands."""

    evidence_id: UUID
    item: Evidence
    version: Version

    @property
    def trouble(self) -> str:
        """Return what keeps its file from being checked, empty if nothing is known to."""
        return trouble(self.version)

    @property
    def before(self) -> Version | None:
        """Return the version that was handed in before and that this one is to replace, None if there is none."""
        return next((each for each in reversed(self.item.versions[:-1]) if each.handed_in()), None)

    def twin(self, others: list["Draft"]) -> Version | None:
        """Return a version handed in before that has the very same bytes."""
        sha256 = self.version.sha256 if self.version.stage == "sealed" else ""
        versions = (version for other in others for version in other.item.versions if version.handed_in())
        return next((version for version in versions if sha256 and version.sha256 == sha256), None)

    def picture(self) -> str:
        """Return the address of a small picture of the file, once it is checked, else of a drawing of its kind."""
        if self.version.stage == "sealed":
            return url_for("pages.thumbnail", evidence_id=self.evidence_id, version=self.version.number)
        return url_for("static", filename=DRAWING[kind_of(self.version.media_type)])


def step(enrolment_id: UUID) -> Sight[Enrolment]:
    """Return the enrolment in which its apprentice, and nobody else, hands something in."""
    fresh()
    return see(ENROLMENT, enrolment_id, ask="drafts")


def own_items(sight: Sight[Enrolment]) -> list[Draft]:
    """Return the apprentice's uploaded items by age, each with its newest version, drafts or not."""
    rows = [row for row in items_seen(sight) if row.kind == "work product"]
    items = [(row, sight.session.state(EVIDENCE, row.evidence_id)) for row in rows]
    return [Draft(row.evidence_id, item, item.versions[row.version - 1]) for row, item in items]


def waiting(sight: Sight[Enrolment]) -> list[Draft]:
    """Return the drafts that the address names, or all there are, also those whose file was not taken."""
    drafts = [each for each in own_items(sight) if each.version.stage in (*DRAFTS, "refused")]
    named = {each.evidence_id: each for each in drafts}
    ids = asked_files()
    return [named[each] for each in ids if each in named] if ids else drafts


def chosen(sight: Sight[Enrolment]) -> list[Draft]:
    """Return the drafts that can be worked at; raise ``EvidenceUnknown`` if there is none."""
    drafts = [each for each in waiting(sight) if each.version.stage in DRAFTS]
    if not drafts:
        raise EvidenceUnknown("There is no such draft any more: it was handed in, or discarded.")
    return drafts


def asked_files() -> list[UUID]:
    """Return the items that the address names, in its order."""
    try:
        return [*dict.fromkeys(Id().deserialize(text) for text in request.args.getlist("file")[:MOST_FILES])]
    except ValidationError as error:
        raise FieldsNotValid(f"file: {' '.join(error.messages)}") from error


def place_in(drafts: list[Draft]) -> int:
    """Return which of the drafts a step is about, counted from 1."""
    number: int = asked("n", fields.Integer(validate=validate.Range(1, MOST_FILES))) or 1
    return min(number, len(drafts))


def names_of(drafts: list[Draft]) -> list[str]:
    """Return how an address names these drafts."""
    return [str(each.evidence_id) for each in drafts]


@pages.app_template_filter("file_called")
def file_called(version: Version) -> str:
    """Return what people call a file, within a sentence."""
    kind = file_kind(version)
    return kind if kind.isupper() or kind.startswith("Word") else kind.lower()


pages.add_app_template_filter(size_in_words)
