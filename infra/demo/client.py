"""A small client of the HTTP API: one person, JSON in and out, files by plain PUT."""

import http.client
import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from infra.errors import OperatorError

TIMEOUT_SECONDS = 30

Body = bytes | Iterable[bytes] | None


class Answer(NamedTuple):
    """What was answered: status, media type and content, and after how many seconds to ask again, 0 if it says none."""

    status: int
    kind: str
    content: bytes
    after: int = 0


Send = Callable[[str, str, Body, Mapping[str, str]], Answer]
"""Sends a request by its method, URL, body and headers; returns the answer."""


class Refused(OperatorError):
    """The service refused a call: ``status``, the refusal's public ``code``, and the sentence as the message.

    ``after``: in how many seconds it is to be asked again, 0 if it says nothing of that.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], after: int = 0) -> None:
        self.status = status
        self.after = after
        self.problem = problem
        self.code = str(problem.get("type", "")).rpartition("/")[2]
        title = problem.get("title", f"The call was refused with status {status}.")
        detail = problem.get("detail", "")
        super().__init__(detail if detail.startswith(title) else f"{title} {detail}".strip())


class Unreachable(OperatorError):
    """The service does not answer; the message says where it was looked for."""


def over_http(timeout: float, method: str, url: str, body: Body, headers: Mapping[str, str]) -> Answer:
    """Send a request to whoever listens there, as ``Send`` says; raise ``Unreachable``."""
    site = urlsplit(url)
    kind_of = http.client.HTTPSConnection if site.scheme == "https" else http.client.HTTPConnection
    connection = kind_of(site.hostname or "", site.port, timeout=timeout)
    try:
        connection.request(method, f"{site.path}?{site.query}" if site.query else site.path, body, dict(headers))
        answer = connection.getresponse()
        after = answer.headers.get("Retry-After", "")
        content = answer.read()
        return Answer(answer.status, answer.headers.get_content_type(), content, int(after) if after.isdecimal() else 0)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"The service at {site.scheme}://{site.netloc} does not answer: {error}.") from error
    finally:
        connection.close()


class Client:
    """Calls the service at ``base_url`` in the name of the person whose token it is given.

    It waits ``timeout`` seconds for whatever is sent or answered next, or leaves both to ``send``.
    """

    def __init__(
        self, base_url: str, token: str = "", timeout: float = TIMEOUT_SECONDS, send: Send | None = None
    ) -> None:
        self._base_url = base_url
        self._token = token
        self._send = send or partial(over_http, timeout)

    def get(self, path: str, **query: Any) -> Any:
        """Return what a read answers; raise ``Refused`` or ``Unreachable``."""
        parameters = {name: value for name, value in query.items() if value is not None}
        return self.call("GET", f"{path}?{urlencode(parameters)}" if parameters else path)

    def post(self, path: str, body: Mapping[str, Any], key: str | None = None) -> Any:
        """Return what a write answers; sent again under the same key, it is carried out once."""
        headers = {"Content-Type": "application/json"} | ({} if key is None else {"Idempotency-Key": key})
        return self.call("POST", path, json.dumps(body).encode(), headers)

    def put_file(self, places: Mapping[str, Any], content: bytes) -> None:
        """Put a file's bytes where and as an offer said of its parts, as their URLs' signatures allow anybody to."""
        for part in places["parts"]:
            site, start = urlsplit(part["url"]), (part["number"] - 1) * places["part_size"]
            anybody = Client(f"{site.scheme}://{site.netloc}", send=self._send)
            anybody.call(
                "PUT",
                f"{site.path}?{site.query}",
                content[start : start + places["part_size"]],
                {"Content-Type": "application/octet-stream", **part["headers"]},
            )

    def call(self, method: str, path: str, body: Body = None, headers: Mapping[str, str] | None = None) -> Any:
        """Return the answer: JSON read, anything else as bytes; raise ``Refused`` or ``Unreachable``."""
        sent = {"Accept": "application/json", **(headers or {})}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        status, kind, content, after = self._send(method, f"{self._base_url}{path}", body, sent)
        read = json.loads(content) if content and kind.endswith("json") else content
        if status >= 400:
            raise Refused(status, read if isinstance(read, dict) else {}, after)
        return read
