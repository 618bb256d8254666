"""Debian's Firefox, driven as a Chromium is: it stands wherever a journey is given a driver."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.api.world import World
from tests.pages.browsing import NARROW
from tests.pages.drivers import Driver, Role
from tests.patience import PATIENCE

FIREFOX = Path("/usr/bin/firefox-esr")
HERE = Path(__file__).parent
NODE = shutil.which("node") or ""
MISSING = not (FIREFOX.exists() and NODE and (HERE / "node_modules").is_dir())
WHY = "needs Firefox, Node and what drives the one from the other: make firefox"


class InFirefox(Driver):
    """Does in Firefox what other drivers do in Chromium; nothing of theirs is used."""

    def __init__(self, process: "subprocess.Popen[str]", world: World, address: str) -> None:
        self.acts = 0
        self._process = process
        self._world = world
        self._address = address

    def __repr__(self) -> str:
        return "Firefox"

    def does(self, act: str, **what: Any) -> Any:
        """Return what an act is answered."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps({'act': act, **what})}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "Firefox has ended"
        answer = json.loads(line)
        assert "fault" not in answer, answer["fault"]
        return answer.get("answer")

    def sits(self, person: str, *, width: int = NARROW) -> None:
        """Let a person sit down before it, signed in."""
        sessions = self._world.app.extensions["portfolio"].sessions
        session = sessions.open(sessions.issue_link(self._world[person]).partition("code=")[2])
        self.does("sit", session=session, host=urlsplit(self._address).hostname, width=width)

    def goes(self, path: str) -> int:
        """Open a page, by its path with names of the world in it, and return its status."""
        self._world.reads.settle()
        return int(self.does("go", address=f"{self._address}{self._world.root}{path.format_map(self._world.ids)}"))

    def use(self, role: Role, name: str) -> None:
        """See ``Driver.use``; another page follows."""
        self.acts += 1
        self.does("use", role=role, name=name)

    def stays(self, name: str) -> None:
        """Press a button that leads to no other page."""
        self.acts += 1
        self.does("click", role="button", name=name)

    def write(self, name: str, text: str) -> None:
        """See ``Driver.write``."""
        self.acts += 1
        self.does("write", name=name, text=text)

    def write_day(self, name: str, day: str) -> None:
        """See ``Driver.write_day``."""
        self.acts += 1
        self.does("fill", name=name, text=day)

    def tick(self, name: str) -> None:
        """See ``Driver.tick``."""
        self.acts += 1
        self.does("check", role="checkbox", name=name)

    def choose(self, name: str) -> None:
        """See ``Driver.choose``."""
        self.acts += 1
        self.does("check", role="radio", name=name)

    def reads(self, text: str) -> None:
        """See ``Driver.reads``."""
        self.does("reads", text=text)


@contextmanager
def firefox(world: World, address: str) -> Iterator[InFirefox]:
    """Give a Firefox before a world that is served at this address."""
    command = [NODE, str(HERE / "drive.mjs"), str(FIREFOX), str(1000 * PATIENCE)]
    with subprocess.Popen(  # noqa: S603 - our own script
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield InFirefox(process, world, address)
