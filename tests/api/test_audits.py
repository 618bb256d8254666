"""What the last audit of the stored files has found, and who may know."""

from tests.api.conftest import Tell


def test_offices_that_answer_for_the_record_see_audits_and_nobody_else(tell: Tell) -> None:
    world = tell("enrolled")
    assert world.as_("admin").sees("/audits") == {"last": None, "under_way": None}
    assert world.as_("mia").get("/audits").status_code == 403
