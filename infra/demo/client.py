"""A small client of the HTTP API: one person, JSON in and out, files by plain PUT."""

import http.client
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from infra.errors import OperatorError

TIMEOUT_SECONDS = 30


class Refused(OperatorError):
    """The service refused a call: ``status``, the refusal's public ``code``, and the sentence as the message."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        self.code = str(problem.get("type", "")).rpartition("/")[2]
        super().__init__(f"{problem.get('title', 'The call was refused.')} {problem.get('detail', '')}".strip())


class Unreachable(OperatorError):
    """The service does not answer; the message says where it was looked for."""


class Client:
    """Calls the service at ``base_url`` in the name of the person whose token it is given.

    It waits ``timeout`` seconds for whatever is sent or answered next.
    """

    def __init__(self, base_url: str, token: str = "", timeout: float = TIMEOUT_SECONDS) -> None:
        self._site = urlsplit(base_url)
        self._token = token
        self._timeout = timeout

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
            anybody = Client(f"{site.scheme}://{site.netloc}")
            anybody.call(
                "PUT",
                f"{site.path}?{site.query}",
                content[start : start + places["part_size"]],
                {"Content-Type": "application/octet-stream", **part["headers"]},
            )

    def call(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer: JSON read, anything else as bytes; raise ``Refused`` or ``Unreachable``."""
        sent = {"Accept": "application/json", **(headers or {})}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        kind_of = http.client.HTTPSConnection if self._site.scheme == "https" else http.client.HTTPConnection
        connection = kind_of(self._site.hostname or "", self._site.port, timeout=self._timeout)
        try:
            connection.request(method, f"{self._site.path}{path}", body, sent)
            answer = connection.getresponse()
            content, kind = answer.read(), answer.headers.get_content_type()
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"The service at {self._site.geturl()} does not answer: {error}.") from error
        finally:
            connection.close()
        read = json.loads(content) if content and kind.endswith("json") else content
        if answer.status >= 400:
            raise Refused(answer.status, read if isinstance(read, dict) else {})
        return read
