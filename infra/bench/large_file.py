"""Large files, made chunk by chunk: a text, and a recording of sound."""

import random
import wave
from collections.abc import Iterator
from pathlib import Path

LINE = b"The desk log of the third day, load-in to get-out.\n"
CHUNK = LINE * ((1 << 20) // len(LINE))
SAMPLES_A_SECOND, BYTES_OF_A_SAMPLE = 96_000, 2


def chunks(size: int) -> Iterator[bytes]:
    """Yield a text of ``size`` bytes."""
    for _ in range(size // len(CHUNK)):
        yield CHUNK
    yield CHUNK[: size % len(CHUNK)]


def write_large_file(path: Path, size: int) -> Path:
    """Write such a text there."""
    with path.open("wb") as out:
        out.writelines(chunks(size))
    return path


def write_large_sound(path: Path, size: int) -> Path:
    """Write a recording of about this many bytes there: noise, in more packets for its size than any film has."""
    noise = random.Random(0).randbytes(SAMPLES_A_SECOND * BYTES_OF_A_SAMPLE)  # noqa: S311 - no secret
    with path.open("wb") as out, wave.open(out, "wb") as sound:
        sound.setparams((1, BYTES_OF_A_SAMPLE, SAMPLES_A_SECOND, size // BYTES_OF_A_SAMPLE, "NONE", "not compressed"))
        for _ in range((size - 100) // len(noise)):
            sound.writeframesraw(noise)
    return path
