"""What facts of evidence say to a lay reader: rows of the tables in ``sentences.py``."""

from collections.abc import Callable
from typing import Any

from portfolio.domain.calendar import day_in_words
from portfolio.domain.evidence import facts as evidence
from portfolio.domain.evidence.declaration import AiUse
from portfolio.domain.evidence.media import TAKEN, size_in_words
from portfolio.domain.evidence.selector import Selector, place_in_words
from portfolio.domain.kernel import Fact
from portfolio.domain.sentences_of_deployment import because


def _annotated(fact: evidence.EvidenceAnnotated) -> str:
    what = "revised a remark" if fact.revises else "made a remark"
    on = f"version {fact.version}{_copy(fact.redaction)}{_place(fact.selector)}"
    return f"{what} ({fact.kind}) on {on}: “{fact.text}”"


def _claimed(fact: evidence.StatementClaimed) -> str:
    return f"claimed {fact.code} with version {fact.version}{_place(fact.place)}"


AI_USE: dict[AiUse, str] = {"none": "made without AI", "assisted": "with AI as declared"}


def _kind(media_type: str) -> str:
    """Return what people call files of a type; one that is not taken any more by its type."""
    return TAKEN[media_type].name if media_type in TAKEN else media_type


def _copy(redaction: int) -> str:
    return f", as redaction {redaction} leaves it" if redaction else ""


def _place(selector: Selector | None) -> str:
    place = place_in_words(selector) if selector else ""
    return f", {place}" if place else ""


def _written(fact: evidence.EvidenceRecorded) -> str:
    if fact.corrects:
        said = f"corrected a record that a decision cites, by version {fact.version}, “{fact.title}”"
        return f"{said}{because(fact.reason)}"
    if fact.reason:
        return f"corrected “{fact.title}” by version {fact.version}{because(fact.reason)}"
    return f"wrote “{fact.title}”"


def _redacted(fact: evidence.EvidenceRedacted) -> str:
    if not fact.places:
        return f"hid nothing of version {fact.version} any more, by redaction {fact.redaction}{because(fact.reason)}"
    places, readers = "; ".join(map(place_in_words, fact.places)), ", ".join(sorted(fact.hidden_from))
    return (
        f"hid from {readers}, by redaction {fact.redaction} of version {fact.version}: {places}{because(fact.reason)}"
    )


OF_EVIDENCE: dict[type[Fact], Callable[[Any], str]] = {
    evidence.UploadOffered: lambda fact: f"announced “{fact.title}”, version {fact.version}",
    evidence.DraftDescribed: lambda fact: (
        f"called version {fact.version} “{fact.title}”"
        + (f", produced on {day_in_words(fact.produced_on)}" if fact.produced_on else "")
    ),
    evidence.FileReceived: lambda fact: f"sent the whole file of version {fact.version}",
    evidence.FileSealed: lambda fact: (
        f"sealed the file of version {fact.version}: {_kind(fact.bounds.media_type)}, {size_in_words(fact.size)}; "
        f"malware screening: {fact.screening}"
    ),
    evidence.FileRefused: lambda fact: f"refused the file of version {fact.version}: {fact.why.rstrip('.')}",
    evidence.EvidenceRecorded: _written,
    evidence.EvidenceSubmitted: lambda fact: (
        f"handed in version {fact.version}, declared as own work, {AI_USE[fact.declaration.ai_use]}"
    ),
    evidence.EvidenceReturned: lambda fact: f"returned version {fact.version}: {fact.reason.rstrip('.')}",
    evidence.EvidenceAccepted: lambda fact: f"accepted version {fact.version}",
    evidence.EvidenceReplaced: lambda fact: f"replaced version {fact.version} by version {fact.replaced_by}",
    evidence.StatementClaimed: _claimed,
    evidence.ClaimDropped: lambda fact: f"dropped the claim of {fact.code} with version {fact.version}",
    evidence.EvidenceAnnotated: _annotated,
    evidence.EvidenceServed: lambda fact: f"was shown version {fact.version}{_copy(fact.redaction)}",
    evidence.EvidenceRedacted: _redacted,
    evidence.OriginalOpened: lambda fact: (
        f"opened the original of version {fact.version} to the panel of an appeal: {fact.reason.rstrip('.')}"
    ),
    evidence.EvidenceWithdrawn: lambda fact: f"withdrew version {fact.version}: {fact.reason.rstrip('.')}",
    evidence.DraftDiscarded: lambda fact: f"discarded the draft of version {fact.version}, bytes and all",
}
