"""The web pages: one for each audience, rendered on the server, plain HTML that needs no script."""

from api.pages import board, chronology, consents, fields, frame, home, interests, papers, queue, record, thumbnails
from api.pages.common import pages
from api.pages.evidence import own_work, page, redacting, review

__all__ = [
    "board",
    "chronology",
    "consents",
    "fields",
    "frame",
    "home",
    "interests",
    "own_work",
    "page",
    "pages",
    "papers",
    "queue",
    "record",
    "redacting",
    "review",
    "thumbnails",
]
