"""A loop written by hand over our log: two of our views as a good script would fill them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from infra.bench.peers.protocols import Folded, Logged, Loop
from infra.store.codec import AT, BY, HEADER, at_of, uuid_of
from portfolio.domain.calendar import LONDON

BATCH_SIZE = 1_000
decode, encode = msgspec.json.decode, msgspec.json.encode


class Script:
    """Folds two of our views as a good script would: untyped JSON, decoded where it is needed, plain dictionaries."""

    def __init__(self) -> None:
        self._owner: dict[bytes, bytes] = {}
        self._pictures: dict[bytes, dict[str, Any]] = {}

    def run(self, loop: Loop) -> None:
        """Follow the log from its first fact to its last."""
        position = 0
        while rows := loop.read(position, BATCH_SIZE):
            position = rows[-1][0]
            loop.write(self._fold(rows), position)

    def _fold(self, rows: Iterable[Logged]) -> Folded:
        owners, touched, trail = [], {}, []
        for position, stream, topic, state in rows:
            if topic == "enrolment.apprentice-enrolled":
                body = decode(state[HEADER.size :])
                self._owner[stream] = stream
                owners.append((stream, stream))
                touched[stream] = self._pictures[stream] = {
                    "enrolment_id": text_of(stream),
                    "plan_id": body["plan_id"],
                    "recorded_on": day_of(state),
                    "lasting": {"starts_on": body["starts_on"]},
                    "routes": [{"since": body["starts_on"], "route": body["route"], "form_id": body["form_id"]}],
                    "titles": {},
                    "stages": {},
                    "observations": {},
                    "claims": [],
                    "attempts": [],
                    "appeals": [],
                }
            elif topic == "evidence.upload-offered":
                body = decode(state[HEADER.size :])
                owner = self._owner[stream] = bytes.fromhex(body["enrolment_id"].replace("-", ""))
                owners.append((stream, owner))
                picture = touched[owner] = self._pictures[owner]
                version = f"{text_of(stream)}/{body['version']}"
                picture["titles"][version], picture["stages"][version] = body["title"], "draft"
            elif topic == "evidence.submitted":
                owner = self._owner[stream]
                picture = touched[owner] = self._pictures[owner]
                del picture["stages"][f"{text_of(stream)}/{decode(state[HEADER.size :])['version']}"]
            elif topic == "evidence.statement-claimed":
                body = decode(state[HEADER.size :])
                owner = self._owner[stream]
                picture = touched[owner] = self._pictures[owner]
                picture["claims"].append([body["code"], text_of(stream), body["version"], day_of(state)])
            if enrolment_id := self._owner.get(stream):
                trail.append((enrolment_id, position, stream, state[BY], topic))
        return Folded(owners, [(each, encode(picture)) for each, picture in touched.items()], trail)


def text_of(sixteen: bytes) -> str:
    """Return an id as JSON has it."""
    return str(uuid_of(sixteen))


def day_of(state: bytes) -> str:
    """Return the day of a fact in London, as JSON has it."""
    return datetime.fromtimestamp(at_of(state[AT]) / 1e6, LONDON).date().isoformat()
