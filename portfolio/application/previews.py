"""Previews: what people look at in place of a file that is large, or that no browser shows.

A preview is a projection of bytes: made of a sealed file by a version of a recipe, kept beside the vault, and made
again whenever it is gone. No fact says anything of it. Its key names the bytes it is of, the places hidden in it and
the recipe, so one of other bytes, of an older recipe, or with other places hidden is never shown. It is made when
somebody first asks, in threads of its own, a bounded number at once, in a confined process; whoever asks meanwhile is
told so and waits in no thread of the server.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from threading import Lock
from typing import IO, Literal
from uuid import UUID

import msgspec

from portfolio.application.hidden import NOT_IN_PLACES, can_be_hidden
from portfolio.application.originals import StoredFile, StoredFileAltered
from portfolio.application.ports import Busy
from portfolio.application.preview_ports import Maker, NotMade, PreviewStore, Why, are_known
from portfolio.application.recipes import (
    DOCUMENT,
    MADE_BY,
    NOT_REDACTED,
    PAGE,
    PARTS_OF,
    PLAYABLE,
    RECORDING,
    Asked,
    Making,
    Part,
    argument_of,
    kind_of,
    making_of,
    type_of,
)
from portfolio.domain.kernel import Rejected, Value

QUICK_AT_ONCE = 2
"""Previews that a process makes at the same time, each in a child of up to 1.25 GB."""
LONG_AT_ONCE = 1
"""Recordings that a process makes playable at the same time, beside those."""
WAITING = 64
"""Previews that are being made or wait for it: more would only wait for longer than anybody looks."""
WAITING_OF_ONE = 8
"""So many of them may be there because one person asked."""

Standing = Literal["made", "being made", "not made yet", "none"]

log = logging.getLogger(__name__)


def no_page(page: int, count: int) -> str:
    """Return why a file of so many pages has no such preview."""
    return f"It has no page {page}: the last one is {count}."


SENTENCES: dict[Why, str] = {  # none leads to the original, which is not for everybody
    "nothing": "This file has nothing of the kind.",
    "too long": "This file takes longer to prepare than one file is given.",
    "too much": "This file takes more memory to prepare than one file is given.",
    "unreadable": "Nothing that can be shown here could be made of this file.",
}

FAILED = "Preparing it did not succeed the last time, for a reason that the operator is told: it is tried again."

ONLY_THE_PICTURE = "Of a page that is redacted there is only the picture."


def never_redacted(asked: Asked) -> str:
    """Return why a part is never made with these places hidden, empty if it is."""
    if asked.part in NOT_REDACTED:
        return ONLY_THE_PICTURE
    return "" if can_be_hidden(asked.media_type, asked.hidden) else NOT_IN_PLACES


def wanted(asked: Asked) -> tuple[Making, str]:
    """Return the run that makes what is asked for, and under which name it then lies."""
    if asked.hidden and (sentence := never_redacted(asked)):
        raise NoPreview(sentence)
    recipe = MADE_BY[asked.part]
    making = making_of(asked.file, asked.media_type, recipe, asked.page, asked.hidden, asked.bounds)
    return making, f"{asked.part}.{asked.page}" if recipe == PAGE else asked.part


class PreviewBeingMade(Busy):
    """This preview is being made: ask again in a moment."""

    def __init__(self, done: float | None = None, *, seconds: int = 1) -> None:
        self.done = done
        self.seconds = seconds
        made = "" if done is None else f" {done:.0%} is done."
        super().__init__(f"This preview is being made.{made} Ask again in {seconds} s.")


class ManyPreviews(Busy):
    """Many previews are being made just now: ask again in a moment."""


class NoPreview(Rejected):
    """This file has no such preview; its other parts are listed with its previews."""


class Preview(Value):
    """A preview to be shown, and of which bytes it is by which recipe; ``mark`` tells it from every other."""

    key: str
    size: int
    mark: str
    media_type: str
    sha256: str
    recipe: str


class State(Value):
    """How it stands with a part: ``made``, ``being made`` (``done`` from 0 to 1), ``not made yet``, or why ``none``."""

    part: Part
    recipe: str
    state: Standing
    done: float | None = None
    sentence: str = ""


class Previews:
    """Finds previews, and has those made that are asked for and are not there; ``still_there`` tells of a file."""

    def __init__(
        self, store: PreviewStore, maker: Maker, read: Callable[[StoredFile, int, int], Iterator[bytes]]
    ) -> None:
        self.store = store
        self.maker = maker
        self._read = read
        self.still_there: Callable[[UUID], bool] = lambda _: True
        self._lock = Lock()
        self._under_way: dict[str, float] = {}
        self._asked_by: dict[str, UUID] = {}
        self._gone: set[UUID] = set()
        self._failed: set[str] = set()
        self._pools = {
            True: ThreadPoolExecutor(LONG_AT_ONCE, "long previews"),
            False: ThreadPoolExecutor(QUICK_AT_ONCE, "previews"),
        }

    def get(self, by: UUID, asked: Asked) -> Preview:
        """Return a preview; raise ``PreviewBeingMade`` if it is not there yet, ``NoPreview`` if there will be none.

        The first who asks, ``by``, has it made.
        """
        state = self.state(asked)
        if state.state == "none":
            raise NoPreview(state.sentence)
        if state.state != "made":
            self.begin(by, asked)
            raise PreviewBeingMade(state.done, seconds=10 if asked.part == "playable" else 1)
        making, name = wanted(asked)
        key = f"{making.folder}/{name}"
        if (kept := self.store.find(key)) is None:
            raise PreviewBeingMade
        return Preview(
            key=key,
            size=kept.size,
            mark=f"{key.replace(f'/{asked.file.sha256}', '').replace('/', '.')}.{kept.mark}",  # no digest of the file
            media_type=type_of(asked.part, asked.media_type),
            sha256=asked.file.sha256,
            recipe=making.recipe.label(),
        )

    def read(self, preview: Preview, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a preview from ``start`` up to but without ``end``."""
        return self.store.read(preview.key, start, end)

    def state(self, asked: Asked) -> State:
        """Return how it stands with a part; nothing is begun by asking."""
        part, page, hidden = asked.part, asked.page, asked.hidden
        if part not in PARTS_OF[kind_of(asked.media_type)]:
            return State(part=part, recipe="", state="none", sentence=SENTENCES["nothing"])
        if hidden and (sentence := never_redacted(asked)):
            return State(part=part, recipe="", state="none", sentence=sentence)
        making, name = wanted(asked)
        if making.pages and (count := self._count(making)) is not None and page > count:
            return State(part=part, recipe="", state="none", sentence=no_page(page, count))
        if self.store.find(f"{making.folder}/{name}"):
            return State(part=part, recipe=making.recipe.label(), state="made")
        if part == "playable" and not hidden and self.plays(asked.file):
            return State(part=part, recipe="", state="none", sentence="Browsers play the original.")
        for needed in self._needed(making):
            if lacking := self.maker.lacks(needed.recipe.name):
                return State(part=part, recipe="", state="none", sentence=lacking)
            if why := self._why_none(needed, name if needed is making else needed.names[0]):
                return State(part=part, recipe="", state="none", sentence=SENTENCES[why])
        going = [done for needed in self._needed(making) if (done := self._done(needed)) is not None]
        if going:
            return State(part=part, recipe=making.recipe.label(), state="being made", done=going[0])
        failed = FAILED if making.key in self._failed else ""
        return State(part=part, recipe=making.recipe.label(), state="not made yet", sentence=failed)

    def is_there(self, asked: Asked) -> bool:
        """Tell whether a part is made: the quickest question."""
        making, name = wanted(asked)
        return self.store.find(f"{making.folder}/{name}") is not None

    def begin(self, by: UUID, asked: Asked) -> None:
        """Have a part made that is not there; raise ``ManyPreviews`` where too many wait, of all or of this person."""
        making, _ = wanted(asked)
        first = next(each for each in self._needed(making) if each is making or not self.store.find(each.asked))
        with self._lock:
            if first.key in self._under_way:
                return
            if len(self._under_way) >= WAITING or [*self._asked_by.values()].count(by) >= WAITING_OF_ONE:
                raise ManyPreviews
            self._under_way[first.key] = 0.0
            self._asked_by[first.key] = by
        self.start(first)

    def prepare(self, by: UUID, asked: Asked) -> None:
        """Have a part made that somebody will ask for, if it can be and there is room."""
        if self.state(asked).state == "not made yet":
            with suppress(ManyPreviews, RuntimeError):  # or the service stops
                self.begin(by, asked)

    def page_count(self, file: StoredFile) -> int | None:
        """Return how many pages a document has, None as long as nobody has counted them."""
        return self._count(making_of(file, "", PAGE))

    def plays(self, file: StoredFile) -> bool | None:
        """Return whether browsers play a recording as it is, None as long as nobody has looked."""
        content = self._small(f"{making_of(file, '', RECORDING).folder}/about")
        return bool(msgspec.json.decode(content)["plays"]) if content else None

    def forget(self, object_id: UUID) -> None:
        """Take away every preview of a file that is gone; what is being made of it now is not kept either."""
        with self._lock:
            self._gone |= {object_id for key in self._under_way if key.startswith(f"{object_id}/")}
        self.store.remove(f"{object_id}/")

    def make(self, making: Making, *, again: bool = False) -> bool:
        """Make what a run gives back, now and in this thread, unless somebody else is at it; tell whether it was done.

        What was asked for is made if any of it is not there, as where a run was killed, or ``again``.
        """
        with self.store.claim(making.key) as tell:
            if tell is None or (not again and are_known(self.store, making.folder, making.asked_for_alone)):
                return False
            given: set[str] = set()

            def keep(name: str, content: IO[bytes]) -> None:
                if name not in making.names:
                    raise NotMade("unreadable")
                if making.file.object_id in self._gone:
                    raise Busy
                self.store.keep(f"{making.folder}/{name}", content)
                given.add(name)

            def progress(done: float) -> None:
                with self._lock:
                    if making.key in self._under_way:
                        self._under_way[making.key] = done
                tell(done)

            try:
                self.maker.make(making.recipe.name, argument_of(making), self._source(making), keep, progress)
                if not making.pages:  # of which the last ones may lie behind the end
                    self._note(making, [name for name in making.names if name not in given], "nothing")
            except NotMade as refusal:
                self._note(making, [name for name in making.asked_for_alone if name not in given], refusal.why)
            finally:
                if not self.still_there(making.file.object_id):  # another process took it away meanwhile
                    self.store.remove(f"{making.file.object_id}/")
        return True

    def close(self) -> None:
        """End what is being made, and begin nothing more."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        self.maker.stop()
        for pool in self._pools.values():
            pool.shutdown()

    def start(self, making: Making) -> None:
        """Let a thread of the previews' own do it."""
        self._pools[making.recipe.name == PLAYABLE.name].submit(self.run, making)

    def run(self, making: Making) -> None:
        """Make what was asked for, and have made what rests on it; what went wrong is left to whoever asks again."""
        by, made, failed = self._asked_by[making.key], False, True
        try:
            made = self.make(making)
            failed = False
        except Rejected as refusal:  # the storage is busy, full or set up wrongly: who asks again begins it again
            log.warning("a preview was not made: %s", type(refusal).__name__)
        except Exception:
            log.exception("a preview was not made")
        finally:
            with self._lock:
                self._failed = {*list(self._failed - {making.key})[:WAITING], *([making.key] if failed else [])}
                self._under_way.pop(making.key, None)
                self._asked_by.pop(making.key, None)
                if not any(key.startswith(f"{making.file.object_id}/") for key in self._under_way):
                    self._gone.discard(making.file.object_id)
        if made and making.recipe == DOCUMENT:
            self.prepare(by, Asked(file=making.file, media_type=making.media_type, part="page"))
        elif made and making.recipe.name == RECORDING.name and (making.hidden or self.plays(making.file) is False):
            playable = Asked(file=making.file, media_type=making.media_type, part="playable", hidden=making.hidden)
            self.prepare(by, playable)

    def _needed(self, making: Making) -> tuple[Making, ...]:
        """Return what has to be made for a run, in order: of a document first the document with pages.

        A redacted one rests on nothing but the original.
        """
        before = {
            PAGE: DOCUMENT if kind_of(making.media_type) == "document" else None,
            PLAYABLE: RECORDING,
        }.get(making.recipe)
        return (making_of(making.file, making.media_type, before), making) if before else (making,)

    def _count(self, making: Making) -> int | None:
        content = self._small(f"{making.folder}/pages")
        return int(content) if content.isdigit() else None

    def _source(self, making: Making) -> Iterator[bytes]:
        """Yield the bytes that a run is given; raise ``StoredFileAltered`` in the end if they are not those sealed."""
        if making.recipe == PAGE and kind_of(making.media_type) == "document":
            yield from self.store.read(f"{making_of(making.file, making.media_type, DOCUMENT).folder}/document")
            return
        digest = hashlib.sha256()
        for chunk in self._read(making.file, 0, making.file.size):
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != making.file.sha256:
            raise StoredFileAltered

    def _note(self, making: Making, names: Iterable[str], why: Why) -> None:
        """Remember that some parts are not to be had, so that nobody tries each time they are asked for."""
        for name in names:
            self.store.keep(f"{making.folder}/{name}.none", BytesIO(why.encode()))

    def _why_none(self, making: Making, name: str) -> Why | None:
        said = self._small(f"{making.folder}/{name}.none").decode()
        return next((why for why in SENTENCES if why == said), None)

    def _small(self, key: str) -> bytes:
        try:
            return b"".join(self.store.read(key))
        except FileNotFoundError:
            return b""

    def _done(self, making: Making) -> float | None:
        with self._lock:
            if making.key in self._under_way:
                return self._under_way[making.key]
        return self.store.progress(making.key)
