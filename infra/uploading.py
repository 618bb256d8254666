"""Brings files over to a server as a program that has signed in, in parts; what broke off goes on where it was."""

import hashlib
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4, uuid5

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from infra.demo.client import Client, Refused, Send, Unreachable
from infra.errors import OperatorError
from portfolio.application.ports import Clock
from portfolio.application.program_sign_in import ASSERTION_ALGORITHMS

BY_KEY = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AGAIN = timedelta(minutes=8)
"""A token is good for ten minutes: after so long another one is asked for."""
ASSERTION = timedelta(minutes=1)
WAITS, PATIENCE_SECONDS, LONGEST_WAIT_SECONDS = 60, 5, 600
"""How often is waited where the server asks for that, or answers no more; how long each time if it does not say, and at
the longest."""
TRY_LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
ALTERED = 3
"""How often a part is sent that arrives otherwise than it was sent."""

Say = Callable[[str], object]


class UploadFault(OperatorError):
    """A file cannot be brought over; the message says why, and the way out."""


class NotLetIn(OperatorError):
    """The program cannot sign in, so that no file can be brought over; the message says why, and the way out."""


@dataclass(frozen=True)
class Credential:
    """With what a program signs in: its own id, and the private half of a key, or a secret."""

    program: UUID
    key: bytes = b""
    secret: str = ""

    def form(self, audience: str, now: datetime) -> dict[str, str]:
        """Return what shows a server which program asks; raise ``NotLetIn`` for what is no key."""
        if not self.key:
            return {"client_id": str(self.program), "client_secret": self.secret}
        key, algorithm = self._read()
        claims = {
            "iss": str(self.program),
            "sub": str(self.program),
            "aud": audience,
            "exp": int((now + ASSERTION).timestamp()),
            "jti": uuid4().hex,
        }
        header = {"alg": algorithm, "kid": key.thumbprint()}
        signed = jwt.encode(header, claims, key, algorithms=[algorithm])
        return {"client_assertion_type": BY_KEY, "client_assertion": signed}

    def _read(self) -> tuple[OKPKey | ECKey, str]:
        for kind in (OKPKey, ECKey):
            try:
                key = kind.import_key(self.key)
                return key, ASSERTION_ALGORITHMS[key.curve_name]  # type: ignore[index]  # or it is none of ours
            except (JoseError, ValueError, KeyError, TypeError):
                continue
        raise NotLetIn("This is no private key on the curve Ed25519 or P-256, as PEM: name the file that holds it.")


