"""A recording as every browser plays it: H.264 and AAC in an MP4 that can be played from its beginning.

What is in codecs that browsers play, and small enough, is only put into another file. Where times are hidden, nothing
is taken over as it is: pictures are black and samples silent before they are encoded.
"""

import io
import os
import resource
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import Any, BinaryIO

from infra.vault.previews import hiding

LIMITS = {
    resource.RLIMIT_AS: 1536 << 20,
    resource.RLIMIT_CPU: 1800,
    resource.RLIMIT_FSIZE: 2 << 30,
}
SIDE = 720
"""Pixels of the shorter side of the film, at most."""
LONGER_SIDE = 1280 * 2
MOST_A_SECOND = 30
"""Pictures a second, at most."""
FINE = 90_000
"""Parts of a second in which moments are told."""
RATE = 48_000
FILM = {
    "crf": "26",
    "preset": "veryfast",
    "profile": "main",
    "threads": "1",
    "bf": "2",
    "g": "120",
    "rc-lookahead": "20",
}
WITHOUT_CAPTIONS = {"a53cc": "0"}
"""What is written into pictures as captions is taken over else, also of those that are hidden."""
BLACK = (16, 128, 128)
SOUND_BITS = 96_000
BUFFER = 1 << 20
DEPTHS = {"yuv420p", "yuvj420p"}


