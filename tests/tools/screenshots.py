"""Take a picture of every page of the demo: ``python -m tests.tools.screenshots [FOLDER]``.

Each audience follows the links from its home; of addresses that differ in an id alone one is taken, and the named ones.
Every page is taken on a desk in the light and in the dark, and on a phone. Those of the help and README are taken
again, also where no folder is named for all of them.
"""

import argparse
import io
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from PIL import Image
from playwright.sync_api import Browser, Page

from infra.demo.show import server, signed_out, tell
from infra.demo.stage import Stage
from infra.main import now
from infra.settings import Settings
from infra.signing_in import open_sessions
from portfolio.domain.deployment import LONGEST_TOKEN
from tests.faults.postgres import free_port
from tests.pages.browsing import NARROW, WIDE, chromium

PICTURES = Path(__file__).parents[2] / "api" / "pages" / "static" / "help"
COLOURS = 64
"""As many have the pictures of the help: a page has few, and each is to be small."""


ADDRESS = "each => new URL(each.getAttribute('href'), document.baseURI).href"
"""Where a link leads, also one in a drawing, whose ``href`` is no text."""


class Look(NamedTuple):
    """How a page is looked at."""

    name: str
    width: int
    scheme: Literal["light", "dark"]


DESK, NIGHT, PHONE = Look("desk", WIDE, "light"), Look("dark", WIDE, "dark"), Look("phone", NARROW, "light")

WORTH_SEEING = {
    "zofia": ("/enrolments/{zofia enrolment}", "/evidence/{zofia note}", "/evidence/{zofia draft}"),
    "mia": ("/appeals/{appeal}",),
    "amina": ("/assessments/{idris C1}", "/evidence/{idris photo}"),
    "joan": (
        "/assessments/{zofia C2}",
        *(f"/evidence/{{{name}}}" for name in ("mia log", "mia call", "zofia photo", "zofia film", "zofia account")),
    ),
    "david": (),
    "coach": (),
    "employer": (),
    "quality": (),
    "lead": (),
    "officer": (),
    "appeals": ("/appeals/{zofia appeal}",),
    "chair": ("/appeals/{appeal}", "/appeals/{portfolio appeal}"),
    "administrator": (),
}
"""Who looks, and at which pages beside those that their home leads to."""

IN_HELP = {
    "apprentice": ("zofia", "/", PHONE),
    "outcomes": ("zofia", "/enrolments/{zofia enrolment}", DESK),
    "queue": ("joan", "/queue", DESK),
    "record": ("mia", "/enrolments/{mia enrolment}/record", DESK),
    "attempt": ("joan", "/assessments/{zofia C2}", DESK),
    "item": ("joan", "/evidence/{mia log}", NIGHT),
    "testimony": ("employer", "/enrolments/{idris enrolment}/testimony", DESK),
    "cohort": ("quality", "/cohort", DESK),
    "case": ("chair", "/appeals/{portfolio appeal}", DESK),
    "appeals": ("appeals", "/appeals", DESK),
    "people": ("administrator", "/people", DESK),
    "enrolments": ("administrator", "/enrolments", DESK),
    "programs": ("administrator", "/programs/new?person={administrator}", DESK),
    "oversight": ("lead", "/oversight", DESK),
}
"""By name: who looks at what, and how."""

ONE_OF_MANY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/problems/)[a-z-]+|(?<=/codes/)[A-Z0-9]+|(?<=/)[0-9]+(?=/|$)")
OF_EVERYBODY = ("/problems", "/help", "/v1/docs")
"""Pages that are the same for all: taken once, and no further down than one sees."""
NO_PAGE = re.compile(r"/v1/(?!docs$)|/(content|thumbnail|sign-out)$|/static/|/sign-in")


class Visit:
    """Somebody's browser before the demo."""

    def __init__(self, browser: Browser, address: str, stage: Stage, link: str = "") -> None:
        self.page: Page = browser.new_context(base_url=address, locale="en-GB").new_page()
        self._stage = stage
        if link:
            self.page.goto(link)
            self.page.get_by_role("button", name="Sign in").click()
            self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def goes_to(self, path: str) -> bool:
        """Open a page and return whether it is there for them."""
        address = re.sub(r"\{(.*?)\}", lambda name: self._stage.id(name[1]), path)
        answer = self.page.goto(address, wait_until="load")
        self.page.locator("[data-again]").first.wait_for(state="detached")  # what is being prepared
        return answer is not None and answer.ok

    def leads_to(self) -> Iterator[str]:
        """Yield the pages to which the open one has links, without what they ask for."""
        here = urlsplit(self.page.url)
        for link in self.page.eval_on_selector_all("a[href]:not([download])", f"all => all.map({ADDRESS})"):
            there = urlsplit(link)
            if there.netloc == here.netloc and not NO_PAGE.search(there.path):
                yield there.path

    def picture(self, look: Look, *, whole: bool) -> bytes:
        """Return a picture (PNG) of the open page, or of what is seen of it without scrolling."""
        self.page.emulate_media(color_scheme=look.scheme)
        self.page.set_viewport_size({"width": look.width, "height": 760})
        return self.page.screenshot(full_page=whole)


def every_page(visit: Visit, who: str, folder: Path, of_everybody: set[str]) -> None:
    """Take what somebody's home leads to, and what is worth seeing for them."""
    waiting, seen = ["/", *WORTH_SEEING[who]], {*of_everybody}
    while waiting:
        path = waiting.pop(0)
        kind = ONE_OF_MANY.sub("one", path)
        if kind in seen or not visit.goes_to(path):
            continue
        seen.add(kind)
        for_all = kind.startswith(OF_EVERYBODY)
        of_everybody |= {kind} if for_all else set()
        waiting += visit.leads_to()
        name = re.sub(r"[^a-z0-9]+", "-", f"{who}{kind}".lower()).strip("-")
        for look in (DESK, NIGHT, PHONE):
            (folder / f"{name}-{look.name}.png").write_bytes(visit.picture(look, whole=not for_all))
        print(name)  # noqa: T201 - says how far it is


def small(picture: bytes) -> bytes:
    """Return a picture with few colours."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def main() -> None:
    """Tell the story, serve it, and look."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path, nargs="?")
    folder: Path | None = arguments.parse_args().folder
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings.read(
            {"PORTFOLIO_FOLDER": f"{temporary}/demo", "PORTFOLIO_PORT": str(free_port()), "PORTFOLIO_SCANNER": "none"}
        )
        settings.folder.mkdir()
        stage = tell(settings, print)
        signing_in = open_sessions(settings, now, signed_out(settings))
        with signing_in as sessions, server(settings), chromium() as browser:
            visits = {
                who: Visit(browser, settings.base_url, stage, sessions.issue_link(UUID(stage.id(who)), LONGEST_TOKEN))
                for who in WORTH_SEEING
            }
            for name, (who, path, look) in IN_HELP.items():
                if not visits[who].goes_to(path):
                    sys.exit(f"There is no {path} for {who}.")
                (PICTURES / f"{name}.png").write_bytes(small(visits[who].picture(look, whole=False)))
            if folder is None:
                return
            folder.mkdir(parents=True, exist_ok=True)
            nobody = Visit(browser, settings.base_url, stage)
            nobody.goes_to("/sign-in")
            for look in (DESK, NIGHT, PHONE):
                (folder / f"sign-in-{look.name}.png").write_bytes(nobody.picture(look, whole=True))
            of_everybody: set[str] = set()
            for who, visit in visits.items():
                every_page(visit, who, folder, of_everybody)


if __name__ == "__main__":
    main()
