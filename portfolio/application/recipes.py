"""Recipes: by which a preview of a file is made, what parts each gives back, and under which keys they lie."""

from typing import Literal

from portfolio.application.originals import StoredFile
from portfolio.domain.kernel import Value

PAGES_TOGETHER = 8
"""Pages that are made in one go: a process is started for all of them."""

Part = Literal["thumbnail", "screen", "page", "page-small", "words", "text", "poster", "waveform", "playable"]
Kind = Literal["picture", "pages", "document", "recording"]


class Recipe(Value):
    """How a preview is made; one that makes something else of the same bytes is another version."""

    name: str
    version: int

    def label(self) -> str:
        """Return name and version."""
        return f"{self.name}/{self.version}"


PICTURE = Recipe(name="picture", version=1)
PAGE = Recipe(name="page", version=1)
DOCUMENT = Recipe(name="document", version=1)
RECORDING = Recipe(name="recording", version=1)
PLAYABLE = Recipe(name="playable", version=1)
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


class Making(Value):
    """One run of a recipe over one file, and which parts it is to give back, the one asked for first."""

    file: StoredFile
    media_type: str
    recipe: Recipe
    names: tuple[str, ...]
    pages: tuple[int, ...] = ()

    @property
    def folder(self) -> str:
        """Return below which key the parts lie."""
        return f"{base_of(self.file)}/{self.recipe.name}.{self.recipe.version}"

    @property
    def asked(self) -> str:
        """Return the key of the part that was asked for."""
        return f"{self.folder}/{self.names[1 if self.pages else 0]}"

    @property
    def key(self) -> str:
        """Return what is held while it lasts."""
        return f"{self.folder}/making{min(self.pages, default='')}"


def kind_of(media_type: str) -> Kind:
    """Return how files of a type are shown."""
    family = media_type.partition("/")[0]
    if media_type == "application/pdf":
        return "pages"
    return "picture" if family == "image" else "recording" if family in ("audio", "video") else "document"


def base_of(file: StoredFile) -> str:
    """Return below which key all previews of a file lie."""
    return f"{file.object_id}/{file.sha256}"


def making_of(file: StoredFile, media_type: str, recipe: Recipe, page: int = 1) -> Making:
    """Return the run of a recipe that makes what is asked for; of pages, with those beside the one asked for."""
    names: tuple[str, ...] = tuple(part for part, by in MADE_BY.items() if by == recipe)
    if recipe == DOCUMENT:
        names = ("document",)
    if recipe == RECORDING:
        names = ("about", *names)
    if recipe != PAGE:
        return Making(file=file, media_type=media_type, recipe=recipe, names=names)
    first = (page - 1) // PAGES_TOGETHER * PAGES_TOGETHER + 1
    pages = (page, *(each for each in range(first, first + PAGES_TOGETHER) if each != page))
    each_page = tuple(f"{part}.{number}" for number in pages for part in names)
    return Making(file=file, media_type=media_type, recipe=recipe, names=("pages", *each_page), pages=pages)


def argument_of(making: Making) -> str:
    """Return what a recipe is told beside the file: which pages, else which type."""
    return " ".join(map(str, making.pages)) or making.media_type


def type_of(part: Part, media_type: str) -> str:
    """Return the media type of a part of a file of this type."""
    if part == "playable":
        return "video/mp4" if media_type.startswith("video/") else "audio/mp4"
    return {"words": "application/json", "text": "text/plain", "waveform": "image/png"}.get(part, "image/jpeg")
