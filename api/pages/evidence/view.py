"""View: what the page shows of one version, and of another one beside it: its content, remarks and marks."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import request
from marshmallow import fields, validate

from api.content import require_asked
from api.errors import FieldsNotValid
from api.evidence_shown import (
    annotations_shown,
    hidden_from_caller,
    history_shown,
    page_of,
    redaction_shown,
    visible_version,
    visible_versions,
)
from api.judging import refusal_of
from api.pages.common import asked, posted
from api.pages.evidence.look import Look, has_look, look_at
from api.pages.evidence.marks import HEAVY, Mark, Part, Sheet, drawn, numbered, part_of, sheet_of, text_with_marks
from api.previews import MOST_PAGES, serving
from api.reads import Sight
from api.services import caller, services
from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.kernel import Rejected


class View(NamedTuple):
    """What is shown of a version; ``withheld`` says why nothing of its content is."""

    shown: Version
    withheld: Rejected | None
    redaction: dict[str, Any] | None
    look: Look | None
    sheet: Sheet | None
    remarks: Sequence[dict[str, Any]]
    part: Part
    marks: Sequence[Mark]
    text: Sequence[tuple[str, int | None]]

    @property
    def in_page(self) -> bool:
        """Tell whether the page itself shows the content, and not only a link to it."""
        return self.withheld is None and (is_written(self.shown) or has_look(self.shown))


def view_of(
    sight: Sight[Evidence], shown: Version, page: int, claims: Sequence[dict[str, Any]], heavy: int = HEAVY
) -> View:
    """Return what is shown of a version, at this page, with the newest of its remarks or the part that is asked for."""
    redaction, history = hidden_from_caller(sight, shown), history_shown(sight)
    withheld = refusal_of(serving(sight.stream, shown, redaction))
    remarks = numbered(annotations_shown(sight, shown, history))
    look = look_at(shown, redaction, page) if withheld is None else None
    page = look.page if look else 1
    part = part_of(remarks, page, asked("remarks", fields.Integer(validate=validate.Range(1))), heavy)
    text = shown.bounds.text if shown.bounds else None
    return View(
        shown=shown,
        withheld=withheld,
        redaction=redaction_shown(sight, shown, history),
        look=look,
        sheet=sheet_of(shown, page),
        remarks=remarks,
        part=part,
        marks=drawn(shown, page, part.remarks, claims),
        text=text_with_marks(text, part.remarks) if text else [],
    )


def requested_version(sight: Sight[Evidence]) -> Version:
    """Return the version that the address or the form before it names, else the newest."""
    return visible_version(sight, number_named(sight, "version"))


def version_beside(sight: Sight[Evidence], shown: Version) -> Version | None:
    """Return the other version that the address or the form before it names to be shown beside, None for none."""
    number = number_named(sight, "beside")
    if number is None:
        return None
    if number == shown.number:
        raise FieldsNotValid("beside: Name another version than the one that is shown.")
    return visible_version(sight, number)


def number_named(sight: Sight[Evidence], name: str) -> int | None:
    """Return the number of a version under this name, None if there is none."""
    number: int | None = asked(name, fields.Integer())
    if number is None:
        typed = posted().get(name)
        number = next((each.number for each in visible_versions(sight) if str(each.number) == typed), None)
    return number


def page_named(shown: Version, of_place: str) -> int:
    """Return the page that the address names, or the place in the form before it (``of_place``), else the first."""
    page: int | None = asked("page", fields.Integer(validate=validate.Range(1, MOST_PAGES)))
    typed, pages = posted().get(of_place), shown.bounds.pages if shown.bounds else ()
    return page or next((number for number in range(1, len(pages) + 1) if str(number) == typed), 1)


def require_page(*shown: Look | None) -> int:
    """Return how many pages there are to go through, 0 if none are known; refuse one that nothing shown has."""
    looks = [look for look in shown if look is not None]
    number = max((look.number or 0 for look in looks), default=0)
    if looks and all(look.ends_before for look in looks):
        raise FieldsNotValid(f"page: There are {number}.")
    return number


def is_written(shown: Version) -> bool:
    """Tell whether the content is a record's text, which stands in the page itself."""
    return shown.bounds is not None and shown.bounds.text is not None


def serve(sight: Sight[Evidence], shown: Version) -> None:
    """Record that a text in the page was shown; a picture or a recording is recorded when its bytes are sent."""
    if is_written(shown) and request.method == "GET":
        require_asked(page_of(sight.stream, shown.number))
        services().handler.execute(ServeEvidence(evidence_id=sight.stream, version=shown.number), caller())
