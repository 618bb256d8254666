"""An answer: what the application answers to one request, piece by piece, in whichever thread has a hand free."""

from collections.abc import Iterable
from contextvars import Context, copy_context
from typing import Any

from gunicorn.http import wsgi
from gunicorn.http.body import LengthReader
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.http.parser import RequestParser
from werkzeug.exceptions import ClientDisconnected

from api.bodies import STILL_COMES
from api.errors import NotWellFormed
from infra.server.connection import Connection

END = object()


class Answer:
    """The pieces of an answer that are not sent yet. They are made in one context, whichever thread makes them."""

    def __init__(self, parser: Any, request: Any, response: Any, pieces: Iterable[bytes], context: Context) -> None:
        self._parser = parser
        self._request = request
        self._response = response
        self._pieces = pieces
        self._iterator = iter(pieces)
        self._context = context

    def send_some(self, most: int) -> bool:
        """Send until the client takes no more for now, or about this many bytes; tell whether that was all."""
        return self._context.run(self._send_some, most)

    def _send_some(self, most: int) -> bool:
        connection: Connection = self._response.sock
        try:
            while not connection.outbox and most > 0:
                piece: Any = next(self._iterator, END)
                if piece is END:
                    self._response.close()
                    self._close()
                    return True
                self._response.write(piece)
                most -= len(piece)
        except BaseException:
            self._close()
            raise
        return False

    def may_be_followed(self) -> bool:
        """Tell whether the client may send its next request; what it has sent of it is put back."""
        if self._response.should_close():
            return False
        self._parser.finish_body()
        connection: Connection = self._response.sock
        connection.inbox[:0] = self._parser.unreader.take_buffered()
        return True

    def close(self) -> None:
        """Give up what is not sent yet."""
        self._context.run(self._close)

    def _close(self) -> None:
        pieces, self._pieces = self._pieces, ()
        getattr(pieces, "close", lambda: None)()


class Body:
    """A request's body, as the application reads it."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int | None = None) -> bytes:
        """Return what comes, at most ``size`` bytes; raise ``NotWellFormed`` if it comes in chunks that are none.

        Raises ``ClientDisconnected`` if its sender went away.
        """
        try:
            return bytes(self._body.read(size))
        except ParseException as error:
            raise NotWellFormed from error
        except OSError as error:
            raise ClientDisconnected from error


def begin(worker: Any, connection: Connection) -> Answer | None:
    """Return the application's answer to the request of a connection, None if it is none; what is said then is said."""
    parser = RequestParser(worker.cfg, connection, connection.client)
    context = copy_context()
    request = None
    try:
        request = next(parser)
        response, environ = wsgi.create(request, connection, connection.client, connection.server, worker.cfg)
        environ["wsgi.multithread"] = True
        environ["wsgi.input"] = Body(request.body)
        environ[STILL_COMES] = not is_all_here(request, parser, connection)

        def start_response(*arguments: Any) -> Any:
            if not (worker.alive and is_all_here(request, parser, connection)):
                response.force_close()
            return response.start_response(*arguments)

        pieces = context.run(worker.wsgi, environ, start_response)
        return Answer(parser, request, response, pieces, context)
    except (StopIteration, NoMoreData):
        return None
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - the server answers for whatever the application does
        worker.handle_error(request, connection, connection.client, error)
        return None


def is_all_here(request: Any, parser: Any, connection: Connection) -> bool:
    """Tell whether the request's whole body has arrived, read or not."""
    reader = request.body.reader
    if isinstance(reader, LengthReader):
        return bool(reader.length <= len(parser.unreader.buf.getvalue()) + len(connection.inbox))
    return reader.parser is None
