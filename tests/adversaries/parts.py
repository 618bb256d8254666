"""Parts as they were put right: brought to an end earlier, corrected, or taken back."""

from datetime import date
from types import SimpleNamespace
from typing import Any

PUT_RIGHT = ("released", "end brought forward", "part corrected", "part taken back", "taking back confirmed")


def same_part(part: Any, later: Any) -> bool:
    """Tell whether something is about this part, by who has which part and, where it says so, from which day."""
    began = getattr(later, "began", part.since)
    return (part.person, part.part, part.since) == (later.person, later.part, began)


def unmade(part: Any, later: Any) -> bool:
    """Tell whether a part was never held: taken back, and confirmed where it ties somebody."""
    if not same_part(part, later):
        return False
    if later.what == "part taken back":
        return not later.waits and not hasattr(part, "waits")
    return later.what == "taking back confirmed" and hasattr(part, "waits")


def put_right(part: Any, ends: date | None, later: Any) -> tuple[Any, date | None]:
    """Return a part and the day it ends after something that may be about another one."""
    if not same_part(part, later):
        return part, ends
    if later.what == "end brought forward":
        return part, later.ends if ends == later.was else ends
    if later.what == "part corrected" and ends is None:
        new = {name: getattr(later, name) for name in ("since", "components", "form", "place", "day")}
        return SimpleNamespace(**{**vars(part), **new}), ends
    if later.what == "part taken back" and not hasattr(part, "waits"):
        return SimpleNamespace(**vars(part), waits=True), part.since
    return part, ends
