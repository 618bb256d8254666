"""Two machines over one database and one bucket, and people and programs who use them."""

import hashlib
import json
import os
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Empty
from threading import Event, Thread
from time import sleep
from typing import Any
from uuid import UUID

import requests

from infra.identity.openid.configured import FILE
from infra.main import now, open_record
from portfolio.application.mailed_links import mark_of
from portfolio.application.parts import PART_BYTES
from tests.application.stage import ASSESSOR, COACH, ENROLMENT, MIA, Stage
from tests.faults.around import Gate, Mails, Receiver
from tests.faults.postgres import free_port, wait_until
from tests.faults.sending import Kept
from tests.faults.service import BUSY, COMMAND, LONGEST, PERSON, REST, Caller, Server, Unreachable
from tests.infra.openid.real import Browser, client, provider, query_of
from tests.mails import text_of
from tests.patience import PATIENCE

LIKE_A_BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
DECLARED = {"wording": "authenticity/1", "ai_use": "none"}
ADDRESSES = {MIA: "mia@college.example", COACH: "coach@college.example", ASSESSOR: "assessor@college.example"}
"""Mia signs in at the provider, her coach by links; coach and assessor are told by mail what is handed in."""
TOLD = (COACH, ASSESSOR)
RATES = " ".join(f"{name}=100000/minute" for name in ("sign-in", "uploads", "seals", "imports", "links"))


class Machines:
    """Two of them at work, ``both``. What is asked is asked of one of them, at the port of its own."""

    def __init__(self, both: tuple[Server, Server], base: str, issuer: str, post: Mails, receiver: Receiver) -> None:
        self.both = both
        self.base = base
        self.issuer = issuer
        self.post = post
        self.receiver = receiver
        self.secrets: dict[str, str] = {}
        """Of each webhook, by the path that it is sent to."""
        self.hooks: dict[str, str] = {}
        self.since = ""
        """Where the webhooks begin."""

    def other(self, machine: Server) -> Server:
        """Return the other one."""
        one, two = self.both
        return two if machine is one else one

    def held_at(self, gate: Gate) -> Server:
        """Return the machine of which something is held at a gate, now."""
        while (machine := self._with_port(gate.next_held())) is None:
            pass  # on a busy machine that one has given up already, and comes again
        return machine

    def _with_port(self, port: int) -> Server | None:
        """Return the machine whose process has this end of a connection, None if the connection has ended."""
        mine = f"0100007F:{port:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        sockets = {f"socket:[{row[9]}]" for row in rows if row[1] == mine}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                files = {str(file.readlink()) for file in (process / "fd").iterdir()}
                if files & sockets:
                    return next(machine for machine in self.both if machine.pid == os.getpgid(int(process.name)))
        return None

    def at(self, machine: Server, address: str) -> str:
        """Return an address of ours at one machine."""
        return address.replace(self.base, f"http://127.0.0.1:{machine.settings.port}", 1)

    def caller(self, machine: Server, person: UUID) -> Caller:
        """Return who asks a machine in the name of a person."""
        return machine.caller_with(machine.token_of(person))

    def a_program(self, machine: Server) -> tuple[str, str]:
        """Register a program of the administrator's; return its id and a token that a machine gave it."""
        here = machine.caller
        owner = here.done("GET", "/v1/me")["person_id"]
        program = {"name": "Learner system", "owner": owner, "rows": ["ask:me"]}
        made = str(here.done("POST", "/v1/programs", program)["id"])
        pair = made, here.done("POST", f"/v1/programs/{made}/secrets", {})["secret"]
        address = self.at(machine, f"{self.base}/oauth/token")
        given = requests.post(address, data={"grant_type": "client_credentials"}, auth=pair, timeout=LONGEST)
        return made, str(given.json()["access_token"])

    def prepare(self) -> None:
        """Register addresses, choices and webhooks."""
        here = self.both[0].caller
        for person, address in ADDRESSES.items():
            here.done("POST", f"/v1/people/{person}/address", {"address": address})
        for person in TOLD:
            self.caller(self.both[0], person).done("POST", f"/v1/people/{person}/notices", {"mails": "at once"})
        me = str(here.done("GET", "/v1/me")["person_id"])
        for path, by in (("/all", me), ("/coach", str(COACH))):
            hook = {"title": path, "address": f"{self.receiver.address}{path}", "for_id": by}
            made = here.done("POST", "/v1/webhooks", hook)
            self.secrets[path], self.hooks[path] = made["secret"], made["id"]
        self.since = made["position"]

    def all_told(self, machine: Server, person: UUID | None = None) -> Iterator[dict[str, Any]]:
        """Yield every event of which somebody, the administrator if nobody is named, is told now."""
        caller, after = machine.caller if person is None else self.caller(machine, person), ""
        while (answer := caller.done("GET", f"/v1/changes?limit=200{after}"))["items"]:
            yield from answer["items"]
            after = f"&after={answer['next']}"

    def settle(self) -> None:
        """Return when all that happened was sent to whom it is for."""
        for machine in self.both:
            machine.catch_up()
        last = self.both[0].caller.done("POST", "/v1/people", PERSON)["position"]

        def sent() -> bool:
            stand = [self.both[0].caller.done("GET", f"/v1/webhooks/{hook}") for hook in self.hooks.values()]
            came = any(json.loads(got.body)["position"] == str(last) for got in self.receiver.got[-9:])
            return came and not any(each["waits"] for each in stand)

        wait_until(sent, "a webhook is not sent everything", 4 * PATIENCE)


