"""Recordings as phones make them, small: made by the library that the recipes read them with."""

import io
import math
from array import array
from fractions import Fraction
from typing import Any

import av

RATE = 16_000
RATES = {"libopus": 48_000, "libopencore_amrnb": 8_000}
"""Samples a second of codecs that take no others."""


def film(
    codec: str = "libx264",
    container: str = "mp4",
    sound: str = "aac",
    *,
    size: tuple[int, int] = (160, 90),
    pictures: int = 50,
    seconds: float = 2.0,
    options: dict[str, str] | None = None,
) -> bytes:
    """Return film with a tone: 25 pictures a second, whose left half is white and whose right half is black."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as made:
        if codec:
            picture: Any = made.add_stream(codec, 25, options={"x265-params": "log-level=none", **(options or {})})
            picture.width, picture.height = size
            picture.pix_fmt = "yuv420p"
            picture.codec_context.time_base = Fraction(1, 25)
        heard: Any = made.add_stream(sound, RATES.get(sound, RATE), layout="mono") if sound else None
        if codec:
            for number in range(pictures):
                frame = av.VideoFrame(*size, "yuv420p")
                white = bytes([235]) * (size[0] // 2) + bytes([16]) * (size[0] - size[0] // 2)
                fill(frame.planes[0], white, size[1])
                for plane in frame.planes[1:]:
                    fill(plane, bytes([128]) * (size[0] // 2), size[1] // 2)
                frame.pts, frame.time_base = number, Fraction(1, 25)
                made.mux(picture.encode(frame))
            made.mux(picture.encode(None))
        if heard is not None:
            resampler = av.AudioResampler(
                format=heard.codec_context.format.name,
                layout="mono",
                rate=heard.codec_context.sample_rate,
                frame_size=heard.codec_context.frame_size or None,
            )
            made.mux([packet for each in resampler.resample(tone(seconds)) for packet in heard.encode(each)])
            made.mux([packet for each in resampler.resample(None) for packet in heard.encode(each)])
            made.mux(heard.encode(None))
    return out.getvalue()


def tone(seconds: float) -> av.AudioFrame:
    """Return a tone that is silent in its first half."""
    count = int(RATE * seconds)
    samples = array("h", (0 if at < count // 2 else round(12_000 * math.sin(at / 8)) for at in range(count)))
    frame = av.AudioFrame(format="s16", layout="mono", samples=count)
    frame.planes[0].update(samples.tobytes())
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    return frame


def fill(plane: Any, line: bytes, height: int) -> None:
    """Fill a plane with the same line."""
    padded = line.ljust(plane.line_size, b"\0")
    plane.update((padded * height).ljust(plane.buffer_size, b"\0")[: plane.buffer_size])
