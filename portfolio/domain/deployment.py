"""Deployment: one assessment organisation's system, live or demo, its clock, its keys, and facts that it lost."""

from collections.abc import Collection, Iterable, Set
from datetime import UTC, datetime, timedelta
from typing import assert_never
from uuid import UUID

from portfolio.domain.kernel import EPOCH, Aggregate, Command, Fact, Known, RuleBroken, State, Value, changed
from portfolio.domain.vocabulary import Mode
from portfolio.domain.words import Reason

DEPLOYMENT_ID = UUID(int=2)
"""The one stream of this kind."""

CLOCK_TOLERANCE = timedelta(minutes=10)
"""So far two clocks may be apart and both be taken for right."""

LONGEST_SILENCE = timedelta(days=400)
"""No record is quiet for longer: where it seems so, the clock is asked about."""

LONGEST_TOKEN = timedelta(hours=12)
"""No token is given for longer."""

OLD_KEY_GOOD_FOR = LONGEST_TOKEN + CLOCK_TOLERANCE
"""So long is a token key still accepted after it was rotated: its last token has run out then, by every clock."""


class CreateDeployment(Command):
    """Fix what this deployment is for."""

    deployment_id: UUID = DEPLOYMENT_ID
    mode: Mode


class AcceptClock(Command):
    """Say that the clock is right, although the time of the last fact speaks against it."""

    deployment_id: UUID = DEPLOYMENT_ID
    reason: Reason


class RecordKeyChecks(Command):
    """Keep by which values the keys of the deployment are known again."""

    deployment_id: UUID = DEPLOYMENT_ID
    checks: dict[str, str]


class RotateTokenKey(Command):
    """Sign tokens with another key from now on; ``at_once`` the earlier ones are not accepted any more."""

    deployment_id: UUID = DEPLOYMENT_ID
    number: int
    check: str
    at_once: bool
    reason: Reason


class BeginCatalogue(Command):
    """Keep that a release writes facts under this number of the catalogue from now on."""

    deployment_id: UUID = DEPLOYMENT_ID
    number: int


class Head(Value):
    """How far somebody has seen the log, and by what the fact there is known again, empty if they kept nothing.

    ``who`` stands in a sentence: the views, the reactions.
    """

    who: str
    position: int
    mark: str = ""

    @property
    def known_as(self) -> str:
        """Return by what this head is known again."""
        return self.mark or f"{self.position}:"


class AcceptLoss(Command):
    """Say that the facts which were shown and are not in the log cannot be had any more."""

    deployment_id: UUID = DEPLOYMENT_ID
    reason: Reason
    heads: tuple[Head, ...]


class OfLog(Known):
    """Where the log ends, and by what its facts at the places that were asked for are known."""

    end: int
    marks: frozenset[str]


class OfLastFact(Known):
    """When the last fact was recorded, None where there is none."""

    last_recorded: datetime | None


class DeploymentCreated(Fact, tag="deployment.created"):
    """The deployment exists, for live or for demo use."""

    mode: Mode


class ClockAccepted(Fact, tag="deployment.clock-accepted"):
    """The clock was found right, although the last fact lay in its future or more than 400 days in its past."""

    clock: datetime
    last_recorded: datetime
    reason: str

    def in_words(self) -> str:
        """Return which clock it was, and after which fact."""
        return f"the clock of {moment_in_words(self.clock)} after a fact of {moment_in_words(self.last_recorded)}"


class KeyChecksRecorded(Fact, tag="deployment.key-checks-recorded"):
    """By these values, which tell nothing about them, the keys of the deployment are known again."""

    checks: dict[str, str]


class TokenKeyRotated(Fact, tag="deployment.token-key-rotated"):
    """Tokens are signed with the key of this number, known again by its check value.

    The key before is accepted until ``old_until``, or not at all any more; no other one is.
    """

    number: int
    check: str
    old_until: datetime | None
    reason: str

    def in_words(self) -> str:
        """Return how long the key before is still accepted."""
        return f"accepted until {moment_in_words(self.old_until)}" if self.old_until else "not accepted any more"


class CatalogueBegun(Fact, tag="deployment.catalogue-begun"):
    """From here on facts are written under this number of the catalogue, which earlier releases do not read."""

    number: int


