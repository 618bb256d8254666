"""Redactions: some places of a version are hidden from some readers, who are shown a copy without them (ACCESS-4).

The original stays what it is, and what is claimed, found and decided on it stands. Each citation names the copy that
was really seen (EVIDENCE-9).
"""

from collections.abc import Collection
from typing import Final

from portfolio.domain.appeal.state import Appeal
from portfolio.domain.evidence.commands import OpenOriginal, RedactEvidence
from portfolio.domain.evidence.facts import EvidenceRedacted, OriginalOpened, Reader
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.refusals import shown_version
from portfolio.domain.evidence.selector import Hideable, ImageRegion, PdfRectangle, TimeRange, check_selector
from portfolio.domain.kernel import Known, RuleBroken
from portfolio.domain.vocabulary import COACH, EMPLOYER

ALWAYS_HIDDEN_FROM: Final[frozenset[Reader]] = frozenset({COACH, EMPLOYER, "panel"})
"""Readers whom every redaction is for."""

WHOLE: Final = frozenset({0})
"""The copies of a version of which nothing was ever hidden: its original."""


class ForOriginal(Known):
    """The case whose panel is to look."""

    appeal: Appeal


class NotRedactable(RuleBroken, rule="ACCESS-4"):
    """Areas of PDFs and pictures and times of recordings are hidden; of another file ask for a new version, as PDF."""


class RedactionTooNarrow(RuleBroken, rule="ACCESS-4"):
    """What is hidden is hidden from the coach, the employer and a panel at least: name all three of them."""


class RedactionUnchanged(RuleBroken, rule="ACCESS-4"):
    """This is how the version is shown already: name other places or other readers."""


class RedactionChanged(RuleBroken, rule="ACCESS-4"):
    """What is hidden of this version was changed meanwhile: look at it again, so that nothing of that is shown."""


class OriginalRedacted(RuleBroken, rule="ACCESS-4"):
    """Parts of this version are hidden from you: look at its previews, which are made without them."""


class OtherCopyShown(RuleBroken, rule="EVIDENCE-9"):
    """What you are shown of this version has changed meanwhile: look at it again."""


class CopyNotSeen(RuleBroken, rule="EVIDENCE-9"):
    """Of a version with hidden parts a remark or finding names the copy that its author was shown: look at it first."""


class OriginalNotHidden(RuleBroken, rule="ACCESS-4"):
    """Nothing of this version is hidden from this panel: its original need not be opened."""


class CaseNotHeard(RuleBroken, rule="ACCESS-4"):
    """The original is opened for the panel of an open case of this apprentice: name one that was convened."""


def redact_evidence(item: Evidence, command: RedactEvidence, known: Known) -> list[EvidenceRedacted]:
    """Hide places of a file from readers, always also from coach, employer and panel (ACCESS-4)."""
    version = _sealed(item, command.version, known)
    for place in command.places:
        _check_redactable(place, version)
    if command.places and (missing := sorted(ALWAYS_HIDDEN_FROM - command.hidden_from)):
        raise RedactionTooNarrow(f"Missing: {', '.join(missing)}.", missing=missing)
    if command.follows != len(version.redactions):
        raise RedactionChanged(f"The newest redaction is {len(version.redactions)}.")
    if _as_before(command, version.redaction()):
        raise RedactionUnchanged
    return [
        EvidenceRedacted(
            version=version.number,
            redaction=len(version.redactions) + 1,
            sha256=version.sha256,
            places=command.places,
            hidden_from=command.hidden_from if command.places else frozenset(),
            reason=command.reason,
        )
    ]


def open_original(item: Evidence, command: OpenOriginal, known: ForOriginal) -> list[OriginalOpened]:
    """Let the panel of an open case about this enrolment look at what is hidden from it (ACCESS-4)."""
    version = _sealed(item, command.version, known)
    if version.redaction() is None or command.appeal_id in version.opened_for:
        raise OriginalNotHidden
    case = known.appeal
    if case.enrolment_id != item.enrolment_id or not case.is_open() or not case.members - case.recused:
        raise CaseNotHeard
    return [
        OriginalOpened(
            version=version.number, sha256=version.sha256, appeal_id=command.appeal_id, reason=command.reason
        )
    ]


def check_copy_named(redaction: int, seen: Collection[int]) -> None:
    """Refuse to name a copy of a version that the person was not shown (EVIDENCE-9)."""
    if redaction not in seen:
        named = " or ".join(f"redaction {number}" if number else "the original (0)" for number in sorted(seen))
        raise CopyNotSeen(f"You were shown {named}." if seen else "You were shown none of it yet.")


def _sealed(item: Evidence, number: int, known: Known) -> Version:
    version = shown_version(item, number, known.by)
    if version.object_id is None or version.bounds is None:
        raise NotRedactable
    return version


def hideable_in(media_type: str) -> type[Hideable] | None:
    """Return which kind of place can be hidden in files of a type, None if none can."""
    if media_type == "application/pdf":
        return PdfRectangle
    kinds: dict[str, type[Hideable]] = {"image": ImageRegion, "audio": TimeRange, "video": TimeRange}
    return kinds.get(media_type.partition("/")[0])


def _check_redactable(place: Hideable, version: Version) -> None:
    kind = hideable_in(version.media_type)
    if version.bounds is None or kind is None or not isinstance(place, kind):
        raise NotRedactable
    check_selector(place, version.bounds)


def _as_before(command: RedactEvidence, before: EvidenceRedacted | None) -> bool:
    if before is None:
        return not command.places
    return (before.places, before.hidden_from) == (command.places, command.hidden_from)
