"""Redacted previews of recordings: black and silent at the hidden times, else as they are, and nothing beside."""

import io
import math
from array import array
from fractions import Fraction
from typing import Any

import av
import pytest
from PIL import Image

from portfolio.application.originals import StoredFile
from portfolio.application.preview_ports import NotMade
from portfolio.application.recipes import PLAYABLE, RECORDING, Recipe, argument_of, making_of
from portfolio.domain.evidence.selector import TimeRange
from tests.domain.world import an_id
from tests.infra.vault.previews.recordings import RATE, fill, film
from tests.infra.vault.previews.test_recipes import ink, made

Times = list[tuple[float, float]]

FROM_A_SECOND_ON: Times = [(0.9, 1.31), (1.6, 1.75)]
"""Of what ``film`` makes the second half is loud."""
AROUND = 0.045
"""Seconds beside an edge in which AAC may sound of what is heard before or after it."""


def redacted(recipe: Recipe, media_type: str, content: bytes, times: Times) -> dict[str, bytes]:
    """Return what is made of a recording with these times hidden."""
    file = StoredFile(object_id=an_id("file"), sha256="0" * 64, size=len(content))
    hidden = tuple(TimeRange(start=start, end=end) for start, end in times)
    making = making_of(file, media_type, recipe, hidden=hidden)
    return made(making.recipe.name, argument_of(making), content)


def pictures(content: bytes) -> list[tuple[float, int, int]]:
    """Return of each picture of a film when it is shown, its darkest and its brightest value."""
    with av.open(io.BytesIO(content), "r") as recording:
        shown = []
        for frame in recording.decode(video=0):
            image: Any = frame.reformat(format="gray")
            levels = image.to_image().convert("L").getextrema()
            shown.append((moment_of(frame), int(levels[0]), int(levels[1])))
        return shown


def moment_of(frame: Any) -> float:
    """Return when a frame is shown or begins to be heard, in seconds."""
    return float(frame.pts * frame.time_base)


def loud(content: bytes, moment: float = 0.005) -> list[tuple[float, float]]:
    """Return the loudness of each moment of the sound, with when it begins."""
    with av.open(io.BytesIO(content), "r") as recording:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        samples, begun = array("h"), None
        for frame in recording.decode(audio=0):
            begun = moment_of(frame) if begun is None else begun
            for each in resampler.resample(frame):
                samples.frombytes(bytes(each.planes[0])[: each.samples * 2])
    count = int(RATE * moment)
    levels = (max(map(abs, samples[at : at + count])) for at in range(0, len(samples), count))
    return [((begun or 0) + number * moment, level / 12_000) for number, level in enumerate(levels)]


def check_film(content: bytes, times: Times, seconds: float = 2.0) -> None:
    """Insist that all pictures are black that are shown at one of the times, and that the others are as they were."""
    shown = pictures(content)
    ends = [*(begin for begin, *_ in shown[1:]), math.inf]
    for (begin, darkest, brightest), end in zip(shown, ends, strict=True):
        if any(begin < last and first < end for first, last in times):
            assert brightest < 12, begin
        else:
            assert brightest > 220, begin
            assert darkest < 35, begin
    assert math.isclose(shown[0][0], 0, abs_tol=0.05)
    assert math.isclose(shown[-1][0], seconds, abs_tol=0.1)


def check_sound(content: bytes, times: Times) -> None:
    """Insist that it is silent at the times, and else in the first second; the rest is loud."""
    levels = loud(content)
    assert levels[0][0] < AROUND
    assert levels[-1][0] > 2 - AROUND
    for begin, level in levels:
        end = begin + 0.005
        if any(first + AROUND < begin and end < last - AROUND for first, last in times) or end < 1 - AROUND:
            assert level < 0.02, begin
        if begin > 1 + AROUND and end < 2 - AROUND and all(end < a - AROUND or b + AROUND < begin for a, b in times):
            assert level > 0.5, begin


def check_bare(content: bytes) -> None:
    """Insist that there is one film and one sound at most, and nothing that was written about them."""
    with av.open(io.BytesIO(content), "r") as recording:
        assert {stream.type for stream in recording.streams} <= {"video", "audio"}
        assert len(recording.streams.video) <= 1
        assert len(recording.streams.audio) <= 1
        assert recording.metadata.keys() <= {"major_brand", "minor_version", "compatible_brands", "encoder"}
        for stream in recording.streams:
            assert stream.metadata.keys() <= {"language", "handler_name", "vendor_id", "encoder"}
            assert stream.metadata["language"] == "und"
        assert recording.chapters() == []
    assert b"Secret" not in content


