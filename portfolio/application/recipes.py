"""Recipes: by which a preview of a file is made, what parts each gives back, and under which keys they lie."""

from typing import Literal

from portfolio.application.hidden import Places, digest_of, told
from portfolio.application.originals import StoredFile
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import Value, changed

PAGES_TOGETHER = 8
"""Pages that are made in one go: a process is started for all of them."""

HIDDEN = "hidden-"
"""So begins the part of a key that says which places are hidden."""

Part = Literal["thumbnail", "screen", "page", "page-small", "words", "text", "poster", "waveform", "playable"]
Kind = Literal["picture", "pages", "document", "recording"]


class Recipe(Value):
    """How a preview is made; one that makes something else of the same bytes is another version.

    A ``redacted`` one leaves out the places that are hidden.
    """

    name: str
    version: int
    redacted: bool = False

    def title(self) -> str:
        """Return by which name people and keys know it."""
        return f"redacted-{self.name}" if self.redacted else self.name

    def label(self) -> str:
        """Return name and version."""
        return f"{self.title()}/{self.version}"


PICTURE = Recipe(name="picture", version=1)
PAGE = Recipe(name="page", version=1)
DOCUMENT = Recipe(name="document", version=1)
RECORDING = Recipe(name="recording", version=2)
PLAYABLE = Recipe(name="playable", version=2)
RECIPES = (PICTURE, PAGE, DOCUMENT, RECORDING, PLAYABLE)

MADE_BY: dict[Part, Recipe] = {
    "thumbnail": PICTURE,
    "screen": PICTURE,
    "page": PAGE,
    "page-small": PAGE,
    "words": PAGE,
    "text": PAGE,
    "poster": RECORDING,
    "waveform": RECORDING,
    "playable": PLAYABLE,
}
PARTS_OF: dict[Kind, tuple[Part, ...]] = {
    "picture": ("thumbnail", "screen"),
    "pages": ("page", "page-small", "words", "text"),
    "document": ("page", "page-small", "words", "text"),
    "recording": ("poster", "waveform", "playable"),
}
NOT_REDACTED: frozenset[str] = frozenset({"words", "text", "about"})
"""What is not made where places are hidden: of a page there is its picture alone."""


class Asked(Value):
    """A part of a file that somebody asks for, of a file with pages on which one.

    In one where places are ``hidden`` there is nothing of them; of a picture and a PDF the ``bounds`` of the version,
    against which they were recorded, go with them.
    """

    file: StoredFile
    media_type: str
    part: Part
    page: int = 1
    hidden: Places = ()
    bounds: Bounds | None = None


class Making(Value):
    """One run of a recipe over one file, and which parts it is to give back, the one asked for first.

    A redacted one leaves out what is ``hidden``, within ``bounds``.
    """

    file: StoredFile
    media_type: str
    recipe: Recipe
    names: tuple[str, ...]
    pages: tuple[int, ...] = ()
    hidden: Places = ()
    bounds: Bounds | None = None

    @property
    def folder(self) -> str:
        """Return below which key the parts lie."""
        base = f"{base_of(self.file)}/{HIDDEN}{digest_of(self.hidden)}" if self.hidden else base_of(self.file)
        return f"{base}/{self.recipe.title()}.{self.recipe.version}"

    @property
    def asked(self) -> str:
        """Return the key of the part that was asked for."""
        return f"{self.folder}/{self.names[1 if self.pages else 0]}"

    @property
    def key(self) -> str:
        """Return what is held while it lasts."""
        return f"{self.folder}/making{min(self.pages, default='')}"

    @property
    def asked_for_alone(self) -> tuple[str, ...]:
        """Return the names that say of what was asked for, not of the pages beside it, whether it is to be had."""
        return self.names[: 1 + (len(self.names) - 1) // len(self.pages)] if self.pages else self.names


def kind_of(media_type: str) -> Kind:
    """Return how files of a type are shown."""
    family = media_type.partition("/")[0]
    if media_type == "application/pdf":
        return "pages"
    return "picture" if family == "image" else "recording" if family in ("audio", "video") else "document"


def base_of(file: StoredFile) -> str:
    """Return below which key all previews of a file lie."""
    return f"{file.object_id}/{file.sha256}"


def making_of(
    file: StoredFile,
    media_type: str,
    recipe: Recipe,
    page: int = 1,
    hidden: Places = (),
    bounds: Bounds | None = None,
) -> Making:
    """Return the run of a recipe that makes what is asked for; of pages, with those beside the one asked for.

    Where places of a picture or a page are ``hidden``, the ``bounds`` against which they were recorded must be given.
    """
    if hidden and bounds is None and kind_of(media_type) != "recording":
        raise ValueError("places of a picture or a page say nothing without the bounds of their version")
    names: tuple[str, ...] = tuple(part for part, by in MADE_BY.items() if by == recipe)
    if recipe == DOCUMENT:
        names = ("document",)
    if recipe == RECORDING:
        names = ("about", *names)
    pages: tuple[int, ...] = ()
    if hidden:
        names = tuple(name for name in names if name not in NOT_REDACTED)
    if recipe == PAGE:
        first = (page - 1) // PAGES_TOGETHER * PAGES_TOGETHER + 1
        pages = (page, *(each for each in range(first, first + PAGES_TOGETHER) if each != page))
        names = ("pages", *(f"{part}.{number}" for number in pages for part in names))
    by = changed(recipe, redacted=bool(hidden))
    return Making(file=file, media_type=media_type, recipe=by, names=names, pages=pages, hidden=hidden, bounds=bounds)


def argument_of(making: Making) -> str:
    """Return what a recipe is told beside the file: which pages, else which type, and then what is hidden."""
    plain = " ".join(map(str, making.pages)) or making.media_type
    return f"{plain}\n{told(making.hidden, making.bounds, making.pages)}" if making.hidden else plain


def type_of(part: Part, media_type: str) -> str:
    """Return the media type of a part of a file of this type."""
    if part == "playable":
        return "video/mp4" if media_type.startswith("video/") else "audio/mp4"
    return {"words": "application/json", "text": "text/plain", "waveform": "image/png"}.get(part, "image/jpeg")
