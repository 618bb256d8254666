"""Some places of a version are hidden from some readers, who are shown a copy without them (ACCESS-4, EVIDENCE-9)."""

import pytest

from portfolio.domain.appeal.state import Appeal
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import OpenOriginal, RedactEvidence, ServeEvidence
from portfolio.domain.evidence.facts import EvidenceRedacted, EvidenceServed, OriginalOpened, Reader
from portfolio.domain.evidence.redacting import (
    CaseNotHeard,
    CopyNotSeen,
    ForOriginal,
    NotRedactable,
    OriginalNotHidden,
    OriginalRedacted,
    OtherCopyShown,
    RedactionChanged,
    RedactionTooNarrow,
    RedactionUnchanged,
    check_copy_named,
)
from portfolio.domain.evidence.refusals import EvidenceUnknown
from portfolio.domain.evidence.selector import (
    Bounds,
    Hideable,
    ImageRegion,
    PdfRectangle,
    SelectorOutOfBounds,
    TimeRange,
)
from portfolio.domain.kernel import changed
from tests.domain.evidence.known import remarking, view
from tests.domain.evidence.test_claims_and_annotations import ANNOTATE, ANNOTATED
from tests.domain.evidence.test_evidence import (
    DRAFT,
    HANDED_IN,
    OFFERED,
    RETURNED,
    SEALED,
    SUBMITTED,
    WITHDRAWN,
    recorded,
)
from tests.domain.evidence.test_record import TESTIMONY
from tests.domain.given import given
from tests.domain.world import APPEAL_ID, CHAIR, ENROLMENT_ID, EVIDENCE_ID, NOW, OFFICER, SHA, TODAY, an_id

FACE = PdfRectangle(page=1, x=72, y=140, width=200, height=36)
OUTSIDE: frozenset[Reader] = frozenset({"coach", "employer", "panel"})
EVERYBODY: frozenset[Reader] = OUTSIDE | {"assessors", "quality assurers"}
REDACT = RedactEvidence(
    evidence_id=EVIDENCE_ID, version=1, follows=0, places=(FACE,), hidden_from=OUTSIDE, reason="A visitor's face."
)
REDACTED = EvidenceRedacted(
    version=1, redaction=1, sha256=SHA, places=(FACE,), hidden_from=OUTSIDE, reason="A visitor's face."
)
NOTHING = RedactEvidence(
    evidence_id=EVIDENCE_ID, version=1, follows=1, places=(), hidden_from=frozenset(), reason="They agreed."
)
SHOWN_WHOLE = EvidenceRedacted(
    version=1, redaction=2, sha256=SHA, places=(), hidden_from=frozenset(), reason="They agreed."
)
OPEN = OpenOriginal(evidence_id=EVIDENCE_ID, version=1, appeal_id=APPEAL_ID, reason="The face is what is contested.")
OPENED = OriginalOpened(version=1, sha256=SHA, appeal_id=APPEAL_ID, reason="The face is what is contested.")
HEARD = Appeal(status="with panel", enrolment_id=ENROLMENT_ID, members=frozenset({CHAIR}))


def case(appeal: Appeal = HEARD) -> ForOriginal:
    return ForOriginal(by=OFFICER, at=NOW, today=TODAY, appeal=appeal)


def test_a_place_is_hidden_in_the_place_of_what_was_hidden_before_and_each_redaction_has_a_number() -> None:
    given(EVIDENCE, *HANDED_IN).when(REDACT).records(REDACTED)
    more = changed(REDACT, follows=1, places=(FACE, changed(FACE, y=10)), hidden_from=EVERYBODY)
    given(EVIDENCE, *HANDED_IN, REDACTED).when(more).records(
        changed(REDACTED, redaction=2, places=more.places, hidden_from=EVERYBODY)
    )


def test_what_is_hidden_may_be_shown_again() -> None:
    given(EVIDENCE, *HANDED_IN, REDACTED).when(NOTHING).records(SHOWN_WHOLE)
    assert given(EVIDENCE, *HANDED_IN, REDACTED, SHOWN_WHOLE).state.versions[0].redaction() is None


