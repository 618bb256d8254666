"""Which threads answer is told from the head."""

import pytest

from infra.server.lanes import LONGEST_HEAD, SHORT_BODY, Lane, More, lane_of


@pytest.mark.parametrize(
    ("received", "lane"),
    [
        (b"", More.HEAD),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", More.HEAD),
        (b"x" * LONGEST_HEAD, More.TOO_LONG),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * LONGEST_HEAD + b"\r\n\r\n", More.TOO_LONG),
        (b"GET / HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"GET /healthz HTTP/1.1\r\n\r\n", Lane.ALIVE),
        (b"HEAD /healthz?x HTTP/1.1\r\n\r\n", Lane.ALIVE),
        (b"GET /readyz HTTP/1.1\r\n\r\n", Lane.READY),
        (b"GET /v1/changes?wait=25 HTTP/1.1\r\n\r\n", Lane.WAITS),
        (b"HEAD /v1/changes HTTP/1.1\r\n\r\n", Lane.WAITS),
        (b"GET /v1/change%73?wait=25 HTTP/1.1\r\n\r\n", Lane.WAITS),
        (b"GET http://x/v1/changes?wait=25 HTTP/1.1\r\n\r\n", Lane.WAITS),
        (b"GET /v1/evidence/1/%63ontent HTTP/1.1\r\n\r\n", Lane.VAULT),
        (b"GET /evidence/1%0A/content HTTP/1.1\r\n\r\n", Lane.VAULT),
        (b"GET HTTP://x/v1/changes?wait=25 HTTP/1.1\r\n\r\n", Lane.WAITS),
        (b"POST /v1/evidence/1/upload#/ HTTP/1.1\r\n\r\n", Lane.VAULT),
        (b"GET http://[/content HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"GET //v1/changes HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"GET\r\n\r\n", Lane.PAGES),
        (b"DELETE /v1/x HTTP/1.1\r\n\r\n", Lane.ACTS),
        (b"HEAD / HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"GET /?/v1/changes HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"POST /people/import/1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n", Lane.WAITS),
        (b"POST /people/import/1/invitations HTTP/1.1\r\nContent-Length: 0\r\n\r\n", Lane.WAITS),
        (b"POST /people/import HTTP/1.1\r\nContent-Length: 0\r\n\r\n", Lane.ACTS),
        (b"GET /v1/changes/x HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"GET /v1/evidence/1/content?version=1 HTTP/1.1\r\n\r\n", Lane.VAULT),
        (b"HEAD /evidence/1/preview HTTP/1.1\r\n\r\n", Lane.VAULT),
        (b"PUT /uploads/1/2?until=3 HTTP/1.1\r\n\r\n", Lane.VAULT),
        (b"POST /v1/evidence/1/upload HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", Lane.VAULT),
        (b"POST /v1/evidence/1/claims HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", Lane.VAULT),
        (b"GET /evidence/1 HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"GET /v1/evidence/1/annotations HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"GET /enrolments/1/papers?page=2 HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"GET /sign-in/with/college HTTP/1.1\r\n\r\n", Lane.PROVIDERS),
        (b"POST /sign-out HTTP/1.1\r\n\r\n", Lane.PROVIDERS),
        (b"GET /sign-in?next=/sign-in/with/ HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"GET /healthz/x HTTP/1.1\r\n\r\n", Lane.PAGES),
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", Lane.ACTS),
        (b"POST / HTTP/1.1\r\ncontent-length:0\r\n\r\n", Lane.ACTS),
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{", More.SHORT_BODY),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (SHORT_BODY + 1), Lane.BODIES),
        (b"GET /healthz HTTP/1.1\r\nContent-Length: 900000\r\n\r\n", Lane.BODIES),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", Lane.BODIES),
        (b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", Lane.BODIES),
        (b"POST / HTTP/1.1\r\nX: a\r\n\r\nContent-Length: 900000\r\n\r\n", Lane.ACTS),
    ],
)
def test_the_lane_is_told_from_what_has_arrived(received: bytes, lane: Lane | More) -> None:
    assert lane_of(bytearray(received)) is lane


@pytest.mark.parametrize(
    ("asked", "lane"),
    [
        ("/healthz", Lane.ALIVE),
        ("/a/b/healthz", Lane.ALIVE),
        ("/a/b/readyz?x", Lane.READY),
        ("/a/b/v1/changes?wait=25", Lane.WAITS),
        ("/v1/changes", Lane.PAGES),
        ("/a/healthz", Lane.PAGES),
        ("/x/a/b/healthz", Lane.PAGES),
        ("/a/b/a/b/healthz", Lane.PAGES),
        ("/a/b/v1/plans/x/readyz", Lane.PAGES),
        ("/a/b/sign-in?/healthz", Lane.PAGES),
        ("/a/b/evidence/1/content", Lane.VAULT),
        ("/a/b/sign-in/with/college/return", Lane.PROVIDERS),
        ("/a/b/healthzx", Lane.PAGES),
    ],
)
def test_below_a_path_the_same_is_asked_there_and_at_the_root(asked: str, lane: Lane) -> None:
    assert lane_of(bytearray(f"GET {asked} HTTP/1.1\r\n\r\n".encode()), b"/a/b") is lane
