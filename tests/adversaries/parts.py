"""Parts as they were put right: brought to an end earlier, corrected, or taken back."""

from datetime import date
from types import SimpleNamespace
from typing import Any

PUT_RIGHT = ("released", "end brought forward", "part corrected", "part taken back", "taking back confirmed")


def same_part(part: Any, later: Any) -> bool:
    """Tell whether something is about this part, by who has which part and, where it says so, from which day."""
    began = getattr(later, "began", part.since)
    return (part.person, part.part, part.since) == (later.person, later.part, began)


def all_put_right(held: list[tuple[Any, date | None]], later: Any) -> list[tuple[Any, date | None]]:
    """Return parts, each with the day it ends, after a correction: of several that began on its day it is the last."""
    theirs = [part for part, _ in held if same_part(part, later) and not hasattr(part, "waits")]
    meant = theirs[-1] if theirs else None
    return [put_right(part, ends, later, meant) for part, ends in held if not unmade(part, later, meant)]


def unmade(part: Any, later: Any, meant: Any) -> bool:
    """Tell whether a part was never held: taken back, and confirmed where it ties somebody."""
    if later.what == "part taken back":
        return not later.waits and part is meant
    return later.what == "taking back confirmed" and same_part(part, later) and hasattr(part, "waits")


def put_right(part: Any, ends: date | None, later: Any, meant: Any) -> tuple[Any, date | None]:
    """Return a part and the day it ends after something that may be about another one."""
    if later.what == "end brought forward" and same_part(part, later) and not hasattr(part, "waits"):
        return part, later.ends if ends == later.was else ends
    if later.what == "part corrected" and part is meant:
        new = {name: getattr(later, name) for name in ("since", "components", "form", "place", "day")}
        return SimpleNamespace(**{**vars(part), **new}), ends
    if later.what == "part taken back" and part is meant:
        return SimpleNamespace(**vars(part), waits=True), part.since
    return part, ends
