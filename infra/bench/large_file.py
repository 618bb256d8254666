"""A large text file, made piece by piece."""

from collections.abc import Iterator

LINE = b"The desk log of the third day, load-in to get-out.\n"
PIECE = LINE * ((1 << 20) // len(LINE))


def pieces(size: int) -> Iterator[bytes]:
    """Yield a text of ``size`` bytes."""
    for _ in range(size // len(PIECE)):
        yield PIECE
    yield PIECE[: size % len(PIECE)]
