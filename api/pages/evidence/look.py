"""Look: what the page of a version shows of its file, and what it says where there is nothing to show yet."""

from typing import NamedTuple

from flask import request

from api.previews import asked_of, pages_of, state_of
from api.services import caller, services
from portfolio.application.originals import file_of
from portfolio.application.ports import Busy
from portfolio.application.previews import ManyPreviews, State
from portfolio.application.recipes import DOCUMENT, PARTS_OF, Kind, Part, kind_of
from portfolio.domain.evidence.facts import EvidenceRedacted
from portfolio.domain.evidence.item import Version

SHOWN_BY_BROWSERS = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/")
"""Beginnings of the media types that browsers show themselves; other files are handed out to be stored."""

BESIDE = 4
"""Pages before and after the one shown that are led to by small pictures."""


class Look(NamedTuple):
    """How a file is shown: by which parts, and of pages which one; ``number`` of them is None as long as unknown."""

    kind: Kind
    shown_by_browsers: bool
    main: State
    poster: State | None = None
    waveform: State | None = None
    plays: bool | None = None
    page: int = 1
    number: int | None = None
    beside: tuple[tuple[int, bool], ...] = ()

    @property
    def ends_before(self) -> bool:
        """Tell whether the file ends before the page that is asked for."""
        return self.number is not None and self.page > self.number

    @property
    def waits(self) -> bool:
        """Tell whether there will be more to see in a moment."""
        return any(each is not None and is_waited_for(each) for each in (self.main, self.poster, self.waveform))


def is_waited_for(state: State) -> bool:
    """Tell whether a part will be there in a moment."""
    return state.state in ("being made", "not made yet")


def shown_by_browsers(version: Version) -> bool:
    """Tell whether browsers show a file of this type themselves."""
    return version.media_type.startswith(SHOWN_BY_BROWSERS)


def has_look(version: Version) -> bool:
    """Tell whether the page shows anything of a version's file, and not only a link to it."""
    if version.object_id is None or kind_of(version.media_type) != "document":
        return version.object_id is not None
    return services().previews.maker.lacks(DOCUMENT.name) is None


def look_at(version: Version, redaction: EvidenceRedacted | None, page: int) -> Look | None:
    """Return how a version's file is shown, None if it has none that can be; what is shown is begun to be made.

    It is shown without what a ``redaction`` hides. Where previews cannot be had now, the page says that, and shows the
    rest.
    """
    if version.object_id is None or version.bounds is None:
        return None
    kind = kind_of(version.media_type)
    try:
        return look_of(version, kind, redaction, page)
    except Busy as refusal:
        away = State(part=PARTS_OF[kind][-1], recipe="", state="none", sentence=str(refusal))
        return Look(kind=kind, shown_by_browsers=redaction is None and shown_by_browsers(version), main=away)


def look_of(version: Version, kind: Kind, redaction: EvidenceRedacted | None, page: int) -> Look:
    """Return how a file of this kind is shown, at this page; raise ``Busy`` where previews cannot be had now."""
    if kind == "picture":
        whole = redaction is None and shown_by_browsers(version)
        return Look(kind=kind, shown_by_browsers=whole, main=wanted(version, "screen", redaction))
    if kind == "recording":
        return recording(version, redaction)
    number = pages_of(version)
    near = range(max(1, page - BESIDE), min(number or page, page + BESIDE) + 1)
    main = wanted(version, "page", redaction, page)
    there = services().previews.is_there
    beside = tuple((each, there(asked_of(version, "page-small", each, redaction))) for each in near)
    return Look(kind=kind, shown_by_browsers=False, main=main, page=page, number=number, beside=beside)


def recording(version: Version, redaction: EvidenceRedacted | None) -> Look:
    """Return how a recording is shown: the original where browsers play it and nothing is hidden, else what is made."""
    film = version.media_type.startswith("video/")
    poster = wanted(version, "poster", redaction) if film else None
    waveform = wanted(version, "waveform", redaction)
    plays = services().previews.plays(file_of(version)) if redaction is None else False
    main = wanted(version, "playable", redaction) if plays is False else state_of(version, "playable")
    return Look(
        kind="recording",
        shown_by_browsers=redaction is None,
        main=main,
        poster=poster,
        waveform=waveform,
        plays=plays,
    )


def wanted(version: Version, part: Part, redaction: EvidenceRedacted | None, page: int = 1) -> State:
    """Return how it stands with a part that the page shows, and have it made if it is not there."""
    state = state_of(version, part, page, redaction=redaction)
    if state.state == "not made yet" and request.method == "GET":
        try:
            services().previews.begin(caller(), asked_of(version, part, page, redaction))
        except ManyPreviews:
            return state
    return state
