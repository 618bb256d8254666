"""Files to import, and what is asked of them; a journal that breaks off while one is carried out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portfolio.application.imports.carrying_out import Imports
from portfolio.application.ports import AppendConditions, Busy, Journal, Receipt
from portfolio.domain.kernel import Recorded
from tests.application.stage import ADMINISTRATOR, ASSESSOR, FORM, MIA, PLAN_ID
from tests.domain.world import an_id

ID, SECOND = UUID(int=4711), an_id("a second administrator")
PEOPLE = "name,works for,roles\n"
ENROLMENTS_HEADER = "apprentice,uln,plan id,form id,route,centre ukprn,employer,starts on\n"
MIXED = (
    "record,reference,name,works for,roles,apprentice,uln,plan id,form id,route,centre ukprn,employer,starts on,"
    "enrolment,person,assignment,components\n"
)


def uln(number: int) -> str:
    """Return a valid unique learner number; not every number of nine digits begins one."""
    while True:
        digits = str(100_000_000 + number)
        left = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True))
        if (check := (10 - left) % 11) < 10:
            return f"{digits}{check}"
        number += 1_000_000


def person(name: str = "Zoë Ito", roles: str = "apprentice") -> str:
    return f"{name},employer,{roles}\n"


def enrolment(apprentice: object = MIA, number: str = uln(1), route: str = "LET", starts: str = "01/09/2026") -> str:
    return f"{apprentice},{number},{PLAN_ID},{FORM},{route},10000001,Lantern,{starts}\n"


def mixed(*lines: str) -> bytes:
    return (MIXED + "".join(f"{line}\n" for line in lines)).encode()


ZOE = "person,zoe,Zoë,employer,apprentice"
ZOES = f"enrolment,zoe's,,,,zoe,{uln(2)},{PLAN_ID},{FORM},LET,10000001,Lantern,2026-09-01"
ASSIGNED = f"assignment,,,,,,,,,,,,2026-09-01,zoe's,{ASSESSOR},assessor,"


def faults(imports: Imports, file: str | bytes, left_out: Sequence[int] = ()) -> list[tuple[int, str, str]]:
    content = file if isinstance(file, bytes) else file.encode()
    listed = imports.check(content, ID, ADMINISTRATOR, left_out)
    return [(each.fault.line, each.fault.column, each.fault.code) for each in listed]


class Breaking:
    """A journal that breaks off after so many appends, before or after the last one."""

    def __init__(self, journal: Journal, appends: int, *, after: bool) -> None:
        self._journal, self._left, self._after = journal, appends, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    def append(self, entries: Sequence[Recorded], conditions: AppendConditions) -> Receipt:
        self._left -= 1
        if self._left < 0 and not self._after:
            raise Busy
        receipt = self._journal.append(entries, conditions)
        if self._left < 0:
            raise Busy
        return receipt
