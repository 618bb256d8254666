"""The demo from outside: a demo deployment, the story told to it, a real server beside us, and the door to it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from infra.demo.cast import ADMINISTRATOR, APPRENTICES, LATECOMER, STAFF
from infra.demo.clock import StoryClock
from infra.demo.stage import Stage
from infra.demo.telling import Telling, beginning_of, is_told, to
from infra.deployment import Deployment, create, describe, tokens_of
from infra.errors import OperatorError
from infra.identity.ended import LastSignOut, last_sign_out
from infra.lock import folder_lock
from infra.main import build, now, open_record
from infra.serve import listen
from infra.settings import PREFIX, Settings
from infra.signing_in import open_sessions
from infra.store.sqlite.store import FACTS_FILE
from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.deployment import LONGEST_TOKEN

STORY = "story.json"
SERVER_LOG = "server.log"
STOP_SECONDS = 40
SERVE = "from infra.cli import main; main()"


class DemoFailed(OperatorError):
    """The demo cannot go on; the message says why."""


def show(settings: Settings, say: Callable[[str], None], *, serve: bool) -> None:
    """Make the demo deployment if there is none, tell the rest of its story, and serve it until told to stop.

    The story is told in this process, where nobody else can ask anything, and by its own clock; what is served then is
    an ordinary deployment, by the true time. Without ``serve`` it stops when the story is told. Raises ``DemoFailed``
    for a live deployment, or with the sentence of a server that does not start.
    """
    if serve:
        listen(settings).close()  # what is wrong with the address is said before the story, not after it
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with leaving_gently(), folder_lock(settings.folder):
        stage = tell(settings, say)
    if not serve:
        say(f"The story is told; it lies in {settings.folder}.")
        return
    with server(settings) as process:
        door(settings, stage, say)
        try:
            process.wait()
        except KeyboardInterrupt:
            say("\nStopped. Start it again, and it goes on.")
            return
        raise DemoFailed(f"The server has stopped: see {settings.folder / SERVER_LOG}.")


def tell(settings: Settings, say: Callable[[str], None]) -> Stage:
    """Tell what has not been told yet of the story; its clock goes on from where the record stands."""
    today = london_day(now())
    there, last_recorded = standing(settings)
    clock = StoryClock(last_recorded or beginning_of(today), now)
    if there is None or not there.administrators:
        create(settings, "demo", ADMINISTRATOR, clock=clock)
        say(f"Made a demo deployment in {settings.folder}.")
        there, _ = standing(settings)
    if there is None or there.mode != "demo":
        raise DemoFailed(f"{settings.folder} is a live deployment: tell the demo in another folder, with --folder.")
    file, (administrator, *_) = settings.folder / STORY, there.administrators
    told = partial(
        Stage, settings.base_url, partial(token_for, settings), file, today=today, administrator=administrator
    )
    if not is_told(told()):
        with closing(build(settings, clock=clock)) as running:
            token_of = partial(tokens_of(running.record).issue, lifetime=LONGEST_TOKEN)
            send = to(running.wsgi)
            Telling(
                settings.base_url, token_of, file, today=today, administrator=administrator, send=send, clock=clock
            ).tell(say)
    return told()


def standing(settings: Settings) -> tuple[Deployment | None, datetime | None]:
    """Return what the deployment of this folder is, and when its last fact was recorded; None before there is one."""
    if not (settings.folder / FACTS_FILE).exists():
        return None, None
    with open_record(settings, read_only=True) as record:
        return describe(record.journal), ReadSession(record.journal).last_recorded()


@contextmanager
def server(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `portfolio serve` beside us until the end; its log goes to a file in the folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = inherited | settings.environment()  # a server of these settings, whatever else is set around us
    with (settings.folder / SERVER_LOG).open("ab+") as log:
        begin = log.tell()
        with subprocess.Popen(  # noqa: S603 - our own interpreter and command
            [sys.executable, "-P", "-c", SERVE, "serve"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process:
            try:
                with leaving_gently():
                    if process.stdout is None or not process.stdout.readline():  # it says when it listens, or ends
                        log.seek(begin)
                        lines = log.read().decode(errors="replace").strip().splitlines()
                        raise DemoFailed(lines[-1] if lines else "The server did not start.")
                    yield process
            finally:
                stop(process)


@contextmanager
def leaving_gently() -> Iterator[None]:
    """End as after Ctrl-C where we are told to end, or the terminal is closed."""
    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave(number: int, _: object) -> None:
    """End as after Ctrl-C, so that whatever is open is closed, and the server ends too."""
    sys.exit(128 + number)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End the server gently, and without mercy if it does not."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def door(settings: Settings, stage: Stage, say: Callable[[str], None]) -> None:
    """Say where the demo is served, with a sign-in link for each role and three calls worth trying."""
    say(f"\nServing the demo on {settings.base_url}; everything in it is invented. Ctrl-C stops.")
    say("\nSign-in links, each good once and for twelve hours:")
    people = [("administrator", ADMINISTRATOR, "administrator")]
    people += [(actor.role, actor.name, actor.key) for actor in STAFF]
    people += [(f"apprentice ({one.route})", one.name, one.key) for one in (*APPRENTICES, LATECOMER)]
    with open_sessions(settings, now, signed_out(settings)) as sessions:
        for role, name, key in people:
            say(f"  {role:<26} {name:<13} {sessions.issue_link(UUID(stage.id(key)), LONGEST_TOKEN)}")
    say("\nPages worth seeing once signed in:")
    for who, path in (
        ("Zofia, or her coach", f"/enrolments/{stage.id('zofia enrolment')}"),
        ("Joan, Amina or David", "/queue"),
        ("Joan", f"/evidence/{stage.id('mia log')}"),
        *(("Joan", f"/evidence/{stage.id(f'zofia {name}')}") for name in ("photo", "film", "note", "scan", "account")),
        ("Amina, who observes", f"/assessments/{stage.id('idris C1')}"),
        ("Elaine, or Mia", f"/appeals/{stage.id('appeal')}"),
        ("Elaine, Peter or Grace", f"/appeals/{stage.id('portfolio appeal')}"),
        ("Nadia, or Zofia", f"/appeals/{stage.id('zofia appeal')}"),
    ):
        say(f"  {who:<26} {settings.base_url}{path}")
    token = token_for(settings, UUID(stage.id("officer")))
    say(f"\nThree calls worth trying; the reference is at {settings.base_url}/v1/docs:")
    say(f"  export TOKEN={token}")
    for comment, path in calls(stage):
        say(f"  # {comment}")
        say(f"""  curl -s -H "Authorization: Bearer $TOKEN" '{settings.base_url}{path}'""")


def token_for(settings: Settings, person: UUID) -> str:
    """Return a token of the demo, which a server may have open, for this person."""
    with open_record(settings, read_only=True) as record:
        return tokens_of(record).issue(person, LONGEST_TOKEN)


def signed_out(settings: Settings) -> LastSignOut:
    """Return what asks the record of the demo, which a server may have open, when somebody signed out last."""

    def of(person: UUID) -> datetime:
        with open_record(settings, read_only=True) as record:
            return last_sign_out(record.journal)(person)

    return of


def calls(stage: Stage) -> list[tuple[str, Any]]:
    """Return three reads: what each shows, and its address."""
    decided = stage.answer("mia C1/decision")["position"]
    return [
        ("what Zofia still needs, in sentences", f"/v1/enrolments/{stage.id('zofia enrolment')}/readiness"),
        (
            "Mia's readiness as it was known when the decision she appealed had just been made",
            f"/v1/enrolments/{stage.id('mia enrolment')}/readiness?known_at={decided}",
        ),
        ("the replay the appeals panel sees", f"/v1/appeals/{stage.id('appeal')}/chronology"),
    ]
