"""Files as phones, recorders, scanners and browsers write them, with what each is and a place that it has or lacks.

Those in ``cases`` were made with ffmpeg, qpdf, Pillow and by hand; nothing in them is real. Large ones are made here.
"""

import io
import random
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import av
from PIL import Image

from tests.infra.vault import files

FOLDER = Path(__file__).parent / "cases"

Place = dict[str, Any]


class Case(NamedTuple):
    """A file: how to get it, what it is declared as and is, places that it has and lacks, or its refusal."""

    content: Callable[[], bytes]
    declared: str
    media_type: str = ""
    bounds: dict[str, Any] = {}
    inside: tuple[Place, ...] = ()
    outside: tuple[Place, ...] = ()
    refusal: str = ""


def kept(name: str) -> Callable[[], bytes]:
    return (FOLDER / name).read_bytes


def time(start: float, end: float) -> Place:
    return {"type": "time range", "start": start, "end": end}


def region(x: int, y: int, width: int, height: int) -> Place:
    return {"type": "image region", "x": x, "y": y, "width": width, "height": height}


def rectangle(x: float, y: float, width: float, height: float, page: int = 1) -> Place:
    return {"type": "pdf rectangle", "page": page, "x": x, "y": y, "width": width, "height": height}


def quote(exact: str) -> Place:
    return {"type": "text quote", "exact": exact}


def noise_then_silence(half: int = 60) -> bytes:
    """Return an MP3 of a variable bit rate, without a header that says its length."""
    out, rate = io.BytesIO(), 44100
    with av.open(out, "w", format="mp3", options={"write_xing": "0"}) as made:
        stream = made.add_stream("libmp3lame", rate=rate)
        stream.layout = "mono"
        stream.codec_context.flags |= av.codec.context.Flags.qscale
        stream.codec_context.global_quality = 4 * 118
        noise = random.Random(11).randbytes(rate * 2)  # noqa: S311 - a noise
        for second in range(2 * half):
            frame = av.AudioFrame("s16", "mono", rate)
            frame.planes[0].update(noise if second < half else bytes(rate * 2))
            frame.rate, frame.pts, frame.time_base = rate, second * rate, Fraction(1, rate)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return out.getvalue()


def large_jpeg(width: int = 8192, height: int = 6144) -> bytes:
    out = io.BytesIO()
    Image.effect_mandelbrot((width // 8, height // 8), (-2, -1.5, 1, 1.5), 20).resize((width, height)).save(out, "JPEG")
    return out.getvalue()


FIRST_SECONDS = (time(1, 5),)
CASES: dict[str, Case] = {
    "chrome.webm": Case(kept("chrome.webm"), "video/webm", "video/webm", inside=FIRST_SECONDS),
    "voice_isom_audio.mp4": Case(kept("voice_isom_audio.mp4"), "video/mp4", "audio/mp4", inside=FIRST_SECONDS),
    "clip_renamed.mov": Case(kept("clip_renamed.mov"), "video/quicktime", "video/mp4", inside=FIRST_SECONDS),
    "sony_xavc.mp4": Case(kept("sony_xavc.mp4"), "video/mp4", "video/mp4", inside=FIRST_SECONDS),
    "brand_F4V.mp4": Case(kept("brand_F4V.mp4"), "video/mp4", "video/mp4", inside=FIRST_SECONDS),
    "brand_msf1.heic": Case(kept("brand_msf1.heic"), "image/heic", "image/heic", inside=(region(10, 10, 50, 50),)),
    "ok.heic": Case(kept("ok.heic"), "image/heic", "image/heic", inside=(region(10, 10, 50, 50),)),
    "safari_recorder.mp4": Case(kept("safari_recorder.mp4"), "video/mp4", "video/mp4", inside=FIRST_SECONDS),
    "vbr_quiet_then_loud.mp3": Case(
        kept("vbr_quiet_then_loud.mp3"),
        "audio/mpeg",
        "audio/mpeg",
        {"seconds": 16.03},
        inside=FIRST_SECONDS,
        outside=(time(17, 19),),
    ),
    "mp3_zeros_before.mp3": Case(
        kept("mp3_zeros_before.mp3"),
        "audio/mpeg",
        "audio/mpeg",
        {"seconds": 12.04},
        inside=(time(1, 5), time(11, 12.042449)),
    ),
    "mp4_nl.mp4": Case(kept("mp4_nl.mp4"), "video/mp4", "video/mp4", inside=FIRST_SECONDS),
    "piped.wav": Case(kept("piped.wav"), "audio/wav", "audio/wav", inside=FIRST_SECONDS),
    "rf64.wav": Case(kept("rf64.wav"), "audio/wav", "audio/wav", inside=FIRST_SECONDS),
    "samsung_3gp4.m4a": Case(kept("samsung_3gp4.m4a"), "audio/3gpp", "audio/mp4", inside=FIRST_SECONDS),
    "lead_garbage.pdf": Case(
        kept("lead_garbage.pdf"), "application/pdf", "application/pdf", inside=(rectangle(10, 10, 50, 50),)
    ),
    "crop_outside.pdf": Case(
        kept("crop_outside.pdf"),
        "application/pdf",
        "application/pdf",
        {"pages": ((595, 842), (595, 842))},
        inside=(rectangle(0, 0, 595, 842),),
        outside=(rectangle(1500, 2500, 100, 100),),
    ),
    "utf16le.txt": Case(
        kept("utf16le.txt"), "text/plain", "text/plain", {"encoding": "utf-16"}, inside=(quote("£40 “ok”"),)
    ),
    "cp1252.txt": Case(
        kept("cp1252.txt"), "text/plain", "text/plain", {"encoding": "windows-1252"}, inside=(quote("£40 “ok”"),)
    ),
    "chat.txt": Case(kept("chat.txt"), "text/plain", "text/plain", {"encoding": "utf-8"}, inside=(quote("<joe> yes"),)),
    "id3.txt": Case(kept("id3.txt"), "text/plain", "text/plain", {"encoding": "utf-8"}, inside=(quote("ID3 group"),)),
    "ok.jpg": Case(kept("ok.jpg"), "image/pjpeg", "image/jpeg", inside=(region(1, 1, 50, 50),)),
    "encrypted.docx": Case(kept("encrypted.docx"), files.DOCX, refusal="protected by a password: save it without one"),
    "empty_meta.heic": Case(kept("empty_meta.heic"), "image/heic", refusal="There is no picture in it"),
    "made: an MP3 of a variable bit rate": Case(
        noise_then_silence, "audio/mpeg", "audio/mpeg", {"seconds": 120.0}, inside=(time(100, 110),)
    ),
    "made: a JPEG of 50 megapixels": Case(
        large_jpeg, "image/jpeg", "image/jpeg", {"width": 8192, "height": 6144}, inside=(region(8000, 6000, 192, 144),)
    ),
    "made: a page of 595.276 points": Case(
        partial(files.pdf, (595.276, 841.89)),
        "application/pdf",
        "application/pdf",
        {"pages": ((595.276, 841.89),)},
        inside=(rectangle(0.1, 0, 595.176, 841.89),),
    ),
    "made: a page of 1,190.5512 points": Case(
        partial(files.pdf, (1190.5512, 1683.7795)),
        "application/pdf",
        "application/pdf",
        {"pages": ((1190.5512, 1683.7796),)},
        inside=(rectangle(0, 0, 1190.5512, 1683.7795),),
    ),
}
"""By name; "made" are those that are made when they are asked for."""
