"""Uploads: an offer sent again, and bytes that are sealed while somebody else is at the same item."""

from functools import partial
from typing import cast
from uuid import UUID, uuid4

import msgspec
import pytest

from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, Idempotency, UploadPart
from portfolio.application.previews import Previews
from portfolio.application.turns import Turns
from portfolio.application.uploads import Offered, Uploads
from portfolio.domain.evidence.commands import OfferEvidence
from portfolio.domain.evidence.quota import Quota, TooManyDrafts
from portfolio.domain.kernel import Rejected, changed
from tests.application.stage import ENROLMENT, FIRST_DAY, LOG, MIA, Stage
from tests.checking import Never
from tests.domain.world import SHA, an_id
from tests.infra.store.given import run_in_threads
from tests.patience import PATIENCE

OFFER = OfferEvidence(
    evidence_id=LOG,
    enrolment_id=ENROLMENT,
    object_id=an_id("object"),
    title="Desk log",
    filename="log.pdf",
    media_type="application/pdf",
    size=1000,
    sha256=SHA,
    produced_on=FIRST_DAY,
)
PLACE = UploadPart(number=1, url="https://portfolio.example/uploads/1")


@pytest.mark.parametrize(
    ("kept", "parts"),
    [
        (b"", ()),
        (b'{"parts":[{"number":1,"url":"https://portfolio.example/uploads/1"}]}', (PLACE,)),
    ],
)
def test_an_offer_sent_again_is_answered_in_full_though_an_earlier_release_kept_less_of_its_answer(
    stage: Stage, kept: bytes, parts: tuple[UploadPart, ...]
) -> None:
    stage.enrol()
    key = Idempotency(key="k", fingerprint=b"f")
    first = stage.do(OFFER, MIA, idempotency=changed(key, extra=kept))
    sent_again = changed(OFFER, evidence_id=an_id("another item"), object_id=an_id("another object"))
    again = Uploads(stage.handler, stage.vault, cast(Previews, None), Never()).offer(sent_again, MIA, idempotency=key)
    assert changed(again, extra=kept) == first
    answer = msgspec.json.decode(again.extra, type=Offered)
    assert answer == Offered(version_number=1, object_id=OFFER.object_id, parts=parts)


def test_offers_of_several_processes_do_not_pass_a_quota_together(stage: Stage) -> None:
    stage.enrol()
    two = Quota(drafts_of_person=2)
    processes = [CommandHandler(stage.journal, stage.handler.vault, stage.now, uuid4, quota=two) for _ in range(4)]
    offers = [changed(OFFER, evidence_id=uuid4(), object_id=uuid4()) for _ in processes]
    taken: list[UUID] = []
    refused: list[Rejected] = []

    def give(handler: CommandHandler, offer: OfferEvidence) -> None:
        try:
            taken.append(handler.execute(offer, MIA).stream)
        except Rejected as refusal:
            refused.append(refusal)

    run_in_threads(*[partial(give, *each) for each in zip(processes, offers, strict=True)])
    assert len(taken) == 2
    assert {type(refusal) for refusal in refused} == {TooManyDrafts}


def test_who_waits_too_long_for_their_own_offers_is_told_to_try_again() -> None:
    turns = Turns(patience_seconds=0)
    with turns.of(MIA), pytest.raises(Busy), turns.of(MIA):
        pass
    with turns.of(MIA):
        pass


def test_who_sends_many_offers_at_once_keeps_no_more_threads_than_have_a_place() -> None:
    turns = Turns(patience_seconds=PATIENCE, places=1)
    with turns.of(MIA), pytest.raises(Busy), turns.of(MIA):
        pass
    with turns.of(MIA):
        pass