@contextmanager
def machines(folder: Path, database: str, storage: Mapping[str, str]) -> Iterator[Machines]:
    """Give both at work. ``storage`` names the bucket, how it is reached, and who asks it."""
    base = f"http://127.0.0.1:{free_port()}"  # of a proxy that nobody needs: browsers ask one of both machines
    with ExitStack() as opened:
        post, receiver = Mails(folder), Receiver()
        opened.callback(post.stop)
        opened.callback(receiver.close)
        around = {
            **storage,
            **post.settings,
            "SSL_CERT_FILE": str(post.authority),
            "PORTFOLIO_BASE_URL": base,
            "PORTFOLIO_WORKERS": "1",
            "PORTFOLIO_RATES": RATES,
            "PORTFOLIO_WEBHOOK_NETWORKS": "127.0.0.1",
        }
        one = Server(folder, database, around=around)
        ended = f"http://127.0.0.1:{one.settings.port}/sign-in/with/college/ended"
        us = client(base, backchannel_logout_uri=ended, backchannel_logout_session_required=True)
        issuer = opened.enter_context(provider(us))
        named = {"name": "College", "issuer": issuer, **{name: us[name] for name in ("client_id", "client_secret")}}
        providers = one.settings.keys / FILE
        providers.write_text(
            "\n".join(["[college]", *(f"{name} = {json.dumps(text)}" for name, text in named.items())])
        )
        providers.chmod(0o400)
        with open_record(one.settings) as record:
            stage = Stage(record.journal, at=now())
            stage.register()
            stage.build_form()
            stage.enrol()
        both = one, one.beside(COMMAND)
        for machine in both:
            opened.callback(machine.end, signal.SIGKILL)
            machine.start()
        found = Machines(both, base, issuer, post, receiver)
        found.prepare()
        yield found


# --- what somebody begins at one machine and ends at another ---------------------------------------------------------


class NotSignedIn(Exception):
    """Whoever came back has to begin again."""


class AtProvider:
    """Mia, on the way through the provider."""

    def __init__(self, machines: Machines, at: Server) -> None:
        self._machines = machines
        self.browser = Browser(machines.base)
        self.browser.session.headers.update(LIKE_A_BROWSER)
        begun = machines.at(at, f"{machines.base}/sign-in/with/college")
        self._back = self.browser.signs_in(begun, "mia")

    def finish(self, at: Server) -> requests.Session:
        """Come back from there; return the session."""
        answer = self.browser.session.get(self._machines.at(at, self._back), allow_redirects=False)
        if answer.status_code != 303:
            raise NotSignedIn(answer.text)
        return self.browser.session


class ByMail:
    """Mia's coach, who has asked for a link; ``has_it`` tells whether it has come."""

    def __init__(self, machines: Machines, at: Server, patience: float = PATIENCE) -> None:
        self._machines = machines
        self.session = requests.Session()
        self.session.headers.update(LIKE_A_BROWSER)
        asked = machines.at(at, f"{machines.base}/sign-in/by-mail")
        answer = self.session.post(asked, data={"address": ADDRESSES[COACH]}, allow_redirects=False)
        assert answer.status_code == 303, answer.text
        self._link, self.has_it = "", False
        with suppress(Empty):
            while not self.has_it:
                mail = machines.post.links.get(timeout=patience)
                assert mail["To"] == ADDRESSES[COACH]
                (self._link,) = re.findall(r"http\S+", text_of(mail))
                self.has_it = query_of(self._link)["browser"] in {
                    mark_of(half or "") for half in self.session.cookies.values()
                }

    def press(self, at: Server) -> int:
        """Open the link and press the button; return the status."""
        page = self.session.get(self._machines.at(at, self._link))
        (code,) = re.findall('name="code" value="([^"]+)"', page.text) or [query_of(self._link)["code"]]
        pressed = f"{self._machines.base}/sign-in/by-mail/link"
        return self.session.post(self._machines.at(at, pressed), data={"code": code}, allow_redirects=False).status_code


