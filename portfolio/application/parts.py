"""Parts: a file arrives in numbered parts of one size, each by a request of its own; a small one is one part."""

from collections.abc import Collection, Sequence

from portfolio.application.originals import DIGEST_BYTES
from portfolio.application.ports import ContentHashMismatch, UploadMissing

PART_BYTES = 5 << 20
"""Bytes of every part but the last: the least that S3 takes, so that a line which breaks loses no more."""

AT_ONCE = 16
"""Parts whose addresses are given out at once; whoever has put these asks for more."""


def count_of(size: int) -> int:
    """Return in how many parts a file of this many bytes arrives."""
    return max(1, -(-size // PART_BYTES))


def bytes_of(size: int, number: int) -> int:
    """Return how many bytes a part of a file of ``size`` has."""
    return min(PART_BYTES, size - (number - 1) * PART_BYTES)


def missing(size: int, held: Collection[int]) -> list[int]:
    """Return the numbers of the parts of a file that are not held yet."""
    return [number for number in range(1, count_of(size) + 1) if number not in held]


def require_all(size: int, held: Collection[int]) -> None:
    """Raise ``UploadMissing``, with the numbers of the parts that are not held yet, if there are any."""
    numbers = missing(size, held)
    if not numbers:
        return
    if count_of(size) == 1:
        raise UploadMissing
    raise UploadMissing(
        f"Of {count_of(size)} parts these have not been received yet: {in_words(numbers)}. Put them to their "
        "addresses, and say again that all is there.",
        parts=map(str, numbers),
    )


def require_digests(said: Sequence[str], came: bytes) -> None:
    """Raise ``ContentHashMismatch``, with the numbers of the parts whose digests are not those that their sender said.

    ``said`` are digests in hexadecimal digits, ``came`` those of the bytes, one after the other; nothing said is right.
    """
    count = len(came) // DIGEST_BYTES
    if said and len(said) != count:
        raise ContentHashMismatch(f"The digests of {len(said)} parts were given, and the file has {count}.")
    wrong = [
        number
        for number, digest in enumerate(said, 1)
        if came[(number - 1) * DIGEST_BYTES : number * DIGEST_BYTES].hex() != digest
    ]
    if wrong:
        raise ContentHashMismatch(
            f"Parts that arrived with other bytes than were sent: {in_words(wrong)}. Send them again.",
            parts=map(str, wrong),
        )


def in_words(numbers: list[int]) -> str:
    """Return numbers for people, those in a row together: 1-3, 7."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and rows[-1][-1] == number - 1:
            rows[-1][1:] = [number]
        else:
            rows.append([number])
    return ", ".join("-".join(map(str, row)) for row in rows)
