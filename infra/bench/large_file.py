"""A large text file, made chunk by chunk."""

from collections.abc import Iterator

LINE = b"The desk log of the third day, load-in to get-out.\n"
CHUNK = LINE * ((1 << 20) // len(LINE))


def chunks(size: int) -> Iterator[bytes]:
    """Yield a text of ``size`` bytes."""
    for _ in range(size // len(CHUNK)):
        yield CHUNK
    yield CHUNK[: size % len(CHUNK)]


def piece(start: int, size: int) -> bytes:
    """Return so many bytes of such a text from a place on."""
    first = start % len(LINE)
    return (LINE * (size // len(LINE) + 2))[first : first + size]
