"""Uploads in parts: in any order, again, resumed, and named where they lack."""

import base64
import hashlib
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from api.errors import NotWellFormed
from infra.rate_limits import RateLimits
from infra.rates import rates_of
from portfolio.application.parts import AT_ONCE, PART_BYTES
from portfolio.application.ports import (
    ContentHashMismatch,
    ContentSizeMismatch,
    UploadMissing,
    UploadUrlInvalid,
    Vault,
)
from portfolio.domain.enrolment.refusals import PaperUnknown
from portfolio.domain.evidence.refusals import EvidenceVersionFixed
from portfolio.domain.kernel import NotVisible
from tests.api.conftest import Tell
from tests.api.test_papers import PAPERS, announcement, to_move
from tests.api.test_rates import rated
from tests.api.world import World, offer, put, refused, sha

LONG = b"Rigged six lanterns, checked by Amina.\n" * 300_000  # three parts
UPLOAD = "/evidence/{draft}/upload"
WHERE = f"{UPLOAD}?version=1"


def part_of(content: bytes, number: int) -> bytes:
    return content[(number - 1) * PART_BYTES : number * PART_BYTES]


def offered(world: World, content: bytes = LONG, **said: str) -> dict[int, str]:
    """Offer a text as Mia, without a digest unless one is said, and return the addresses of its parts."""
    body = {**offer(world, content, "text/plain"), **said}
    if not said:
        del body["sha256"]
    receipt = world.as_("mia").does("/evidence", body, name="draft")
    assert receipt["part_size"] == PART_BYTES
    return {part["number"]: part["url"] for part in receipt["parts"]}


def test_a_long_file_is_resumed_where_it_broke_off_and_sealed_with_the_digest_of_its_bytes(tell: Tell) -> None:
    world = tell("enrolled")
    mia, urls = world.as_("mia"), offered(world)
    for number in (3, 1, 3):
        assert put(world, urls[number], part_of(LONG, number)).status_code == 204
    assert put(world, urls[2], part_of(LONG, 2)[:1000]).status_code == 422
    broken = refused(mia.post(UPLOAD, {"version": 1}), UploadMissing)
    assert broken["parts"] == ["2"]
    assert "Of 3 parts these have not been received yet: 2." in broken["detail"]
    left = mia.sees(WHERE)
    assert left["part_size"] == PART_BYTES
    assert left["held"] == [
        {"number": number, "size": len(part_of(LONG, number)), "sha256": sha(part_of(LONG, number))}
        for number in (1, 3)
    ]
    ((number, url),) = [(part["number"], part["url"]) for part in left["parts"]]
    assert number == 2
    assert put(world, url, part_of(LONG, 2)).status_code == 204
    assert mia.sees(WHERE)["parts"] == []
    digests = [sha(part_of(LONG, number)) for number in (1, 2, 3)]
    mia.does(UPLOAD, {"version": 1, "digests": digests})
    (version,) = mia.sees("/evidence/{draft}")["versions"]
    assert (version["stage"], version["sha256"], version["size"]) == ("sealed", sha(LONG), len(LONG))
    refused(mia.get(WHERE), EvidenceVersionFixed)


def test_a_part_that_arrived_wrong_is_named_and_sent_again(tell: Tell) -> None:
    world = tell("enrolled")
    mia, urls, other = world.as_("mia"), offered(world), LONG[:-2] + b"!\n"
    for number, url in urls.items():
        put(world, url, part_of(other, number))
    body = {"version": 1, "digests": [sha(part_of(LONG, number)) for number in urls]}
    assert refused(mia.post(UPLOAD, body), ContentHashMismatch)["parts"] == ["3"]
    ((number, url),) = [(part["number"], part["url"]) for part in mia.sees(WHERE)["parts"]]
    put(world, url, part_of(LONG, number))
    mia.does(UPLOAD, body)


def test_what_a_sender_says_of_a_part_is_compared_at_once(tell: Tell) -> None:
    world = tell("enrolled")
    urls = offered(world)
    said = base64.b64encode(hashlib.sha256(part_of(LONG, 1)).digest()).decode()

    def sent(content: bytes, digest: str) -> int:
        return put(world, urls[1], content, headers={"Content-Digest": digest}).status_code

    assert sent(part_of(LONG, 2), f"sha-256=:{said}:") == 422
    assert world.as_("mia").sees(WHERE)["held"] == []
    refused(put(world, urls[1], b"", headers={"Content-Digest": "sha-256=:no:"}), NotWellFormed)
    assert sent(part_of(LONG, 1), f"md5=:eA==:, sha-256=:{said}:") == 204


def test_an_address_takes_no_other_part_than_its_own(tell: Tell) -> None:
    world = tell("enrolled")
    urls = offered(world)
    refused(put(world, urls[1].replace("/1?", "/2?"), part_of(LONG, 2)), UploadUrlInvalid)
    refused(put(world, urls[3], part_of(LONG, 3)[:-1]), ContentSizeMismatch)


def test_only_the_apprentice_is_told_what_has_arrived(tell: Tell) -> None:
    world = tell("enrolled")
    offered(world)
    refused(world.as_("coach").get(WHERE), NotVisible)


def test_a_file_of_many_parts_is_sent_as_fast_as_the_line_allows(tell: Tell) -> None:
    world = rated(tell("enrolled"), RateLimits(rates_of("uploads=10/minute")))
    content = bytes((AT_ONCE + 1) * PART_BYTES - 7)
    urls = offered(world, content)
    assert [*urls] == [*range(1, AT_ONCE + 1)]
    for number, url in urls.items():
        assert put(world, url, part_of(content, number)).status_code == 204
    (last,) = world.as_("mia").sees(WHERE)["parts"]
    assert last["number"] == AT_ONCE + 1
    assert put(world, last["url"], part_of(content, last["number"])).status_code == 204


def test_a_long_scan_of_a_paper_is_resumed_as_well(tell: Tell) -> None:
    world = tell("enrolled")
    responsible = world.as_("responsible")
    body = {**announcement(to_move(world)), "size": len(LONG), "sha256": sha(LONG)}
    receipt = responsible.does(PAPERS, body)
    path = f"{PAPERS}/{receipt['paper_id']}/upload"
    assert put(world, receipt["parts"][1]["url"], part_of(LONG, 2)).status_code == 204
    left = responsible.sees(path)
    assert ([part["number"] for part in left["held"]], [part["number"] for part in left["parts"]]) == ([2], [1, 3])
    refused(world.as_("lead").get(path), PaperUnknown)


def test_when_the_device_says_that_the_file_was_changed_is_kept_beside_our_own_time(tell: Tell) -> None:
    world = tell("enrolled")
    offered(world, last_modified="2001-01-01T01:30:00+01:00", sha256=sha(LONG))
    (version,) = world.as_("mia").sees("/evidence/{draft}")["versions"]
    assert version["last_modified"] == "2001-01-01T00:30:00Z"
    assert version["at"].startswith("2026-11-02")
    body = offer(world, LONG, "text/plain", last_modified="0001-01-01T00:00:00+14:00")
    assert world.as_("mia").post("/evidence", body).status_code == 422


def test_a_page_may_send_to_the_bucket_where_files_lie_in_one_and_nowhere_else(tell: Tell) -> None:
    world = tell("enrolled")
    for origin, allowed in (
        ("", "connect-src 'self';"),
        ("https://b.example", "connect-src 'self' https://b.example;"),
    ):
        world.services = replace(world.services, vault=cast(Vault, SimpleNamespace(origin=origin)))
        headers = world.app.test_client().get("/sign-in").headers
        assert allowed in headers["Content-Security-Policy"]
