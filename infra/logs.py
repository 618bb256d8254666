"""Logs: one JSON object a line. No personal data: no addresses, queries, bodies or ids, and no text of exceptions."""

import logging
import secrets
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Any

import msgspec
from werkzeug.wsgi import ClosingIterator

access = logging.getLogger("portfolio.access")


def configure(stream: IO[str]) -> None:
    """Write every log line of the process to this stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class JsonLines(logging.Formatter):
    """Formats a record with the ``fields`` given to it; of an exception only its types and where it was raised."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "log": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["faults"] = list(faults(record.exc_info[1]))
        return msgspec.json.encode(line).decode()


def faults(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """Yield an exception and what caused it: type and frames, never its text, which may quote what somebody wrote."""
    while error is not None:
        frames = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        yield {"type": type(error).__name__, "frames": frames}
        error = error.__cause__ or error.__context__


class AccessLog:
    """Writes a line for each request when its answer has been sent: the route's template, never the address itself.

    ``reference`` names the request in this log, in the log of faults and in the answer to an unexpected one.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer as the application does."""
        reference = environ["portfolio.reference"] = secrets.token_hex(8)
        began = time.monotonic()
        status, size, route = 0, 0, None

        def start(line: str, *rest: Any) -> Any:
            nonlocal status, route
            status = int(line[:3])
            rule = getattr(environ.get("werkzeug.request"), "url_rule", None)  # Flask forgets it when it returns
            route = None if rule is None else rule.rule
            return start_response(line, *rest)

        def counted() -> Iterator[bytes]:
            nonlocal size
            for chunk in answer:
                size += len(chunk)
                yield chunk

        def finish() -> None:
            fields = {
                "method": environ["REQUEST_METHOD"],
                "route": route,
                "status": status,
                "ms": round((time.monotonic() - began) * 1000, 1),
                "bytes": size,
                "reference": reference,
            }
            access.info("request", extra={"fields": fields})

        answer = self._application(environ, start)
        return ClosingIterator(counted(), [getattr(answer, "close", lambda: None), finish])