@pytest.mark.parametrize(
    "times",
    [FROM_A_SECOND_ON, [(0, 0.3), (1.5, 2.1)], [(1.2, 1.205)], [(0, 3)]],
    ids=["within", "edges", "short", "all"],
)
@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("video/mp4", film()),
        ("video/quicktime", film("libx265", "mov")),
        ("video/webm", film("libvpx-vp9", "webm", "libopus")),
    ],
    ids=["MP4", "MOV", "WEBM"],
)
def test_film_is_black_and_silent_at_the_times_and_as_it_was_at_all_others(
    media_type: str, content: bytes, times: Times
) -> None:
    parts = redacted(PLAYABLE, media_type, content, times)
    assert parts.keys() == {"playable"}
    check_film(parts["playable"], times)
    check_sound(parts["playable"], times)
    check_bare(parts["playable"])


@pytest.mark.parametrize(
    ("media_type", "container", "codec"),
    [
        ("audio/mp4", "ipod", "aac"),
        ("audio/mpeg", "mp3", "libmp3lame"),
        ("audio/wav", "wav", "pcm_u8"),
        ("audio/ogg", "ogg", "libopus"),
        ("audio/flac", "flac", "flac"),
    ],
)
def test_sound_alone_is_silent_at_the_times(media_type: str, container: str, codec: str) -> None:
    content = film("", container, codec)
    playable = redacted(PLAYABLE, media_type, content, FROM_A_SECOND_ON)["playable"]
    check_sound(playable, FROM_A_SECOND_ON)
    check_bare(playable)
    parts = redacted(RECORDING, media_type, content, FROM_A_SECOND_ON)
    assert parts.keys() == {"waveform"}


def test_the_drawing_is_flat_where_nothing_may_be_heard_and_the_picture_is_of_another_time() -> None:
    plain = made("recording", "video/mp4", film())
    parts = redacted(RECORDING, "video/mp4", film(), [(0.5, 1.5)])
    assert parts.keys() == {"poster", "waveform"}
    before, drawn = (Image.open(io.BytesIO(each["waveform"])).convert("L") for each in (plain, parts))
    assert ink(before, 510, 720) > 10 * ink(drawn, 510, 720)
    assert ink(drawn, 780, 950) == ink(before, 780, 950)
    assert brightest(parts["poster"]) > 220


def brightest(content: bytes) -> int:
    extrema: Any = Image.open(io.BytesIO(content)).convert("L").getextrema()
    return int(extrema[1])


def test_the_picture_is_black_where_every_time_is_hidden() -> None:
    poster = redacted(RECORDING, "video/mp4", film(), [(0, 1.2), (1.1, 2.1)])["poster"]
    assert Image.open(io.BytesIO(poster)).size == (160, 90)
    assert brightest(poster) < 12


@pytest.mark.parametrize("hidden", [(0.0, 1.9), (0.1, 9.0), (0.0, 3.9)])
def test_the_picture_is_never_of_a_hidden_time(hidden: tuple[float, float]) -> None:
    content = made_of(lambda at: 235 if hidden[0] <= at < hidden[1] else 80, seconds=4)
    poster = redacted(RECORDING, "video/webm", content, [hidden])["poster"]
    assert 50 < brightest(poster) < 110


