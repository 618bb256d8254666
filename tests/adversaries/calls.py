"""A call: what somebody asks of the service, in the names of the story and in the words of HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace
from typing import Any, TypeVar
from uuid import UUID

from tests.adversaries.story import Story

T = TypeVar("T")


@dataclass
class Call:
    """One request. ``told`` are its particulars in the words of the story, which the model judges."""

    name: str
    by: str
    path: str
    body: dict[str, Any] | None = None
    told: SimpleNamespace = field(default_factory=SimpleNamespace)
    reads: bool = False
    focus: str = ""
    """The enrolment to which kinds of actor are counted."""
    new: str = ""
    """The name of the record that it makes."""
    file: bytes | None = None
    """A file that is sent with it, although what it asks is judged as a question."""
    context_of: str | None = None
    """The attempt whose context is asked for first, so that its hash can be named."""

    @property
    def method(self) -> str:
        return "GET" if self.reads and self.file is None else "POST"


@dataclass
class Scene:
    """Where somebody stands who tries something: the story so far, an enrolment in focus, and chance."""

    story: Story
    ids: dict[str, UUID]
    random: Random
    enrolment: str
    by: str
    plans: Any
    usual: float = 0.75
    """How often the call is as it should be, in each of its particulars."""

    def choose(self, some: Any) -> Any:
        """Return one of these, None if there is none."""
        known = [*some]
        return self.random.choice(known) if known else None

    def often(self, likely: T, *others: T) -> T:
        """Return what is usual, now and then one of the others."""
        return likely if not others or self.random.random() < self.usual else self.random.choice(others)

    def uid(self, name: str) -> str:
        return str(self.ids[name])

    @property
    def apprentice(self) -> str:
        return self.story.apprentice(self.enrolment)

    def new(self, what: str) -> str:
        return f"{what}-{len(self.story.happened)}"

    def item(self) -> Any:
        """Return an item of the enrolment with one of its versions, mostly the newest; None if there is none."""
        items = [*self.story.all("version offered", "record written", enrolment=self.enrolment)]
        return self.choose(items[-6:])

    def attempt(self) -> Any:
        return self.choose(self.story.attempts(self.enrolment)[-4:])

    def decision(self) -> Any:
        decided = [*self.story.all("decided", enrolment=self.enrolment)]
        return self.choose(decided[-3:])

    def appeal(self) -> Any:
        return self.choose(self.story.appeals(self.enrolment)[-2:])


Build = Callable[[Scene], "Call | None"]
TRIES: dict[str, Build] = {}
"""Everything that is tried, by the name of the command or read."""


def a_try(name: str) -> Callable[[Build], Build]:
    """Put a builder into the list of what is tried."""

    def keep(build: Build) -> Build:
        TRIES[name] = build
        return build

    return keep


def command(scene: Scene, name: str, path: str, body: dict[str, Any] | None = None, new: str = "", **told: Any) -> Call:
    """Return a command; ``new`` says which of its particulars names the record that it makes."""
    particulars = {"enrolment": scene.enrolment, **told}
    return Call(
        name,
        scene.by,
        path,
        body,
        SimpleNamespace(**particulars),
        new=str(told[new]) if new else "",
        focus=scene.enrolment,
    )


def read(scene: Scene, name: str, path: str, file: bytes | None = None, **told: Any) -> Call:
    return Call(
        name,
        scene.by,
        path,
        None,
        SimpleNamespace(enrolment=scene.enrolment, **told),
        reads=True,
        file=file,
        focus=scene.enrolment,
    )
