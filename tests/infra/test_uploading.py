"""Files are brought over whatever happens on the way, and what cannot be is said in a sentence with the way out."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.demo.client import Answer, Body, Refused, Unreachable
from infra.uploading import Credential, NotLetIn, Uploader, UploadFault
from portfolio.application.parts import PART_BYTES
from portfolio.domain.program.rows import BRINGS_FILES
from tests.api.conftest import Tell, base, stages, tell
from tests.api.programs import key, registered
from tests.api.world import World

__all__ = ["base", "stages", "tell"]

LINE = b"Rigged six lanterns, checked by Amina, and logged it in the book.\n"
WHY = {"reason": "The contract has ended."}


def refusal(status: int, code: str = "", after: int = 0) -> Answer:
    return Answer(status, "application/problem+json", json.dumps({"type": f"/problems/{code}"}).encode(), after)


@dataclass
class Wire:
    """Carries requests to the service, and does ``instead`` what is listed for those of a method whose path ends so."""

    world: World
    instead: dict[tuple[str, str], list[Answer | BaseException | Callable[[], object]]] = field(default_factory=dict)
    alters: int = 0
    sent: Counter[str] = field(default_factory=Counter)

    def send(self, method: str, url: str, body: Body, headers: Mapping[str, str]) -> Answer:
        site = urlsplit(url)
        kind = f"{method} {site.path.rpartition('/')[2] if method != 'PUT' else 'part'}"
        self.sent[kind] += 1
        listed = next((each for (of, last), each in self.instead.items() if kind == f"{of} {last}" and each), [])
        match listed.pop(0) if listed else None:
            case Answer() as answer:
                return answer
            case BaseException() as fault:
                raise fault
            case happens if happens is not None:
                happens()
        if method == "PUT" and self.alters and isinstance(body, bytes):
            self.alters -= 1
            body = b"X" + body[1:]
        answered = self.world.app.test_client().open(
            site.path,
            query_string=site.query,
            base_url=f"{site.scheme}://{site.netloc}",
            method=method,
            data=body,
            headers=dict(headers),
        )
        after = int(answered.headers.get("Retry-After", 0))
        return Answer(answered.status_code, answered.mimetype or "", answered.get_data(), after)


@dataclass
class Sender:
    """A program that brings files over to Mia's drafts."""

    world: World
    folder: Path
    credential: Credential
    wire: Wire
    said: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def file(self, name: str = "log.txt", size: int = len(LINE)) -> Path:
        path = self.folder / name
        path.write_bytes((LINE * (size // len(LINE) + 1))[:size])
        return path

    def brings(self, path: Path, now: Callable[[], object] | None = None) -> str:
        return Uploader(
            "http://localhost",
            self.credential,
            self.world["enrolment"],
            self.said.append,
            now or (lambda: self.world.now),  # type: ignore[arg-type]
            self.wire.send,
            self.waits.append,
        ).bring(path)


@pytest.fixture
def sender(tell: Tell, tmp_path: Path) -> Sender:
    world = tell("enrolled")
    registered(world, "coach", *sorted(BRINGS_FILES))
    return Sender(world, tmp_path, Credential(world["program"], key().as_pem(private=True)), Wire(world))


def test_it_waits_as_long_as_the_server_asks_for_and_where_that_is_too_long_says_so(sender: Sender) -> None:
    sender.wire.instead["PUT", "part"] = [refusal(429, after=7), refusal(503), refusal(503, after=10)]
    sender.wire.instead["POST", "token"] = [refusal(429, after=3)]
    assert sender.brings(sender.file()) == "is there, checked"
    assert sender.waits == [3, 7, 5, 10]
    sender.wire.instead["POST", "evidence"] = [refusal(429, after=3600)]
    with pytest.raises(Refused):
        sender.brings(sender.file("other.txt"))


def test_a_server_that_is_started_again_meanwhile_is_asked_again_and_one_that_is_not_there_at_all_is_not(
    sender: Sender,
) -> None:
    sender.wire.instead["PUT", "part"] = [Unreachable("away"), Unreachable("away")]
    assert sender.brings(sender.file()) == "is there, checked"
    assert sender.waits == [5, 5]
    sender.wire.instead["GET", "oauth-authorization-server"] = [Unreachable("away")]
    with pytest.raises(Unreachable):
        sender.brings(sender.file("other.txt"))


def test_a_token_that_ends_in_the_middle_is_followed_by_another_one(sender: Sender) -> None:
    made = sender.world.as_("coach").does("/programs/{program}/secrets")
    sender.credential, begun = Credential(sender.world["program"], secret=made["secret"]), sender.world.now

    def passes() -> None:
        sender.world.now += timedelta(minutes=11)

    sender.wire.instead["PUT", "part"] = [passes]
    assert sender.brings(sender.file(), now=lambda: begun) == "is there, checked"
    assert sender.wire.sent["POST token"] == 2


def test_a_part_that_is_altered_on_the_way_is_sent_again_and_not_for_ever(sender: Sender) -> None:
    sender.wire.alters = 1
    assert sender.brings(sender.file()) == "is there, checked"
    assert sender.wire.sent["PUT part"] == 2
    sender.wire.alters = 9
    with pytest.raises(UploadFault, match="Part 1 arrived altered 3 times: see what lies between"):
        sender.brings(sender.file("other.txt"))


def test_a_part_that_lies_there_otherwise_than_it_was_sent_is_not_built_upon(sender: Sender) -> None:
    places = {"part_size": PART_BYTES, "held": [{"number": 1, "sha256": "0" * 64}], "parts": []}
    sender.wire.instead["GET", "upload"] = [Answer(200, "application/json", json.dumps(places).encode())]
    with pytest.raises(UploadFault, match="under another name"):
        sender.brings(sender.file())


def test_addresses_that_have_run_out_are_asked_for_again(sender: Sender) -> None:
    sender.wire.instead["PUT", "part"] = [refusal(403, "upload-url-expired")]
    assert sender.brings(sender.file()) == "is there, checked"
    assert sender.wire.sent["GET upload"] > 1


def test_killed_on_the_way_it_sends_the_rest_and_told_again_nothing(sender: Sender) -> None:
    file = sender.file(size=PART_BYTES + 100)
    sender.wire.instead["PUT", "part"] = [lambda: None, KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        sender.brings(file)
    assert sender.said == ["log.txt: 1 of 2 parts"]
    assert sender.brings(file) == "is there, checked"
    assert sender.said[1:] == ["log.txt: 2 of 2 parts"]
    assert sender.brings(file) == "is there already"
    assert sender.wire.sent["PUT part"] == 3


def test_what_became_of_a_file_that_was_brought_over_before_is_said_as_it_is(sender: Sender) -> None:
    world, file = sender.world, sender.file()
    broken = sender.folder / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing more")
    for _ in range(2):
        try:
            sender.brings(broken)
        except (UploadFault, Refused) as fault:
            said = str(fault)
    assert said.startswith("It was brought over before and not taken: ")
    sender.brings(file)
    (item,) = (
        each for each in world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"] if each["title"] == "log"
    )
    world.as_("mia").does(f"/evidence/{item['evidence_id']}/discard", {"version": 1})
    assert "is no draft of this program any more" in sender.brings(file)


@pytest.mark.parametrize(
    ("change", "body", "kind", "says"),
    [
        ("scope", {"rows": ["see:evidence"], **WHY}, Refused, "It is do:offer-evidence."),
        ("suspension", WHY, NotLetIn, "This program is stopped"),
        ("owner", {"owner": "assessor", **WHY}, NotLetIn, "No program here is known by this key"),
    ],
)
def test_a_program_that_may_not_is_told_so_in_one_sentence(
    sender: Sender, change: str, body: dict[str, object], kind: type[Exception], says: str
) -> None:
    told = {**body, **({"owner": sender.world["assessor"]} if "owner" in body else {})}
    sender.world.as_("admin").does(f"/programs/{{program}}/{change}", told)
    with pytest.raises(kind) as refused:
        sender.brings(sender.file())
    assert says in str(refused.value)
    sentences = str(refused.value).split(". ")
    assert len(sentences) == len({*sentences}), "nothing is said twice"
    assert sender.waits == []


def test_what_is_no_key_or_no_server_of_ours_is_said_so(sender: Sender) -> None:
    sender.credential = Credential(sender.world["program"], b"nothing")
    with pytest.raises(NotLetIn, match="name the file that holds it"):
        sender.brings(sender.file())
    for answer in (refusal(404), Answer(200, "text/html", b"<h1>Welcome</h1>"), Answer(200, "application/json", b"{}")):
        sender.wire.instead["GET", "oauth-authorization-server"] = [answer]
        with pytest.raises(NotLetIn, match="What answers at http://localhost is not this product"):
            sender.brings(sender.file())