class LossAccepted(Fact, tag="deployment.loss-accepted"):
    """Facts that some had been shown are lost: the log goes on after the fact ``end``, and gives their places anew."""

    end: int
    heads: tuple[Head, ...]
    reason: str

    def in_words(self) -> str:
        """Return where the log went on, and what had been shown."""
        return f"after fact {self.end}, although {known_of(self.heads, self.end)}"


class DeploymentExists(RuleBroken, rule="PLAN-6"):
    """This deployment was created already, and whether it is live or demo never changes."""


class ClockNotInQuestion(RuleBroken, rule="RECORD-1"):
    """The clock and the last fact agree: there is nothing to accept."""


class NothingLost(RuleBroken, rule="RECORD-3"):
    """The log holds everything that it was seen to hold: there is no loss to accept."""


class KeyReplaced(RuleBroken, rule="RECORD-2"):
    """A key is another one than was recorded: put the keys back from their backup."""


class OldKeyAccepted(RuleBroken, rule="RECORD-5"):
    """The key before the present one is still accepted, and never more than two are: wait, or end them all at once."""


class RotatedMeanwhile(RuleBroken, rule="RECORD-5"):
    """Somebody else has rotated the token key meanwhile: `portfolio doctor` says whether the keys here fit."""


class Deployment(State):
    """Whether the deployment exists, its mode, and up to which time facts from the future were accepted.

    ``checks`` are the values by which its keys are known again, ``catalogue`` is the number under which it is written.
    ``token_key`` is the number of the key that signs tokens, ``old_token_key`` of the one before, accepted until
    ``old_until``. ``given_up`` are the heads whose loss was accepted.
    """

    mode: Mode | None = None
    accepted_until: datetime = EPOCH
    checks: dict[str, str] = {}
    token_key: int = 1
    old_token_key: int = 0
    old_until: datetime = EPOCH
    catalogue: int = 0
    given_up: frozenset[str] = frozenset()


def create_deployment(deployment: Deployment, command: CreateDeployment, known: Known) -> list[DeploymentCreated]:
    """Fix what this deployment is for, once (PLAN-6)."""
    if deployment.mode is not None:
        raise DeploymentExists
    return [DeploymentCreated(mode=command.mode)]


def accept_clock(deployment: Deployment, command: AcceptClock, known: OfLastFact) -> list[ClockAccepted]:
    """Let facts be recorded again by a clock that was in question (RECORD-1)."""
    if known.last_recorded is None or not clock_doubt(deployment, known.last_recorded, known.at):
        raise ClockNotInQuestion
    return [ClockAccepted(clock=known.at, last_recorded=known.last_recorded, reason=command.reason)]


def accept_loss(deployment: Deployment, command: AcceptLoss, known: OfLog) -> list[LossAccepted]:
    """Let the log go on without facts that are lost (RECORD-3)."""
    lost = not_accepted(deployment, gone(command.heads, known.end, known.marks))
    if not lost:
        raise NothingLost
    return [LossAccepted(end=known.end, heads=tuple(lost), reason=command.reason)]


def gone(heads: Iterable[Head], end: int, marks: Set[str]) -> list[Head]:
    """Return the heads that are at no fact of a log, which ends there and has facts of these marks (RECORD-3)."""
    return [head for head in heads if head.position > end or (head.mark and head.mark not in marks)]


def not_accepted(deployment: Deployment, heads: Iterable[Head]) -> list[Head]:
    """Return the heads whose loss nobody has accepted (RECORD-3)."""
    return [head for head in heads if head.known_as not in deployment.given_up]


def loss_in_words(heads: Collection[Head], end: int, altered: Collection[int] = ()) -> str:
    """Return what ends where, and to whom more was known; ``altered`` are places whose fact was surely changed."""
    if ahead := [head for head in heads if head.position > end]:
        return f"The record ends with fact {end}, but {known_of(ahead)}: the newest facts are lost"
    first = min(head.position for head in heads)
    whom = _to_whom(heads, first)
    known = f"Fact {first} of the record is not the one that was known to {whom}: it was altered"
    if first in altered:
        return known
    return f"{known}, or facts were lost and others have taken their places, or {whom} knew another record"


def known_of(heads: Collection[Head], end: int = 0) -> str:
    """Return which facts were known to whom; up to ``end`` the log has others in their places."""
    return "; ".join(
        f"{'another ' if position <= end else ''}fact {position} was known to {_to_whom(heads, position)}"
        for position in sorted({head.position for head in heads})
    )


