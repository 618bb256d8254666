"""Files in a form, without script: each is kept as a draft or not at all, and what is refused is not even read."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from infra.store.journal import EventJournal
from portfolio.application.ports import OutcomeUnknown
from portfolio.domain.evidence.quota import Quota
from tests.api.world import BASE, NOTES, TODAY, World
from tests.infra.vault import files
from tests.pages.page import Page
from tests.pages.test_hand_in import HAND_IN, listed, mia, world
from tests.pages.visitor import OWN, Visitor, a_file, kept

__all__ = ["mia", "world"]


def test_a_browser_that_knows_no_type_is_helped_by_the_name(world: World, mia: Visitor) -> None:
    mia.does(mia.reads(HAND_IN), "files", files=a_file(NOTES, "notes.TXT", "application/octet-stream"))
    assert listed(world) == [("notes", "sealed", [])]


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ((b"", "", ""), 422, "Files: choose a file."),
        (a_file(name="x" * 256 + ".pdf"), 422, "Filename: Length must be between 1 and 255."),
        (a_file(name="risk\x01.pdf"), 422, "Holds a control character"),
        (a_file(b""), 409, "The file is empty or larger than the 2 GB that are taken"),
        (
            a_file(files.EXECUTABLE, "risk.exe", "application/x-msdownload"),
            409,
            "A file that ends in .exe is a program",
        ),
        (a_file(files.EXECUTABLE), 409, "risk.pdf Not taken"),
        (a_file(NOTES), 409, "The file was declared as application/pdf but is TXT."),
        (a_file(files.pdf()[:200]), 409, "too complicated"),
    ],
)
def test_a_refused_file_is_answered_in_a_sentence_and_leaves_nothing_behind(
    world: World, mia: Visitor, wrong: tuple[bytes, str, str], status: int, sentence: str
) -> None:
    page = mia.reads(HAND_IN)
    for _ in range(2):
        again = mia.refused(page, "files", status, files=wrong)
        assert sentence in again.text
        assert listed(world) == []
        assert kept(world) == []
    mia.does(again, "files", files=a_file())
    assert listed(world) == [("risk", "sealed", [])]


@dataclass
class Unconfirmed:
    """A journal whose disk fails before it confirms an append."""

    journal: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.journal, name)

    def append(self, *_: Any) -> None:
        raise OutcomeUnknown


def test_a_form_of_which_nobody_knows_whether_it_was_done_does_not_say_that_it_was_not(
    world: World, mia: Visitor
) -> None:
    mia.does(mia.reads(HAND_IN), "files", files=a_file())
    item = world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"][0]["evidence_id"]
    page = mia.reads(f"{HAND_IN}/describe?file={item}")
    world.services = replace(
        world.services, handler=replace(world.handler, journal=cast(EventJournal, Unconfirmed(world.journal)))
    )
    again = Visitor(world, "mia").refused(page, "describe", 503, title="Plot", produced_on=TODAY)
    assert "Nobody knows whether this was recorded" in again.refusal
    assert "It may have been done: send the form again, and it is done only once, and what you" in again.refusal
    assert "It was not done" not in again.refusal
    assert again.form("describe")[1]["title"] == "Plot"


def test_a_form_of_too_many_fields_is_not_told_that_it_has_too_many_bytes(world: World, mia: Visitor) -> None:
    answer = mia.send(mia.reads(HAND_IN), "files", files=a_file(), codes=["K1"] * 1000)
    assert answer.status_code == 413
    assert "The form has more fields, or longer ones, than any form of ours" in answer.text
    assert (listed(world), kept(world)) == ([], [])


@dataclass
class Noughts:
    """So many bytes of a file, made while they are read."""

    left: int

    def read(self, size: int) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return bytes(size)


def test_of_a_form_that_is_longer_than_its_fields_can_be_nothing_is_read(mia: Visitor) -> None:
    """A million bytes of fields take a second to tell apart, and whoever is signed in could send them for ever."""
    page, sent = mia.reads(HAND_IN), io.BytesIO(b"a=&" * 300_000)
    answer = mia.client.post(
        page.form("files")[0],
        base_url=BASE,
        content_type="application/x-www-form-urlencoded",
        headers=OWN,
        environ_overrides={"wsgi.input": sent, "CONTENT_LENGTH": "900000"},
    )
    assert (answer.status_code, sent.tell()) == (413, 0)
    assert "Send at most 300000 bytes here." in answer.text


def posted_unread(mia: Visitor, page: Page, sent: Noughts) -> Any:
    return mia.client.post(
        page.form("files")[0],
        base_url=BASE,
        content_type="multipart/form-data; boundary=x",
        headers=OWN,
        environ_overrides={"wsgi.input": sent, "CONTENT_LENGTH": str(sent.left)},
    )


def test_files_far_too_large_are_refused_in_a_sentence_before_any_of_them_is_read(world: World, mia: Visitor) -> None:
    page, sent = mia.reads(HAND_IN), Noughts(too_large := 2_002_000_000)
    answer = posted_unread(mia, page, sent)
    assert answer.status_code == 409
    assert "The file is empty or larger than the 2 GB that are taken" in Page(answer.text).refusal
    assert (sent.left, listed(world), kept(world)) == (too_large, [], [])


def suspended(world: World) -> None:
    world.as_("admin").does("/people/{mia}/suspension", {"reason": "An inquiry."})


def withdrawn_from_the_plan(world: World) -> None:
    end = {"how": "withdrawn", "ended_on": TODAY, "reason": "She left."}
    world.as_("admin").does("/enrolments/{enrolment}/end", end)


def full(world: World) -> None:
    world.services = replace(world.services, handler=replace(world.handler, quota=Quota(bytes_of_enrolment=1_000_000)))


def with_drafts_enough(world: World) -> None:
    world.services = replace(world.services, handler=replace(world.handler, quota=Quota(drafts_of_person=0)))


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (suspended, "suspended"),
        (withdrawn_from_the_plan, "ended"),
        (full, "more room than the enrolment has"),
        (with_drafts_enough, "as many drafts as one person may have"),
    ],
)
def test_a_large_file_that_is_refused_whatever_it_holds_is_not_read(
    world: World, mia: Visitor, happens: Callable[[World], None], sentence: str
) -> None:
    page, sent = mia.reads(HAND_IN), Noughts(large := 90_000_000)
    happens(world)
    answer = posted_unread(Visitor(world, "mia"), page, sent)
    assert answer.status_code in (403, 409)
    assert sentence in answer.text
    assert sent.left == large


def test_who_may_bring_nothing_is_told_why_in_the_place_of_the_form(world: World, mia: Visitor) -> None:
    withdrawn_from_the_plan(world)
    page = mia.reads(HAND_IN)
    assert "files" not in page.actions
    assert "ended" in page.text


def test_a_form_sent_twice_makes_one_item_and_another_file_another(world: World, mia: Visitor) -> None:
    page = mia.reads(HAND_IN)
    for content in (files.pdf(), files.pdf(), files.pdf((100, 100))):
        mia.does(page, "files", files=a_file(content))
    assert listed(world) == [("risk", "sealed", [])] * 2


def test_what_was_discarded_can_be_brought_again_with_the_same_form(world: World, mia: Visitor) -> None:
    page = mia.reads(HAND_IN)
    shown = mia.does(page, "files", files=a_file())
    (out,) = (link.attributes["href"] for link in shown.top.all("a") if link.text == "Take out risk")
    mia.does(mia.reads(out), "discard")
    assert listed(world) == []
    mia.does(page, "files", files=a_file())
    assert listed(world) == [("risk", "sealed", [])]


@pytest.mark.parametrize(
    "site",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": ""}],
)
def test_a_form_on_another_site_does_nothing_here(world: World, mia: Visitor, site: dict[str, str]) -> None:
    path, fields = mia.reads(HAND_IN).form("files")
    answer = mia.post(path, {**fields, "files": a_file()}, **site)
    assert answer.status_code == 403
    assert "came from a page of another site" in Page(answer.text).text
    assert listed(world) == []


def test_a_file_that_the_rules_refuse_is_not_even_announced(world: World, mia: Visitor) -> None:
    head = world.journal.head()
    program = a_file(files.EXECUTABLE, "risk.exe", "application/x-msdownload")
    mia.refused(mia.reads(HAND_IN), "files", 409, files=program)
    assert world.journal.head() == head
    assert kept(world) == []
