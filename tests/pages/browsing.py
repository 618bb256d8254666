"""A real browser before the real service: one page a person, everything it complains of kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Literal, get_args

from playwright.sync_api import Browser, Page, Request, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.api.world import World
from tests.patience import PATIENCE
from tests.soak import SOAK

CHROMIUM = "/usr/bin/chromium"
QUIETLY = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
)
WIDE, NARROW, NARROWEST = 1100, 390, 320
"""A desk, a phone, and the smallest phone, which is also a desk of 1,280 at four times the size (WCAG 1.4.10)."""
Scheme = Literal["light", "dark"]
LOOKS: list[tuple[int, Scheme]] = (
    [*product((WIDE, NARROW, NARROWEST), get_args(Scheme))]
    if SOAK > 1
    else [(WIDE, "light"), (NARROW, "dark"), (NARROWEST, "light")]
)
"""How a page is looked at: each width and each scheme once, and in `make soak` each width in each scheme."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Silent(WSGIRequestHandler):
    """Says nothing on the terminal."""

    def log(self, *_: object) -> None:
        pass


@contextmanager
def serving(world: World, port: int = 0) -> Iterator[str]:
    """Serve a world on loopback and give its address; it answers one request after the other."""
    turn, answer = Lock(), world.app.wsgi_app

    def in_turn(environ: Any, start: Callable[..., Any]) -> Any:
        with turn:
            return answer(environ, start)

    server = make_server("127.0.0.1", port, in_turn, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIETLY))
        yield browser
        browser.close()


@dataclass
class Desk:
    """A browser and an address; ``complaints`` are what the browser wrote to its console and what it could not get."""

    browser: Browser
    world: World
    address: str
    complaints: list[str] = field(default_factory=list)

    def sits(self, person: str, *, width: int = WIDE, **options: Any) -> Page:
        """Return a page of a new browser in which this person is signed in."""
        sessions = self.world.app.extensions["portfolio"].sessions
        code = sessions.issue_link(self.world[person]).partition("code=")[2]
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, base_url=self.address, locale="en-GB", **options
        )
        context.add_cookies([{"name": "portfolio", "value": sessions.open(code), "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self._failed)
        return page

    def _failed(self, request: Request) -> None:
        """Keep what the browser could not get, but not what it gave up because it went on to another page."""
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(request.url)

    def path(self, path: str) -> str:
        """Return a whole path with the ids of the world filled in, with everything so far shown."""
        self.world.reads.settle()
        return f"{self.world.root}{path.format_map(self.world.ids)}"


@contextmanager
def desk_before(browser: Browser, world: World, *, port: int = 0, address: str = "") -> Iterator[Desk]:
    """Give a desk before a world that is served, at another ``address`` if one stands between; all leave in the end."""
    with serving(world, port) as served:
        yield Desk(browser, world, address or served)
        for context in browser.contexts:
            context.close()


@cache
def axe() -> str:
    return (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")


def barriers(page: Page, within: str = "html", rules: list[str] | None = None) -> list[str]:
    """Return what axe finds wrong in a page: the rule, and the elements that break it."""
    chosen: dict[str, Any] = (
        {"type": "rule", "values": rules} if rules is not None else {"type": "tag", "values": RULES}
    )
    page.evaluate(axe())
    report = page.evaluate(
        "([within, chosen]) => axe.run(within, {runOnly: chosen, resultTypes: ['violations']})", [within, chosen]
    )
    return [
        f"{each['id']}: {' | '.join(node['html'][:120] + str(node.get('any', ''))[:300] for node in each['nodes'])}"
        for each in report["violations"]
    ]
