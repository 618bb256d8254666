"""docs/events.md: what other systems are told, and how: its words by hand, its types from the code."""

from datetime import UTC, datetime
from textwrap import dedent
from typing import Any
from uuid import uuid5

import msgspec
from msgspec import inspect

from api.changes import LONGEST_WAIT, EventOf
from api.waits import MOST, MOST_OF_ONE
from infra.feed.sending import LONGEST_SECONDS
from infra.feed.telling import content_of
from portfolio.application.notices import Notice, NoticeTold
from portfolio.application.webhooks import RETRIES
from portfolio.domain.event_types import Event
from portfolio.domain.events import KINDS, NAMESPACE, type_of
from portfolio.domain.webhooks import NOTICE

EXAMPLES: dict[type[inspect.Type], Any] = {
    inspect.IntType: 1,
    inspect.StrType: "K20",
    inspect.DateTimeType: datetime(2026, 11, 2, 9, tzinfo=UTC),
}
"""A value of each type, but for ids."""

HEAD = """
    # What other systems are told

    A system that keeps up with this one asks `GET /v1/changes` again and again, or has it sent to an address of its own
    (a webhook). Both tell the same events. An event says that something happened to a record, by ids and nothing more;
    what it was is read from the record, with `after` and the event's `position`, by whoever may read it.

    ## Asking

    ```
    curl -H "Authorization: Bearer $TOKEN" "$BASE/v1/changes?wait=25&after=$NEXT"
    ```

    1. Begin without `after`: events are kept as long as the record itself, and told from its first day on. Or read the
       lists first, and begin with the `position` that the last write or item of a list answered.
    2. Handle the `items`, in their order, and keep `next` with what came of them, in one transaction of your own.
    3. Ask again with it as `after`. With `wait`, up to {wait} seconds, the answer comes when something happens; it may
       come empty, also before its time.

    Nothing is left out between two answers, whatever stops in between, here or with you. Each event has an `id`, which
    is the same whenever it is told: after a fault take what you know already for told twice.

    You are told what you may see when you ask: of the enrolments and appeals in which you have a part, if you said what
    you are to their apprentice where that is asked of you, and of everything else that your roles show you. What you
    may see no longer is told no more from the next request on. What you may see from now on, you read once from the
    record, and hear of from where you are.

    A program that was given `ask:changes` is told what its owner may see, of the kinds of records that its rows show
    it: `see:evidence` for what happened to work, and so on. A key that is revoked, a row that is taken and a program or
    an owner that is suspended end a wait at once, with the refusal that a new request is answered.

    | Answer | What to do |
    | --- | --- |
    | 200 with `lacks` | a fact cannot be read: an operator knows, and what is named there is not told later |
    | 410 `cursor-outlived` | the record lost facts and was put back: begin anew, and take known ids for told |
    | 429 | more than {of_one} of your requests wait: ask with fewer |
    | 503 | more than {most} wait in all, or the service starts: ask again after `Retry-After` |

    ## Having it sent

    An administrator registers an address on the page of webhooks, or by `POST /v1/webhooks`, for a person or a program
    whose rights decide what is sent: of what happens from then on, what this one may see at the moment of sending,
    perhaps of some types only. A program needs `ask:changes` for it, as at the feed; it needs no key. While the person
    or the program is suspended all waits, and comes when they go on. Each event is posted as JSON, as it stands below,
    signed as the [Standard Webhooks](https://www.standardwebhooks.com) specification says. Take a library of it, in any
    language, with the secret that registering answered (`whsec_...`):

    ```python
    from standardwebhooks import Webhook

    event = Webhook(secret).verify(body, headers)  # the very bytes; raises if they are not ours
    ```

    - Answer 2xx within {longest} seconds, and do the work afterwards. Everything else counts as not received, a
      redirect too.
    - `webhook-id` is the event's `id`. An event comes at least once, and after a fault again under the same id.
    - Events are sent in their order; what was not received is tried again after {retries}, and what came after it is
      sent meanwhile. Then it is given up until an administrator has it sent again, by the page or by
      `POST /v1/webhooks/{{id}}/letters/again`.
    - A rotated secret signs beside the one before for a day: `webhook-signature` holds both, and a library takes
      either.
    - With the type `{notice}`, which goes alone, notices are sent in the place of events: what the person is told on
      their page of notices, once it may be told; a program needs `ask:me`, and is sent those of its owner about
      records that its rows show. How often the person is told by mail changes nothing of it.
    - The address is https on the public Internet; an operator can list private networks.

    ## Types

    A type never changes its meaning. Fields may be added to it: pass over those that you do not know, and types that
    you do not know. What a type comes to mean otherwise is told as another one, ending in `.v2`, beside the old one.
    Shapes stand in `docs/openapi.json`, under the names below.
"""


def example(kind: type[Event]) -> bytes:
    """Return an event of a type as it is told."""
    fields: dict[str, Any] = {}
    for part in inspect.type_info(kind).fields:  # type: ignore[attr-defined]  # every Value is a Struct
        fields[part.name] = EXAMPLES.get(type(part.type)) or uuid5(NAMESPACE, part.name)
    shape = EventOf(KINDS).schemas()[type_of(kind)]()
    return msgspec.json.format(msgspec.json.encode(shape.dump(kind(**fields | {"position": 1042}))), indent=2)


def notice() -> str:
    """Return a notice as it is sent."""
    record = uuid5(NAMESPACE, "evidence_id")
    told = Notice(
        position=1042,
        kind="handed in",
        why="assigned coach",
        enrolment_id=uuid5(NAMESPACE, "enrolment_id"),
        record=record,
        at=datetime(2026, 11, 2, 9, tzinfo=UTC),
    )
    return msgspec.json.format(content_of(NoticeTold.of(record, told, told.kind)), indent=2).decode()


def waits_in_words() -> str:
    """Return after how long what was not received is tried again."""
    units = (("hours", 3600), ("minutes", 60), ("seconds", 1))
    waits = [
        next(f"{seconds // size} {unit}" for unit, size in units if seconds >= size and seconds % size == 0)
        for seconds in (int(wait.total_seconds()) for wait in RETRIES)
    ]
    return f"{', '.join(waits[:-1])} and {waits[-1]}"


def events_markdown() -> str:
    """Return docs/events.md."""
    lines = [
        dedent(HEAD)
        .strip()
        .format(
            notice=NOTICE,
            wait=LONGEST_WAIT,
            of_one=MOST_OF_ONE,
            most=MOST,
            longest=int(LONGEST_SECONDS),
            retries=waits_in_words(),
        ),
        "",
    ]
    for kind in KINDS:
        lines += [
            f"### `{type_of(kind)}`",
            "",
            " ".join((kind.__doc__ or "").split()),
            "",
            f"Shape: `{EventOf(KINDS).schemas()[type_of(kind)].__name__}`.",
            "",
            "```json",
            example(kind).decode(),
            "```",
            "",
        ]
    lines += [f"### `{NOTICE}`", "", " ".join((NoticeTold.__doc__ or "").split()), "", "```json", notice(), "```", ""]
    return "\n".join(lines)
