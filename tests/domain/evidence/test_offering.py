"""Offering: which files are taken, under which names and sizes, and of which day (EVIDENCE-1, EVIDENCE-3)."""

import pytest

from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.refusals import EnrolmentHasEnded
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.media import LARGEST_FILE, TAKEN, ContentTypeNotAllowed
from portfolio.domain.evidence.refusals import (
    EvidenceExists,
    ProductionDateInvalid,
)
from portfolio.domain.evidence.upload import EvidenceLimitReached
from portfolio.domain.kernel import changed
from tests.domain.evidence.known import (
    TO_OFFER,
)
from tests.domain.evidence.test_evidence import HANDED_IN, NEXT, OFFER, OFFERED
from tests.domain.given import given
from tests.domain.test_ending import ENDED
from tests.domain.test_enrolment import ENROLLED
from tests.domain.world import (
    TODAY,
    TOMORROW,
)


def test_a_file_is_offered_as_a_new_item() -> None:
    given(EVIDENCE).when(OFFER, TO_OFFER).records(OFFERED)


def test_an_item_is_offered_once() -> None:
    given(EVIDENCE, OFFERED).when(OFFER, TO_OFFER).rejected(EvidenceExists)


@pytest.mark.parametrize("size", [0, -1, LARGEST_FILE + 1])
def test_a_file_that_is_empty_or_too_large_is_not_taken(size: int) -> None:
    given(EVIDENCE).when(changed(OFFER, size=size), TO_OFFER).rejected(EvidenceLimitReached)
    given(EVIDENCE, *HANDED_IN).when(changed(NEXT, size=size), TO_OFFER).rejected(EvidenceLimitReached)


def test_after_the_end_of_the_enrolment_no_file_is_offered() -> None:
    ended = changed(TO_OFFER, enrolment=ENROLMENT.fold((ENROLLED, ENDED)))
    given(EVIDENCE).when(OFFER, ended).rejected(EnrolmentHasEnded)
    given(EVIDENCE, *HANDED_IN).when(NEXT, ended).rejected(EnrolmentHasEnded)


def test_the_largest_file_is_taken() -> None:
    assert given(EVIDENCE).when(changed(OFFER, size=LARGEST_FILE), TO_OFFER).refusal is None


@pytest.mark.parametrize("media_type", ["application/x-msdownload", "image/svg+xml", "text/html", "pdf"])
def test_a_file_of_a_type_that_is_not_taken_is_refused_at_the_offer_and_what_is_taken_is_said(media_type: str) -> None:
    for history, offer, known in ((), OFFER, TO_OFFER), (HANDED_IN, NEXT, TO_OFFER):
        refused = given(EVIDENCE, *history).when(changed(offer, media_type=media_type), known)
        refused.rejected(ContentTypeNotAllowed, f"declared as {media_type}", "We take PDF, JPEG, PNG")


@pytest.mark.parametrize(
    ("filename", "way_out"),
    [
        ("Report.DOC", "an old Word document: save it as DOCX or PDF"),
        ("hours.xlsm", "a document with macros: save it without them"),
        ("letter.dotx", "a template"),
        ("photos.zip", "an archive: take the files out of it"),
        ("answer.eml", "a mail: print it to PDF"),
        ("plan.svg", "an SVG drawing: save it as PNG or PDF"),
        ("risk.pdf.exe", "a program"),
    ],
)
def test_a_file_whose_name_says_that_it_is_not_taken_is_refused_at_the_offer(filename: str, way_out: str) -> None:
    for media_type in ("application/pdf", "application/octet-stream"):
        offer = changed(OFFER, media_type=media_type, filename=filename)
        given(EVIDENCE).when(offer, TO_OFFER).rejected(ContentTypeNotAllowed, way_out, "We take PDF, JPEG, PNG")


def test_a_word_that_systems_give_to_documents_too_is_taken_under_the_name_of_one_alone() -> None:
    loose = changed(OFFER, media_type="application/zip")
    assert given(EVIDENCE).when(changed(loose, filename="Rig.docx"), TO_OFFER).refusal is None
    refused = given(EVIDENCE).when(changed(loose, filename="rig"), TO_OFFER)
    refused.rejected(ContentTypeNotAllowed, "declared as application/zip, an archive", "We take PDF, JPEG, PNG")


@pytest.mark.parametrize(
    "media_type", ["image/jpg", "Text/Plain; charset=utf-8", "audio/x-m4a", "application/octet-stream", *TAKEN]
)
def test_a_file_is_offered_under_any_word_for_a_type_that_is_taken(media_type: str) -> None:
    offer = changed(OFFER, media_type=media_type)
    given(EVIDENCE).when(offer, TO_OFFER).records(changed(OFFERED, media_type=media_type))


@pytest.mark.parametrize(
    ("said", "filename", "kept"),
    [
        ("", "rig", "application/octet-stream"),
        ("", "rig.pdf", "application/octet-stream"),
        ("", "Hours.CSV", "text/csv"),
        ("application/octet-stream", "hours.csv", "text/csv"),
        ("text/plain", "hours.csv", "text/plain"),
    ],
)
def test_a_file_of_which_nobody_says_what_it_is_is_left_to_its_content_and_a_sheet_to_its_name(
    said: str, filename: str, kept: str
) -> None:
    offer = changed(OFFER, media_type=said, filename=filename)
    given(EVIDENCE).when(offer, TO_OFFER).records(changed(OFFERED, media_type=kept, filename=filename))


def test_work_is_not_produced_in_the_future() -> None:
    given(EVIDENCE).when(changed(OFFER, produced_on=TOMORROW), TO_OFFER).rejected(ProductionDateInvalid)
    given(EVIDENCE, *HANDED_IN).when(changed(NEXT, produced_on=TOMORROW), TO_OFFER).rejected(ProductionDateInvalid)


def test_work_may_be_produced_today() -> None:
    assert given(EVIDENCE).when(changed(OFFER, produced_on=TODAY), TO_OFFER).refusal is None