def made_of(
    shade: Any,
    *,
    secret: int = 0,
    hidden: Times | None = None,
    seconds: int = 2,
    begun: float = 0,
    rate: int = 25,
    pause: Times | None = None,
) -> bytes:
    """Return a recording without loss: pictures of a shade and a tone, both by the time, and a secret where hidden.

    In a ``pause`` no sound was recorded.
    """
    out = io.BytesIO()
    times = hidden or []
    with av.open(out, "w", format="matroska") as recording:
        recording.metadata["title"] = "Secret title"
        picture: Any = recording.add_stream("ffv1", rate)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        heard: Any = recording.add_stream("flac", RATE, layout="mono")
        for number in range(seconds * rate):
            frame = av.VideoFrame(64, 48, "yuv420p")
            at, end = number / rate, (number + 1) / rate
            value = secret if any(at < last and first < end for first, last in times) and secret else shade(at)
            for plane, level in zip(frame.planes, (value, 128, 128), strict=True):
                fill(plane, bytes([level]) * plane.width, plane.height)
            frame.pts, frame.time_base = round(number + begun * rate), Fraction(1, rate)
            recording.mux(picture.encode(frame))
        recording.mux(picture.encode(None))
        samples = array("h", (round(9_000 * math.sin(at / 8)) for at in range(seconds * RATE)))
        for first, last in times if secret else ():
            for at in range(math.floor(first * RATE), min(len(samples), math.ceil(last * RATE))):
                samples[at] = secret * 100 * (1 if at % 7 else -1)
        frames = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
        frames.planes[0].update(samples.tobytes())
        frames.sample_rate, frames.pts, frames.time_base = RATE, round(begun * RATE), Fraction(1, RATE)
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE, frame_size=1000)
        pieces = [*resampler.resample(frames), *resampler.resample(None)]
        packets = [packet for each in [*pieces, None] for packet in heard.encode(each)]
        paused = [any(first <= moment_of(packet) < last for first, last in pause or []) for packet in packets]
        recording.mux([packet for packet, left_out in zip(packets, paused, strict=True) if not left_out])
    return out.getvalue()


def test_sound_after_a_pause_is_heard_when_it_was_recorded_and_hidden_then() -> None:
    content = made_of(lambda _: 80, pause=[(0.5, 1.0)], seconds=3)
    plain = made("playable", "video/webm", content)["playable"]
    hidden = redacted(PLAYABLE, "video/webm", content, [(1.5, 2.0)])["playable"]
    for playable, silent in ((plain, [(0.5, 1.0)]), (hidden, [(0.5, 1.0), (1.5, 2.0)])):
        for begin, level in loud(playable):
            if any(first + AROUND < begin < last - AROUND for first, last in silent):
                assert level < 0.02, begin
            elif begin < 2.9 and not any(first - AROUND < begin < last + AROUND for first, last in silent):
                assert level > 0.4, begin
    drawn = Image.open(io.BytesIO(redacted(RECORDING, "video/webm", content, [(1.5, 2.0)])["waveform"])).convert("L")
    for left, right in ((180, 320), (510, 650)):
        assert 10 * ink(drawn, left, right) < ink(drawn, 350, 490)


@pytest.mark.parametrize("rate", [25, 60])
@pytest.mark.parametrize("times", [[(0.50001, 0.61003), (1.333, 1.5)], [(0.0, 0.016)], [(1.9871, 2.0)]])
def test_what_is_hidden_makes_no_difference_to_any_byte(times: Times, rate: int) -> None:
    def shade(at: float) -> int:
        return 100 + round(at * 50)

    contents = [made_of(shade, secret=secret, hidden=times, rate=rate) for secret in (0, 90, 200)]
    assert len(set(contents)) == 3
    for recipe in (PLAYABLE, RECORDING):
        one, *others = (redacted(recipe, "video/webm", content, times) for content in contents)
        assert all(other == one for other in others)


def test_times_are_counted_from_the_beginning_of_the_recording() -> None:
    times = [(0.5, 1.0)]
    content = made_of(lambda at: 235 if 0.5 <= at < 1 else 80, begun=5)
    playable = redacted(PLAYABLE, "video/webm", content, times)["playable"]
    for begin, _, most in pictures(playable):
        assert most < 12 if 0.48 <= begin < 0.999 else 50 < most < 110, begin
    levels = loud(playable)
    assert levels[0][0] < AROUND
    for begin, level in levels:
        if 0.5 + AROUND < begin < 1 - AROUND:
            assert level < 0.02
        if begin < 0.5 - AROUND or 1 + AROUND < begin < 2 - AROUND:
            assert level > 0.4
    check_bare(playable)


@pytest.mark.parametrize(
    "told", ["", "[]", "null", "{}", "[[1]]", "[[-1, 2]]", "[[2, 1]]", "[[1, 1]]", "[[1, null]]", '[["1", 2]]']
)
@pytest.mark.parametrize("recipe", ["recording", "playable"])
def test_times_that_cannot_be_read_strictly_show_nothing(recipe: str, told: str) -> None:
    with pytest.raises(NotMade, match="unreadable"):
        made(recipe, f"video/mp4\n{told}", film())