@pytest.mark.parametrize("since", [RETURNED, WITHDRAWN])
def test_what_was_handed_in_once_is_redacted_whatever_became_of_it(since: object) -> None:
    given(EVIDENCE, *HANDED_IN, since).when(REDACT).records(REDACTED)  # type: ignore[arg-type]  # each is a fact


@pytest.mark.parametrize("missing", sorted(OUTSIDE))
def test_what_is_hidden_is_hidden_from_coach_employer_and_panel(missing: Reader) -> None:
    narrow = changed(REDACT, hidden_from=EVERYBODY - {missing})
    given(EVIDENCE, *HANDED_IN).when(narrow).rejected(RedactionTooNarrow, missing)


def test_to_hide_the_same_again_or_nothing_of_a_whole_version_changes_nothing() -> None:
    given(EVIDENCE, *HANDED_IN, REDACTED).when(changed(REDACT, follows=1)).rejected(RedactionUnchanged)
    given(EVIDENCE, *HANDED_IN).when(changed(NOTHING, follows=0)).rejected(RedactionUnchanged)
    shown_again = given(EVIDENCE, *HANDED_IN, REDACTED, SHOWN_WHOLE)
    shown_again.when(changed(NOTHING, follows=2)).rejected(RedactionUnchanged)


def test_what_somebody_else_hid_meanwhile_is_not_shown_by_mistake() -> None:
    below = changed(REDACT, places=(changed(FACE, y=400),))
    given(EVIDENCE, *HANDED_IN, REDACTED).when(below).rejected(RedactionChanged, "The newest redaction is 1.")
    given(EVIDENCE, *HANDED_IN).when(changed(below, follows=1)).rejected(RedactionChanged)


PICTURE = Bounds(media_type="image/png", width=100, height=50)
FILM = Bounds(media_type="video/mp4", width=100, height=50, seconds=9.0)
TEXT = Bounds(media_type="text/plain")
REGION = ImageRegion(x=0, y=0, width=100, height=50)


@pytest.mark.parametrize(
    ("bounds", "place"),
    [
        (TEXT, FACE),
        (PICTURE, FACE),
        (PICTURE, TimeRange(start=0, end=1)),
        (FILM, REGION),
    ],
)
def test_areas_of_pages_and_pictures_are_hidden_and_times_of_recordings(bounds: Bounds, place: Hideable) -> None:
    sealed = changed(SEALED, bounds=bounds)
    given(EVIDENCE, OFFERED, sealed, SUBMITTED).when(changed(REDACT, places=(place,))).rejected(NotRedactable)


@pytest.mark.parametrize(("bounds", "place"), [(PICTURE, REGION), (FILM, TimeRange(start=0, end=9))])
def test_all_of_a_picture_or_recording_may_be_hidden(bounds: Bounds, place: Hideable) -> None:
    sealed = changed(SEALED, bounds=bounds)
    given(EVIDENCE, OFFERED, sealed, SUBMITTED).when(changed(REDACT, places=(place,))).records(
        changed(REDACTED, places=(place,))
    )


def test_a_place_that_the_file_does_not_have_is_not_hidden() -> None:
    beside = changed(REDACT, places=(FACE, changed(FACE, x=500)))
    given(EVIDENCE, *HANDED_IN).when(beside).rejected(SelectorOutOfBounds)


def test_a_draft_is_not_there_to_be_redacted_nor_what_is_no_file() -> None:
    given(EVIDENCE, *DRAFT).when(REDACT).rejected(EvidenceUnknown)
    given(EVIDENCE, *HANDED_IN).when(changed(REDACT, version=2)).rejected(EvidenceUnknown)
    written = given(EVIDENCE, recorded(TESTIMONY))
    written.when(REDACT).rejected(NotRedactable)
    written.when(NOTHING).rejected(NotRedactable)
    written.when(OPEN, case()).rejected(NotRedactable)


