"""A recording at a glance: what browsers can play of it, a picture of its film, and a drawing of its sound."""

import io
import json
import resource
from contextlib import suppress
from math import inf
from typing import Any, BinaryIO

from infra.vault.previews import hiding

LIMITS = {
    resource.RLIMIT_AS: 1 << 30,
    resource.RLIMIT_CPU: 180,
    resource.RLIMIT_FSIZE: 8 << 20,
}
SIDE = 960
"""Pixels of the longer side of the picture."""
QUALITY = 84
COLUMNS, HEIGHT = 1000, 160
"""Pixels of the drawing."""
RATE = 8000
"""Samples a second that are looked at."""
MOMENT = RATE // 20
"""Samples that the drawing is made of are the loudest of so many."""
FORE, BACK = 0x1D70B8, 0xFFFFFF
MOST_PACKETS = 400
"""Packets that are looked at for a first picture."""

PLAYED = {
    "video/mp4": ({"h264"}, {"aac", "mp3"}),
    "video/webm": ({"vp8", "vp9", "av1"}, {"opus", "vorbis"}),
    "audio/mp4": (set[str](), {"aac", "mp3"}),
    "audio/aac": (set[str](), {"aac"}),
    "audio/mpeg": (set[str](), {"mp3"}),
    "audio/wav": (set[str](), {"pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_s32le", "pcm_f32le"}),
    "audio/webm": (set[str](), {"opus", "vorbis"}),
    "audio/ogg": (set[str](), {"opus", "vorbis"}),
    "audio/flac": (set[str](), {"flac"}),
}
"""Which codecs of film and of sound browsers play, in which type of file."""
DEPTHS = {"yuv420p", "yuvj420p", "yuva420p"}
DECODERS = {"mp3float": "mp3", "libopus": "opus", "libvorbis": "vorbis", "libdav1d": "av1"}

MOST_TRIES = 8
"""Moments at which a picture is looked for that is not hidden."""

kind: list[str] = []
hidden: hiding.Times = []


