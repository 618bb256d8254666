"""The web pages: one for each audience, rendered on the server, plain HTML that needs no script."""

from api.pages import board, chronology, home, item, own_work, queue, review
from api.pages.common import pages

__all__ = ["board", "chronology", "home", "item", "own_work", "pages", "queue", "review"]
