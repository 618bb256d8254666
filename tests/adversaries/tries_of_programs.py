"""What is tried on programs: other systems that act for a person."""

import base64
import hashlib
import json
from typing import Any

from tests.adversaries.actors import CAST
from tests.adversaries.calls import Call, Scene, a_try, command, read

USUAL_ROWS, OTHER_ROWS, NEVER_GIVEN = ["see:enrolment"], ["see:enrolment", "ask:readiness"], ["do:decide-grade"]


def key_of(name: str) -> str:
    """Return the coordinate of a made-up key."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).rstrip(b"=").decode()


def thumbprint(x: str) -> str:
    """Return by what a key is named (RFC 7638)."""
    content = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def of_program(scene: Scene, name: str, rest: str, body: dict[str, Any] | None, **told: Any) -> Call:
    """Return a command on a program, mostly one that its owner tries who has one."""
    every = [each.program for each in scene.story.all("program registered")]
    own = [program for program in every if scene.story.owner(program) == scene.by]
    program = scene.often(scene.choose(own) or scene.choose(every), scene.choose(every))
    return command(scene, name, f"/programs/{scene.uid(program)}/{rest}", body, program=program, **told)


@a_try("RegisterProgram")
def register(scene: Scene) -> Call:
    owner = scene.often(scene.choose(CAST), "sid")
    rows = scene.often(USUAL_ROWS, OTHER_ROWS, NEVER_GIVEN)
    body = {"name": "Learner system", "owner": scene.uid(owner), "rows": rows}
    told = {"program": scene.new("program"), "owner": owner, "rows": tuple(rows)}
    return command(scene, "RegisterProgram", "/programs", body, new="program", **told)


@a_try("ScopeProgram")
def scope(scene: Scene) -> Call:
    rows = scene.often(OTHER_ROWS, USUAL_ROWS, NEVER_GIVEN)
    return of_program(scene, "ScopeProgram", "scope", {"rows": rows, "reason": "It needs it."}, rows=tuple(rows))


@a_try("HandProgramOver")
def hand_over(scene: Scene) -> Call:
    owner = scene.often(scene.choose(CAST), "sid", scene.by)
    body = {"owner": scene.uid(owner), "reason": "They look after it now."}
    return of_program(scene, "HandProgramOver", "owner", body, owner=owner)


@a_try("AddProgramKey")
def add_key(scene: Scene) -> Call:
    known = scene.choose(scene.story.all("program key added"))
    x = scene.often(key_of(scene.new("key")), known.x if known else key_of("first"))
    body = {"kty": "OKP", "crv": "Ed25519", "x": x}
    return of_program(scene, "AddProgramKey", "keys", body, x=x, credential=thumbprint(x))


@a_try("AddProgramSecret")
def add_secret(scene: Scene) -> Call:
    return of_program(scene, "AddProgramSecret", "secrets", None)


@a_try("RevokeCredential")
def revoke(scene: Scene) -> Call:
    known = scene.choose(scene.story.all("program key added"))
    credential = scene.often(known.credential if known else "none", "none")
    body = {"credential": credential, "reason": "It was lost."}
    call = of_program(scene, "RevokeCredential", "credentials/revocation", body, credential=credential)
    if known and scene.often(True, False):
        call.told.program, call.path = known.program, f"/programs/{scene.uid(known.program)}/credentials/revocation"
    return call


def _with_a_reason(name: str, rest: str) -> None:
    def build(scene: Scene) -> Call:
        return of_program(scene, name, rest, {"reason": "So it was agreed."})

    a_try(name)(build)


_with_a_reason("SuspendProgram", "suspension")
_with_a_reason("ReinstateProgram", "reinstatement")
_with_a_reason("EndProgram", "end")


@a_try("read programs")
def read_programs(scene: Scene) -> Call:
    return read(scene, "read programs", "/programs")


@a_try("read the rows for programs")
def read_rows(scene: Scene) -> Call:
    return read(scene, "read the rows for programs", "/programs/rows")


@a_try("read a program")
def read_program(scene: Scene) -> Call:
    program = scene.choose(scene.story.all("program registered")).program
    return read(scene, "read a program", f"/programs/{scene.uid(program)}", program=program)
