"""What somebody is told of what concerns them, and how often by mail, as they choose themselves."""

import pytest

from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import refused


@pytest.mark.parametrize("mails", ["at once", "daily", "none"])
def test_everybody_chooses_how_often_they_are_told_by_mail(tell: Tell, mails: str) -> None:
    coach = tell("people").as_("coach")
    assert coach.sees("/me")["mails"] == "daily"
    coach.does("/people/{coach}/notices", {"mails": mails})
    assert coach.sees("/me")["mails"] == mails


def test_nobody_chooses_it_for_somebody_else(tell: Tell) -> None:
    world = tell("people")
    choice = {"mails": "none"}
    refused(world.as_("admin").post("/people/{coach}/notices", json=choice), NotPermitted)
    refused(world.as_("noah").post("/people/{coach}/notices", json=choice), NotVisible)
