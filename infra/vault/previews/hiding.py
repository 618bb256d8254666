"""Hiding: how a recipe reads which places it is to leave out, and takes them out of what it has decoded.

It is imported by the recipes, in the child; what cannot be read strictly ends the child, so that nothing is shown.
"""

from math import ceil, floor
from typing import Annotated, Any

import msgspec

Measure = Annotated[float, msgspec.Meta(ge=0)]
Size = Annotated[float, msgspec.Meta(gt=0)]
Times = list[tuple[Measure, Size]]
"""From when until when, in seconds from the start of a recording."""

BLACK = {"L": 0, "RGB": (0, 0, 0), "RGBA": (0, 0, 0, 255), "CMYK": (0, 0, 0, 255)}
"""By the modes of Pillow in which boxes can be filled."""
SAME = 0.01
"""By so much of itself the shape of a page may differ from the one recorded: sizes are rounded."""

PAUSE = 0.1
"""Seconds in which nothing was recorded that are more than times told inexactly."""
MOMENT = 1e-6
"""Seconds that what is shown lasts at least: a file may say that it lasts no time."""


class Area(msgspec.Struct, forbid_unknown_fields=True):
    """A page or a picture of this ``size`` with the boxes hidden of it: left, top, width, height, in the same units."""

    size: tuple[Size, Size]
    boxes: list[tuple[Measure, Measure, Size, Size]]


def areas_of(argument: str) -> tuple[str, dict[int, Area] | None]:
    """Return what a recipe is told beside, and what is hidden of each page or picture, None if it hides nothing."""
    plain, redacted, places = argument.partition("\n")
    return plain, msgspec.json.decode(places, type=dict[int, Area]) if redacted else None


def blacken(image: Any, area: Area, more: int = 0) -> None:
    """Fill the boxes black on an image of all of the page or picture, grown outward to whole pixels and some ``more``.

    One whose colours are of another mode is left as it is: it has to be filled once they are converted.
    """
    across, down = image.width / area.size[0], image.height / area.size[1]
    for x, y, width, height in area.boxes if image.mode in BLACK else ():
        left, top = max(0, floor(x * across) - more), max(0, floor(y * down) - more)
        right = min(image.width, ceil((x + width) * across) + more)
        bottom = min(image.height, ceil((y + height) * down) + more)
        if left < right and top < bottom:
            image.paste(BLACK[image.mode], (left, top, right, bottom))


def require_shape(area: Area, width: float, height: float) -> None:
    """Raise ``ValueError`` if what is shown has another shape than the places were recorded against."""
    recorded = area.size[0] * height
    if abs(recorded - area.size[1] * width) > SAME * recorded:
        raise ValueError("the places were recorded against another shape")


def times_of(argument: str) -> tuple[str, Times]:
    """Return what a recipe is told beside, and which times of the recording are hidden; none if it hides nothing."""
    plain, redacted, places = argument.partition("\n")
    times = msgspec.json.decode(places, type=Times) if redacted else []
    if redacted and (not times or any(start >= end for start, end in times)):
        raise ValueError("no times are hidden")
    return plain, times


def is_hidden(times: Times, begin: float, end: float) -> bool:
    """Tell whether any moment is hidden of what is shown from ``begin`` until ``end``, in seconds."""
    return any(begin < last and first < max(end, begin + MOMENT) for first, last in times)


class Silence:
    """Makes sound silent at hidden times, one frame as it is decoded after the other."""

    def __init__(self, times: Times, begun: float) -> None:
        self._times = times
        self._begun = begun
        self._end = 0.0

    def fall(self, frame: Any) -> float:
        """Make the samples of a frame silent that are heard at hidden times, grown outward to whole samples.

        Returns how many seconds before it nothing was recorded; of the first one, when it begins.
        """
        at = self._end if frame.pts is None else float(frame.pts * frame.time_base) - self._begun
        rate, count = frame.sample_rate, frame.samples
        pause, self._end = at - self._end, max(self._end, at) + count / rate
        for begin, end in self._times:
            quieten(frame, max(0, floor((begin - at) * rate)), min(count, ceil((end - at) * rate)))
        return pause


def quieten(frame: Any, first: int, last: int) -> None:
    """Make the samples of a frame silent from the first up to but without the last."""
    if first >= last:
        return
    frame.make_writable()
    step = frame.format.bytes * (1 if frame.format.is_planar else frame.layout.nb_channels)
    quiet = b"\x80" if frame.format.name in ("u8", "u8p") else b"\0"
    for plane in frame.planes:
        memoryview(plane)[first * step : last * step] = quiet * ((last - first) * step)
