"""What previews need from outside: where they are kept, and what makes them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import IO, Literal, Protocol

from portfolio.domain.kernel import Value

Why = Literal["nothing", "too long", "too much", "unreadable"]


class NotMade(Exception):
    """A recipe gave up; ``why`` says what for."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class Kept(Value):
    """A preview that is there. ``mark`` differs between one and another that was made in its place."""

    size: int
    mark: str


class PreviewStore(Protocol):
    """Bytes under keys such as ``object/sha256/recipe/part``: found whole or not at all, replaced, taken away."""

    def find(self, key: str) -> Kept | None:
        """Return what lies under a key, None if nothing does."""

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to but without ``end``; raise ``FileNotFoundError`` if there are none."""

    def keep(self, key: str, content: IO[bytes]) -> None:
        """Keep what can be read there, in place of what lay there before; a reader gets all of one or of the other."""

    def entries(self) -> Iterator[tuple[str, int]]:
        """Yield every key with how many bytes lie under it."""

    def remove(self, prefix: str) -> None:
        """Take away all that lies under keys that begin so, a whole part of the path; nothing happens if none does."""

    def claim(self, key: str) -> AbstractContextManager[Callable[[float], None] | None]:
        """Hold a key, for whoever makes what will lie there: nobody else does meanwhile, in whichever process.

        Gives what is to be told how far it is, from 0 to 1; None if somebody holds it already.
        """

    def progress(self, key: str) -> float | None:
        """Return how far whoever holds a key is, None if nobody does."""

    def sweep(self) -> None:
        """Take away what was left by whoever was killed while they made something, once it is certain that they are."""

    def check(self) -> str | None:
        """Return what keeps previews from being kept, in a sentence, None if nothing does."""


def are_known(store: PreviewStore, folder: str, names: Iterable[str]) -> bool:
    """Tell whether each of these lies below a key, or is noted there as not to be had."""
    return all(store.find(f"{folder}/{name}") or store.find(f"{folder}/{name}.none") for name in names)


class Maker(Protocol):
    """Runs recipes, each in a confined process."""

    def lacks(self, recipe: str) -> str | None:
        """Return why nothing is ever made by this recipe here, None if it can be."""

    def make(
        self,
        recipe: str,
        argument: str,
        source: Iterable[bytes],
        keep: Callable[[str, IO[bytes]], None],
        progress: Callable[[float], None],
    ) -> None:
        """Run a recipe over a file; call ``keep`` with each part that it gives back. Raises ``NotMade``."""

    def stop(self) -> None:
        """End whatever is being made."""
