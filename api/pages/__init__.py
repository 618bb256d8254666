"""The web pages: one for each audience, rendered on the server, plain HTML that needs no script."""

from api.pages import (
    assessor_queue,
    board,
    chronology,
    consents,
    fields,
    frame,
    home,
    interests,
    papers,
    queue,
    record,
    search,
    testimony,
    thumbnails,
)
from api.pages.attempt import again, aside, attempts, decide, decided, judge, matrix, one_code, records
from api.pages.common import pages
from api.pages.evidence import correcting, own_work, page, redacting, review
from api.pages.hand_in import describe, files, sign

__all__ = [
    "again",
    "aside",
    "assessor_queue",
    "attempts",
    "board",
    "chronology",
    "consents",
    "correcting",
    "decide",
    "decided",
    "describe",
    "fields",
    "files",
    "frame",
    "home",
    "interests",
    "judge",
    "matrix",
    "one_code",
    "own_work",
    "page",
    "pages",
    "papers",
    "queue",
    "record",
    "records",
    "redacting",
    "review",
    "search",
    "sign",
    "testimony",
    "thumbnails",
]