def _to_whom(heads: Iterable[Head], position: int) -> str:
    *others, last = sorted({head.who for head in heads if head.position == position})
    return f"{', '.join(others)} and {last}" if others else last


def record_key_checks(deployment: Deployment, command: RecordKeyChecks, known: Known) -> list[KeyChecksRecorded]:
    """Keep the check values of keys that have none, each once (RECORD-2)."""
    for name in command.checks.keys() & deployment.checks.keys():
        if command.checks[name] != deployment.checks[name]:
            raise KeyReplaced(keys=[name])
    new = {name: value for name, value in command.checks.items() if name not in deployment.checks}
    return [KeyChecksRecorded(checks=new)] if new else []


def rotate_token_key(deployment: Deployment, command: RotateTokenKey, known: Known) -> list[TokenKeyRotated]:
    """Sign tokens with another key; the one before holds until its tokens have run out, or ends at once (RECORD-5)."""
    if command.number <= deployment.token_key:
        raise RotatedMeanwhile
    if not command.at_once:
        check_old_key_over(deployment, known.at)
    old_until = None if command.at_once else known.at + OLD_KEY_GOOD_FOR
    return [TokenKeyRotated(number=command.number, check=command.check, old_until=old_until, reason=command.reason)]


def check_old_key_over(deployment: Deployment, now: datetime) -> None:
    """Refuse to end the present key gently while the one before is accepted still (RECORD-5)."""
    if now < deployment.old_until:
        raise OldKeyAccepted(f"It is accepted until {moment_in_words(deployment.old_until)}.")


def accepted_token_keys(deployment: Deployment, now: datetime) -> list[int]:
    """Return the numbers of the keys whose tokens are accepted, the one that signs them first (RECORD-5)."""
    return [deployment.token_key, *([deployment.old_token_key] if now < deployment.old_until else [])]


def token_key_name(number: int) -> str:
    """Return the name under which a key of tokens is kept, and its check value."""
    return "token-key.pem" if number == 1 else f"token-key-{number}.pem"


def begin_catalogue(deployment: Deployment, command: BeginCatalogue, known: Known) -> list[CatalogueBegun]:
    """Keep under which number of the catalogue facts are written, each once (RECORD-4)."""
    return [CatalogueBegun(number=command.number)] if command.number > deployment.catalogue else []


def clock_doubt(deployment: Deployment, last_recorded: datetime, now: datetime) -> str:
    """Return what speaks against the clock, empty if nothing does (RECORD-1)."""
    told = f"The last fact was recorded at {moment_in_words(last_recorded)} and the clock says {moment_in_words(now)}"
    if is_ahead(last_recorded, now) and last_recorded > deployment.accepted_until:
        return f"{told}, which is earlier"
    if now - last_recorded > LONGEST_SILENCE:
        return f"{told}, more than {LONGEST_SILENCE.days} days later"
    return ""


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Tell whether a time lies further in the future than two right clocks are apart (RECORD-1)."""
    return moment - now > CLOCK_TOLERANCE


def moment_in_words(moment: datetime) -> str:
    """Return a time as an operator reads it: 2026-12-08 10:30 UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


DeploymentFact = DeploymentCreated | ClockAccepted | KeyChecksRecorded | TokenKeyRotated | CatalogueBegun | LossAccepted


def evolve(deployment: Deployment, fact: DeploymentFact) -> Deployment:
    """Apply a fact."""
    match fact:
        case DeploymentCreated(mode=mode):
            return changed(deployment, mode=mode)
        case ClockAccepted(last_recorded=last_recorded):
            return changed(deployment, accepted_until=max(deployment.accepted_until, last_recorded))
        case KeyChecksRecorded(checks=checks):
            return changed(deployment, checks={**deployment.checks, **checks})
        case TokenKeyRotated(number=number, check=check, old_until=old_until):
            return changed(
                deployment,
                checks={**deployment.checks, token_key_name(number): check},
                token_key=number,
                old_token_key=deployment.token_key,
                old_until=old_until or EPOCH,
            )
        case CatalogueBegun(number=number):
            return changed(deployment, catalogue=number)
        case LossAccepted(heads=heads):
            return changed(deployment, given_up=deployment.given_up | {head.known_as for head in heads})
    assert_never(fact)


DEPLOYMENT = Aggregate(
    "deployment_id",
    Deployment(),
    (create_deployment, accept_clock, accept_loss, record_key_checks, rotate_token_key, begin_catalogue),
    evolve,
)