@dataclass
class Uploader:
    """Brings files over to one enrolment; ``say`` is told how far it is."""

    server: str
    credential: Credential
    enrolment: UUID
    say: Say
    now: Clock
    send: Send | None = None
    wait: Callable[[float], object] = time.sleep
    _client: Client | None = field(default=None, init=False)
    _since: datetime | None = field(default=None, init=False)

    def bring(self, path: Path) -> str:
        """Bring one file over, or what is left of it, and return what became of it.

        Raises ``Refused`` or ``UploadFault`` if this file is not taken, ``NotLetIn`` or ``Unreachable`` if none is.
        """
        digest, size = _measured(path)
        item = self._offered(path, digest, size)
        try:
            sums = self._parts_sent(path, item)
        except Refused as refused:
            if refused.code == "evidence-version-fixed":
                return self._became(item)
            if refused.status == HTTPStatus.NOT_FOUND:
                return (
                    "was brought over before, and is no draft of this program any more: whoever may see it finds what "
                    "became of it, and under another name it can be brought over again"
                )
            raise
        body = {"version": 1, "digests": sums}
        answer = self._ask(lambda client: client.post(f"/v1/evidence/{item}/upload", body))
        return "is there, checked" if answer["stage"] == "sealed" else "is all there and waits to be checked"

    def _became(self, item: UUID) -> str:
        """Return what became of a file that was all there before."""
        version = self._ask(lambda client: client.get(f"/v1/evidence/{item}"))["versions"][0]
        if version["stage"] == "refused":
            raise UploadFault(f"It was brought over before and not taken: {version['why']}")
        return "is there already" if version["stage"] == "sealed" else "is there already and waits to be checked"

    def _offered(self, path: Path, digest: str, size: int) -> UUID:
        """Return the item of a file: the same file is announced once, however often that is tried."""
        body = {
            "enrolment_id": str(self.enrolment),
            "title": path.stem,
            "filename": path.name,
            "media_type": "",
            "size": size,
            "sha256": digest,
        }
        once = str(uuid5(self.enrolment, f"{self.credential.program} {path.name} {digest}"))
        return UUID(self._ask(lambda client: client.post("/v1/evidence", body, key=once))["id"])

    def _parts_sent(self, path: Path, item: UUID) -> list[str]:
        """Put every part that has not arrived; return the SHA-256 of each, with which those that came are compared."""
        while True:
            places = self._ask(lambda client: client.get(f"/v1/evidence/{item}/upload", version=1))
            sums = list(_digests(path, places["part_size"]))
            for held in places["held"]:
                if held["sha256"] not in ("", sums[held["number"] - 1]):
                    raise UploadFault(
                        f"Part {held['number']} is not there as it was sent: bring the file over under another name, "
                        "and ask the apprentice to throw away the draft that was begun."
                    )
            if not places["parts"]:
                return sums
            arrived = len(places["held"])
            for part in places["parts"]:
                try:
                    self._put(path, part, places["part_size"], sums[part["number"] - 1])
                except Refused as refused:
                    if refused.code != "upload-url-expired":
                        raise
                    break  # and ask for addresses that are good again
                arrived += 1
                self.say(f"{path.name}: {arrived} of {len(sums)} parts")

    def _put(self, path: Path, part: dict[str, Any], size: int, digest: str) -> None:
        site = urlsplit(part["url"])
        with path.open("rb") as opened:
            opened.seek((part["number"] - 1) * size)
            content = opened.read(size)
        headers = {"Content-Type": "application/octet-stream", **part["headers"]}
        if f"{site.scheme}://{site.netloc}" == self._origin:
            headers["Content-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:"
        anybody = Client(f"{site.scheme}://{site.netloc}", send=self.send)
        for _ in range(ALTERED):
            try:
                self._patient(lambda: anybody.call("PUT", f"{site.path}?{site.query}", content, headers))
            except Refused as refused:
                if refused.code != "content-hash-mismatch":
                    raise
            else:
                return
        raise UploadFault(
            f"Part {part['number']} arrived altered {ALTERED} times: see what lies between here and the server, and "
            "run this again; it goes on with this part."
        )

    @property
    def _origin(self) -> str:
        site = urlsplit(self.server)
        return f"{site.scheme}://{site.netloc}"

    def _ask(self, call: Callable[[Client], Any]) -> Any:
        """Return what a call answers that is made with a token, with another one where that one has ended."""
        try:
            return self._patient(lambda: call(self._signed_in()))
        except Refused as refused:
            if refused.status != HTTPStatus.UNAUTHORIZED:
                raise
        self._since = None
        return self._patient(lambda: call(self._signed_in()))

    def _patient(self, call: Callable[[], Any]) -> Any:
        """Return what a call answers, waiting where the server asks for that, or answers no more after it did."""
        for _ in range(WAITS):
            try:
                return call()
            except Refused as refused:
                if refused.status not in TRY_LATER or refused.after > LONGEST_WAIT_SECONDS:
                    raise
                self.say("The server asks to wait.")
                self.wait(refused.after or PATIENCE_SECONDS)
            except Unreachable:
                if self._client is None:
                    raise
                self.say("The server does not answer; it is asked again.")
                self.wait(PATIENCE_SECONDS)
        return call()

    def _signed_in(self) -> Client:
        """Return a client whose token is good for a while yet; raise ``NotLetIn``."""
        now = self.now()
        if self._client is None or self._since is None or now - self._since > AGAIN:
            anybody = Client(self.server, send=self.send)
            form = {"grant_type": "client_credentials", "enrolment": str(self.enrolment)}
            form |= self.credential.form(self._audience(anybody), now)
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            try:
                answer = anybody.call("POST", "/oauth/token", urlencode(form).encode(), headers)
            except Refused as refused:
                if refused.status in TRY_LATER:
                    raise
                raise NotLetIn(str(refused)) from refused
            self._client, self._since = Client(self.server, answer["access_token"], send=self.send), now
        return self._client

    def _audience(self, anybody: Client) -> str:
        """Return what the server calls itself; raise ``NotLetIn`` for what is none of ours."""
        try:
            said = anybody.get("/.well-known/oauth-authorization-server")
        except Refused as refused:
            if refused.status in TRY_LATER:
                raise
            said = None
        if not isinstance(said, dict) or "issuer" not in said:
            raise NotLetIn(f"What answers at {self.server} is not this product: name the address that people use.")
        return str(said["issuer"])


def _measured(path: Path) -> tuple[str, int]:
    """Return the SHA-256 and the size of a file."""
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return digest, opened.tell()


def _digests(path: Path, size: int) -> Iterator[str]:
    """Yield the SHA-256 of each part of a file; of an empty file there is one."""
    with path.open("rb") as opened:
        content = opened.read(size)
        yield hashlib.sha256(content).hexdigest()
        while content := opened.read(size):
            yield hashlib.sha256(content).hexdigest()
