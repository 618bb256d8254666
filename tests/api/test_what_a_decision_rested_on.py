"""What lay before a decision stays readable to its panel and to whoever may replay it, also when it was withdrawn."""

from portfolio.domain.kernel import NotVisible
from tests.api.conftest import Tell
from tests.api.world import refused


def test_what_lay_before_a_decision_stays_readable_when_it_is_withdrawn_and_says_so(tell: Tell) -> None:
    world = tell("decided")
    world.as_("mia").does("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "I want it back."})
    for person in ("mia", "officer", "responsible"):
        (version,) = world.as_(person).sees("/evidence/{evidence}")["versions"]
        assert version["stage"] == "withdrawn"
        assert world.as_(person).get("/evidence/{evidence}/content").status_code == 200
    for person in ("coach", "employer", "admin"):
        refused(world.as_(person).get("/evidence/{evidence}"), NotVisible)
        refused(world.as_(person).get("/evidence/{evidence}/content"), NotVisible)


def test_a_panel_reads_what_lay_before_the_decision_while_its_case_is_open(tell: Tell) -> None:
    world = tell("convened")
    world.as_("mia").does("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "I want it back."})
    assert world.as_("chair").get("/evidence/{evidence}/content").status_code == 200
    assert world.as_("chair").get("/evidence/{observation}").status_code == 200
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert world.as_("chair").get("/appeals/{appeal}").status_code == 200
    refused(world.as_("chair").get("/evidence/{observation}"), NotVisible)
    refused(world.as_("chair").get("/enrolments/{enrolment}"), NotVisible)