# --- who is shown what ---


@pytest.mark.parametrize("redaction", [0, 1])
def test_a_view_of_each_copy_is_recorded_the_first_time(redaction: int) -> None:
    serve = ServeEvidence(evidence_id=EVIDENCE_ID, version=1, redaction=redaction)
    served = EvidenceServed(version=1, redaction=redaction)
    given(EVIDENCE, *HANDED_IN, REDACTED).when(serve, view(redaction=redaction)).records(served)
    whole_before = view(served=(1,), redaction=redaction)
    given(EVIDENCE, *HANDED_IN, REDACTED).when(serve, whole_before).records(*([served] if redaction else []))


def test_from_whom_parts_are_hidden_is_not_shown_the_original() -> None:
    serve = ServeEvidence(evidence_id=EVIDENCE_ID, version=1)
    given(EVIDENCE, *HANDED_IN, REDACTED).when(serve, view(redaction=1)).rejected(OriginalRedacted)


def test_a_copy_that_has_changed_meanwhile_is_looked_at_again() -> None:
    serve = ServeEvidence(evidence_id=EVIDENCE_ID, version=1, redaction=1)
    given(EVIDENCE, *HANDED_IN, REDACTED).when(serve, view(redaction=2)).rejected(OtherCopyShown)
    given(EVIDENCE, *HANDED_IN, REDACTED).when(serve, view(redaction=0)).rejected(OtherCopyShown)


# --- the original, opened to a panel ---


def test_the_original_is_opened_to_the_panel_of_an_open_case_with_a_reason() -> None:
    given(EVIDENCE, *HANDED_IN, REDACTED).when(OPEN, case()).records(OPENED)
    assert given(EVIDENCE, *HANDED_IN, REDACTED, OPENED).state.versions[0].opened_for == {APPEAL_ID}


def test_what_is_not_hidden_or_was_opened_need_not_be_opened() -> None:
    given(EVIDENCE, *HANDED_IN).when(OPEN, case()).rejected(OriginalNotHidden)
    given(EVIDENCE, *HANDED_IN, REDACTED, SHOWN_WHOLE).when(OPEN, case()).rejected(OriginalNotHidden)
    given(EVIDENCE, *HANDED_IN, REDACTED, OPENED).when(OPEN, case()).rejected(OriginalNotHidden)


@pytest.mark.parametrize(
    "appeal",
    [
        Appeal(),
        changed(HEARD, enrolment_id=an_id("other enrolment")),
        changed(HEARD, status="decided"),
        changed(HEARD, status="admitted", members=frozenset()),
        changed(HEARD, recused=frozenset({CHAIR})),
    ],
    ids=["no such case", "another's", "over", "without panel", "whose members are unable"],
)
def test_it_is_opened_for_no_other_case(appeal: Appeal) -> None:
    given(EVIDENCE, *HANDED_IN, REDACTED).when(OPEN, case(appeal)).rejected(CaseNotHeard)


# --- the copy that a citation names ---


def test_a_remark_names_the_copy_that_its_author_was_shown() -> None:
    on_copy = changed(ANNOTATE, redaction=1)
    shown = given(EVIDENCE, *HANDED_IN, REDACTED)
    shown.when(on_copy, remarking(copies=frozenset({1}))).records(changed(ANNOTATED, redaction=1))
    shown.when(ANNOTATE, remarking(copies=frozenset({1}))).rejected(CopyNotSeen, "You were shown redaction 1.")
    shown.when(on_copy, remarking(copies=frozenset())).rejected(CopyNotSeen, "none of it yet")
    shown.when(ANNOTATE, remarking(copies=frozenset({0, 1}))).records(ANNOTATED)


def test_of_a_version_that_was_never_redacted_there_is_the_original_alone() -> None:
    check_copy_named(0, {0})
    with pytest.raises(CopyNotSeen, match=r"You were shown the original \(0\)\."):
        check_copy_named(1, {0})