def load(argument: str) -> None:
    """Import what opens recordings and draws, and use it once; the argument is the media type, and what is hidden."""
    import av
    import av.error
    from PIL import JpegImagePlugin, PngImagePlugin  # noqa: F401 - they write

    av.logging.set_level(None)
    plain, times = hiding.times_of(argument)
    kind[:] = [plain]
    made = io.BytesIO()
    with av.open(made, "w", format="matroska") as example:
        film, sound = example.add_stream("mpeg4", 25), example.add_stream("flac", RATE)
        film.width, film.height, film.pix_fmt = 32, 16, "yuv420p"
        example.mux(film.encode(av.VideoFrame(32, 16, "yuv420p")))
        example.mux(film.encode(None))
        frame = av.AudioFrame(format="s16", layout="stereo", samples=RATE // 10)
        frame.sample_rate, frame.pts = RATE, 0
        example.mux(sound.encode(frame))
        example.mux(sound.encode(None))
    for _ in parts(made, lambda _: None):
        pass
    hidden[:] = times


def make(file: BinaryIO, out: Any) -> None:
    """Give back what is known of it, the picture and the drawing, as far as there is film and sound."""
    for part, content in parts(file, out.progress):
        out.keep(part, content)
    out.progress(1)


def parts(file: BinaryIO, progress: Any) -> Any:
    """Yield the name and the bytes of each part; where times are hidden, nothing is said of the original."""
    import av

    file.seek(0)
    with av.open(file, "r", metadata_errors="ignore") as recording:
        film = next((each for each in recording.streams.video if not cover(each)), None)
        sound = next(iter(recording.streams.audio), None)
        if not hidden:
            yield "about", json.dumps({"plays": plays(film, sound)}).encode()
        if film is not None:
            film.thread_type, film.thread_count = "NONE", 1
        if film is not None and (picture := (unhidden_picture if hidden else first_picture)(recording, film)):
            yield "poster", picture
    if sound is not None:
        file.seek(0)
        with av.open(file, "r", metadata_errors="ignore") as recording:
            yield "waveform", drawing(loudness(recording, progress))


def cover(stream: Any) -> bool:
    """Tell whether a stream is the picture of a song rather than film."""
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def plays(film: Any, sound: Any) -> bool:
    """Tell whether browsers play a file of this type with these streams."""
    films, sounds = PLAYED.get(kind[0], (set[str](), set[str]()))
    if film is not None and (codec(film) not in films or film.codec_context.pix_fmt not in DEPTHS):
        return False
    return sound is None or codec(sound) in sounds


def codec(stream: Any) -> str:
    """Return the name of a stream's codec, not of what decodes it."""
    name = str(stream.codec_context.name)
    return DECODERS.get(name, name)


def first_picture(recording: Any, film: Any) -> bytes:
    """Return a picture of the film about a second in, upright, as JPEG; empty if none can be decoded."""
    import av

    if recording.duration and recording.duration > 2 * av.time_base:
        with suppress(av.error.FFmpegError):
            recording.seek(av.time_base)
    return next((written(upright(frame)) for frame in pictures(recording, film)), b"")


def unhidden_picture(recording: Any, film: Any) -> bytes:
    """Return a picture of the film that no hidden time shows, black if there is none; empty if none can be decoded."""
    import av
    from PIL import Image

    begun, black = (recording.start_time or 0) / av.time_base, b""
    first = 1.0 if recording.duration and recording.duration > 2 * av.time_base else 0.0
    tries = [first, *(end for _, end in hidden), 0.0]
    for start in [each for each in tries if not hiding.is_hidden(hidden, each, each)][:MOST_TRIES]:
        with suppress(av.error.FFmpegError):
            recording.seek(round((begun + start) * av.time_base))
        for frame, begin, end in spans(recording, film, begun):
            black = black or written(Image.new("RGB", upright(frame).size))
            if not hiding.is_hidden(hidden, begin, end):
                return written(upright(frame))
    return black


def pictures(recording: Any, film: Any) -> Any:
    """Yield the next pictures of a film as far as they can be decoded, not more than a number."""
    import av

    for number, packet in enumerate(recording.demux(film)):
        with suppress(av.error.FFmpegError):
            yield from packet.decode()
        if number > MOST_PACKETS:
            break


def spans(recording: Any, film: Any, begun: float) -> Any:
    """Yield the next pictures, each with from when until when it is shown, in seconds."""
    before: Any = None
    for frame in pictures(recording, film):
        if frame.pts is not None:
            at = float(frame.pts * frame.time_base) - begun
            if before is not None:
                yield (*before, at)
            before = frame, at
    if before is not None:
        yield (*before, inf)


def upright(frame: Any) -> Any:
    """Return a picture of a film as an image, as it is shown but smaller."""
    ratio = SIDE / max(frame.width, frame.height, SIDE)
    size = [max(2, round(side * ratio) // 2 * 2) for side in (frame.width, frame.height)]
    image = frame.reformat(*size, format="rgb24").to_image()
    if turned := round(getattr(frame, "rotation", 0)) % 360:
        image = image.rotate(turned, expand=True)
    return image


def written(image: Any) -> bytes:
    """Return an image as JPEG."""
    from PIL import Image

    out = io.BytesIO()
    Image.Image.save(image, out, "JPEG", quality=QUALITY)
    return out.getvalue()


def loudness(recording: Any, progress: Any) -> list[int]:
    """Return the loudest sample of each moment of the sound, as far as it is not hidden."""
    import av

    sound = recording.streams.audio[0]
    sound.thread_type, sound.thread_count = "NONE", 1
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    moments: list[int] = []
    rest = memoryview(b"").cast("h")
    length = float(recording.duration or 0) / av.time_base
    silence = hiding.Silence(hidden, (recording.start_time or 0) / av.time_base)

    def take(frames: Any) -> None:
        nonlocal rest
        for frame in frames:
            samples = memoryview(rest.tobytes() + bytes(frame.planes[0])[: frame.samples * 2]).cast("h")
            whole = len(samples) // MOMENT * MOMENT
            for at in range(0, whole, MOMENT):
                part = samples[at : at + MOMENT]
                moments.append(max(max(part), -min(part)))
            rest = samples[whole:]

    told = 0
    for packet in recording.demux(sound):
        try:
            for decoded in packet.decode():
                if (pause := silence.fall(decoded)) > hiding.PAUSE:
                    moments.extend([0] * round(pause * RATE / MOMENT))
                take(resampler.resample(decoded))
        except av.error.FFmpegError:
            continue
        if len(moments) - told > 20 * RATE // MOMENT:
            told = len(moments)
            progress(min(0.99, told * MOMENT / RATE / length) if length else 0.5)
    take(resampler.resample(None))
    if len(rest):
        moments.append(max(max(rest), -min(rest)))
    return moments


def drawing(moments: list[int]) -> bytes:
    """Return loudness drawn from left to right, as PNG."""
    from PIL import Image, ImageDraw

    image = Image.new("P", (COLUMNS, HEIGHT), 0)
    image.putpalette([*BACK.to_bytes(3), *FORE.to_bytes(3)])
    draw = ImageDraw.Draw(image)
    middle, most = HEIGHT // 2, max([*moments, 1])
    for column in range(COLUMNS):
        begin = column * len(moments) // COLUMNS
        end = max(begin + 1, (column + 1) * len(moments) // COLUMNS)
        half = max(moments[begin:end], default=0) * (middle - 1) // most
        draw.line((column, middle - half, column, middle + half), fill=1)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
