"""Checks that are done at once, by whoever waits for them."""

from uuid import UUID

from portfolio.application.checking import Checker, Waiting
from portfolio.domain.kernel import Rejected


class AtOnce:
    """Checks a file when somebody waits for it (``Checking``), in their own thread."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._trouble: dict[UUID, str] = {}

    def wait(self, file: Waiting) -> None:
        self._trouble.pop(file.object_id, None)
        try:
            self._checker.check(file)
        except Rejected as refusal:
            self._trouble[file.object_id] = str(refusal)

    def trouble(self, object_id: UUID) -> str:
        return self._trouble.get(object_id, "")


class Never:
    """Leaves every file waiting, for this reason."""

    def __init__(self, why: str = "") -> None:
        self._why = why

    def wait(self, file: Waiting) -> None:
        pass

    def trouble(self, object_id: UUID) -> str:
        return self._why