class Upload:
    """A file of Mia's in two parts, of which the first was sent."""

    def __init__(self, machines: Machines, at: Server, mark: str) -> None:
        self._machines = machines
        self._mark = mark
        self.content = f"{mark}\n".encode() * (PART_BYTES // len(mark) + 9)
        self._offer = {
            "enrolment_id": str(ENROLMENT),
            "title": mark,
            "filename": "notes.txt",
            "media_type": "text/plain",
            "size": len(self.content),
            "produced_on": "2026-01-05",
        }
        offered = self._offers(at)
        self.id = offered["id"]
        self._put(offered["parts"][0])

    def lacks(self, at: Server) -> list[int]:
        """Return which parts have not arrived, as a machine says."""
        assert self._offers(at)["id"] == self.id, "the same offer again makes no other item"
        return [part["number"] for part in self._parts(at)]

    def finish(self, at: Server) -> None:
        """Send what has not arrived, and have it sealed; that can be done again where it broke off."""
        caller, path = self._machines.caller(at, MIA), f"/v1/evidence/{self.id}"
        for part in self._parts(at):
            self._put(part)
        caller.done("POST", f"{path}/upload", {"version": 1}, f"{self._mark}/complete")
        wait_until(
            lambda: caller.done("GET", path)["versions"][0]["stage"] == "sealed", "a file is not sealed", 2 * PATIENCE
        )

    def hand_in(self, at: Server) -> None:
        """Hand it in."""
        handed_in = {"version": 1, "declaration": DECLARED}
        caller = self._machines.caller(at, MIA)
        caller.done("POST", f"/v1/evidence/{self.id}/submission", handed_in, f"{self._mark}/handed-in")

    def read(self, at: Server) -> bytes:
        """Return the bytes as a machine gives them."""
        address = self._machines.at(at, f"{self._machines.base}/v1/evidence/{self.id}/content")
        bearer = {"Authorization": f"Bearer {at.token_of(MIA)}"}
        answer = requests.get(address, headers=bearer, timeout=LONGEST)
        assert answer.status_code == 200, answer.text
        return answer.content

    def kept(self) -> Kept:
        """Return what must be there of it."""
        return Kept(UUID(self.id), self._mark, hashlib.sha256(self.content).hexdigest())

    def _offers(self, at: Server) -> dict[str, Any]:
        offered: dict[str, Any] = self._machines.caller(at, MIA).done(
            "POST", "/v1/evidence", self._offer, f"{self._mark}/offer"
        )
        return offered

    def _parts(self, at: Server) -> list[dict[str, Any]]:
        """Return the parts that have not arrived, none where all have and that was said."""
        asked = self._machines.caller(at, MIA).ask("GET", f"/v1/evidence/{self.id}/upload")
        return asked.body["parts"] if asked.status == 200 else []

    def _put(self, part: Mapping[str, Any]) -> None:
        start = (part["number"] - 1) * PART_BYTES
        content = self.content[start : start + PART_BYTES]
        requests.put(part["url"], data=content, headers=part["headers"], timeout=LONGEST).raise_for_status()


def who(machines: Machines, session: requests.Session, at: Server) -> str:
    """Return as whom somebody is signed in at a machine, nobody's id if they are not."""
    address = machines.at(at, f"{machines.base}/v1/me")
    answer = session.get(address, headers={"Accept": "application/json"}, timeout=LONGEST)
    if answer.status_code == BUSY:
        raise Unreachable(answer.text)
    return str(answer.json()["person_id"]) if answer.status_code == 200 else f"{answer.status_code}"


class Follower:
    """Reads what happens, each time at the other machine than before, with the cursor that the last one gave."""

    def __init__(self, machines: Machines) -> None:
        self.told: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        self._callers = [machine.caller.another() for machine in machines.both]
        self._stop = Event()
        self._thread = Thread(target=self._follow, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Return when nothing more is told."""
        self._stop.set()
        self._thread.join()
        self.wrong += [each for caller in self._callers for each in caller.wrong]

    def _follow(self) -> None:
        after, number = "", 0
        while True:
            number += 1
            try:
                answer = self._callers[number % 2].ask("GET", f"/v1/changes?wait=1&limit=5{after}")
            except Unreachable:
                sleep(REST)
                continue
            if answer.status >= 400:
                sleep(REST)
                continue
            self.told += answer.body["items"]
            after = f"&after={answer.body['next']}"
            if self._stop.is_set() and not answer.body["items"]:
                return
