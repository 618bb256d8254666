"""The web pages: one for each audience, rendered on the server, plain HTML that needs no script."""

from api.pages import board, chronology, home, queue
from api.pages.common import pages
from api.pages.evidence import own_work, page, review

__all__ = ["board", "chronology", "home", "own_work", "page", "pages", "queue", "review"]