class Written(io.RawIOBase):
    """The file that is being written, read again from a place of its own to move its index to the front."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._place = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read from anywhere."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        piece = os.pread(self._handle, BUFFER if size < 0 else size, self._place)
        self._place += len(piece)
        return piece

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Read on from there."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place}.get(whence)
        self._place = offset + (os.fstat(self._handle).st_size if base is None else base)
        return self._place

    def tell(self) -> int:
        """Return from where it is read on."""
        return self._place


hidden: hiding.Times = []


def load(argument: str) -> None:
    """Import what reads and writes recordings, and use it once; the argument is the media type, and what is hidden."""
    import tempfile

    import av
    import av.error

    av.logging.set_level(None)
    with tempfile.TemporaryFile() as example, tempfile.TemporaryFile(buffering=0) as out:
        with av.open(example, "w", format="matroska") as made:
            film, sound = made.add_stream("mpeg4", 25), made.add_stream("flac", 8000)
            film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
            for number in range(2):
                frame = av.VideoFrame(64, 48, "yuv420p")
                frame.pts = number
                made.mux(film.encode(frame))
            made.mux(film.encode(None))
            heard = av.AudioFrame(format="s16", layout="stereo", samples=4000)
            heard.sample_rate, heard.pts = 8000, 0
            made.mux(sound.encode(heard))
            made.mux(sound.encode(None))
        convert(example, out, lambda _: None)
    _, hidden[:] = hiding.times_of(argument)


def make(file: BinaryIO, out: Any) -> None:
    """Give back the whole recording."""
    convert(file, out.file, out.progress)
    out.written("playable")
    out.progress(1)


def convert(file: BinaryIO, out: Any, progress: Any) -> None:
    """Write the recording in ``file`` to ``out``."""
    import av

    def again(*_: Any) -> Any:
        return Written(out.fileno())

    shape = shape_of(file)
    file.seek(0)
    with (
        av.open(file, "r", metadata_errors="ignore") as recording,
        av.open(out, "w", format="mp4", options={"movflags": "+faststart"}, io_open=again) as made,
    ):
        film, sound = film_of(recording) if shape else None, next(iter(recording.streams.audio), None)
        streams = [each for each in (film, sound) if each is not None]
        begun = (recording.start_time or 0) / av.time_base
        tracks = {each.index: track_of(each, made, shape, begun) for each in streams}
        length = (recording.duration or 0) / av.time_base
        told = 0.0
        for packet in recording.demux(streams):
            for track in (tracks[packet.stream.index],):
                for written in track.take(packet):
                    made.mux(written)
            if packet.pts is not None and packet.time_base is not None:
                now = float(packet.pts * packet.time_base) - begun
                if now - told >= 1:
                    told = now
                    progress(min(now / length, 0.99) if length else 0.5)
        for track in tracks.values():
            for written in track.end():
                made.mux(written)


def film_of(recording: Any) -> Any:
    """Return the film of a recording, None if it has none."""
    import av

    pictures = av.stream.Disposition.attached_pic
    return next((each for each in recording.streams.video if not each.disposition & pictures), None)


def shape_of(file: BinaryIO) -> tuple[int, int] | None:
    """Return width and height of the film as it is shown, None if nothing of one can be decoded."""
    import av

    file.seek(0)
    with av.open(file, "r", metadata_errors="ignore") as recording:
        film = film_of(recording)
        if film is None:
            return None
        film.thread_type, film.thread_count = "NONE", 1
        for packet in recording.demux(film):
            try:
                for frame in packet.decode():
                    size = frame.width, frame.height
                    return size if turned(frame) % 180 == 0 else (size[1], size[0])
            except av.error.FFmpegError:
                continue
    return None


def turned(frame: Any) -> int:
    """Return by how many degrees a picture is to be turned to the left, to be upright."""
    return round(getattr(frame, "rotation", 0) / 90) * 90 % 360


def track_of(stream: Any, made: Any, shape: Any, begun: float) -> Any:
    """Return what brings a stream into the new file; ``begun`` is when the recording begins, in seconds."""
    context = stream.codec_context
    if stream.type == "audio":
        fits = context.name == "aac" and context.sample_rate <= RATE
        return Copied(stream, made, begun) if fits and not hidden else Sound(stream, made, begun)
    fits = context.name == "h264" and context.pix_fmt in DEPTHS and min(context.width, context.height) <= SIDE
    return Copied(stream, made, begun) if fits and not hidden else Film(stream, made, begun, shape)


class Copied:
    """A track that is taken over as it is."""

    def __init__(self, stream: Any, made: Any, begun: float) -> None:
        self._track = made.add_stream_from_template(stream)
        self._begun = begun

    def take(self, packet: Any) -> Any:
        """Yield the packet, counted from the beginning."""
        if packet.dts is None or packet.size == 0:
            return
        shift = round(self._begun / packet.time_base)
        packet.pts = (packet.dts if packet.pts is None else packet.pts) - shift
        packet.dts -= shift
        packet.stream = self._track
        yield packet

    def end(self) -> Any:
        """Yield what is left: nothing."""
        return ()


class Film:
    """Film that is made small, upright and in colours of eight bits, and black as long as it is hidden.

    A picture is encoded when it is known until when it is shown.
    """

    def __init__(self, stream: Any, made: Any, begun: float, shape: tuple[int, int]) -> None:
        self._begun = begun
        stream.thread_type, stream.thread_count = "NONE", 1
        rate, options = stream.average_rate or Fraction(25), FILM | (WITHOUT_CAPTIONS if hidden else {})
        self._track = made.add_stream("libx264", rate=min(Fraction(MOST_A_SECOND), rate), options=options)
        self._track.codec_context.time_base = Fraction(1, FINE)
        self._track.pix_fmt = "yuv420p"
        ratio = min(1, SIDE / min(shape), LONGER_SIDE / max(shape))
        self._size = tuple(max(2, round(side * ratio) // 2 * 2) for side in shape)
        self._track.width, self._track.height = self._size
        self._graph: Any = None
        self._of: Any = None
        self._last = -FINE // MOST_A_SECOND
        self._held: Any = None
        self._since = 0.0

    def take(self, packet: Any) -> Any:
        """Yield packets of what the packet shows."""
        import av

        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            return
        for frame in frames:
            if frame.pts is None:
                continue
            moment = round((float(frame.pts * frame.time_base) - self._begun) * FINE)
            if moment - self._last < FINE * 0.9 / MOST_A_SECOND:
                continue
            self._last = moment
            yield from self._encoded(moment)
            self._held = self._shown(frame)
            self._held.pts, self._held.time_base = max(moment, 0), Fraction(1, FINE)
            self._held.pict_type = 0

    def end(self) -> Any:
        """Yield the last picture, and what the encoder still holds."""
        if self._held is not None:
            yield from self._encoded(inf)
            yield from self._track.encode(None)

    def _encoded(self, until: float) -> Any:
        """Yield packets of the picture that is shown until then; the first one is shown from the beginning."""
        if self._held is None:
            return
        picture = self._held
        if hiding.is_hidden(hidden, self._since / FINE, until / FINE):
            picture = black(*self._size)
            picture.pts, picture.time_base = self._held.pts, self._held.time_base
        self._since = until
        yield from self._track.encode(picture)

    def _shown(self, frame: Any) -> Any:
        """Return a picture as it is shown, of the size that the film has."""
        import av.filter

        of = (frame.width, frame.height, frame.format.name, turned(frame))
        if of != self._of:
            graph = av.filter.Graph()
            graph.threads = 1
            steps = [graph.add_buffer(width=of[0], height=of[1], format=of[2], time_base=Fraction(1, FINE))]
            steps += [graph.add("transpose", "cclock") for _ in range(of[3] // 90)]
            steps.append(graph.add("scale", f"{self._size[0]}:{self._size[1]}"))
            steps.append(graph.add("format", "yuv420p"))
            steps.append(graph.add("buffersink"))
            for before, after in pairwise(steps):
                before.link_to(after)
            graph.configure()
            self._graph, self._of = graph, of
        frame.pts, frame.time_base = 0, Fraction(1, FINE)
        self._graph.push(frame)
        return self._graph.pull()


def black(width: int, height: int) -> Any:
    """Return a black picture."""
    import av

    picture = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(picture.planes, BLACK, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return picture


class Sound:
    """Sound in one or two channels, silent as long as it is hidden."""

    def __init__(self, stream: Any, made: Any, begun: float) -> None:
        import av

        self._silence = hiding.Silence(hidden, begun)
        stream.thread_type, stream.thread_count = "NONE", 1
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        self._track = made.add_stream("aac", rate=RATE, layout=layout)
        self._track.bit_rate = SOUND_BITS
        self._resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE, frame_size=1024)
        self._next: int | None = None

    def take(self, packet: Any) -> Any:
        """Yield packets of what is heard."""
        import av

        try:
            for frame in packet.decode():
                pause = self._silence.fall(frame)
                if self._next is None:
                    self._next = max(0, round(pause * RATE))
                elif pause > hiding.PAUSE:
                    yield from self._nothing(frame, pause)
                frame.pts = None
                yield from self._encoded(self._resampler.resample(frame))
        except av.error.FFmpegError:
            return

    def end(self) -> Any:
        """Yield what resampler and encoder still hold."""
        if self._next is not None:
            yield from self._encoded(self._resampler.resample(None))
            yield from self._track.encode(None)

    def _nothing(self, like: Any, seconds: float) -> Any:
        """Yield packets of so many seconds in which nothing was recorded; the resampler takes frames of one kind."""
        import av

        left = round(seconds * like.sample_rate)
        while left > 0:
            frame = av.AudioFrame(like.format.name, like.layout.name, min(left, like.sample_rate))
            frame.sample_rate = like.sample_rate
            hiding.quieten(frame, 0, frame.samples)
            left -= frame.samples
            yield from self._encoded(self._resampler.resample(frame))

    def _encoded(self, frames: Any) -> Any:
        for frame in frames:
            frame.pts, frame.time_base = self._next, Fraction(1, RATE)
            self._next += frame.samples
            yield from self._track.encode(frame)
