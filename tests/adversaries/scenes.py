"""What scenes of adversaries share."""

from uuid import UUID, uuid5

from werkzeug.test import TestResponse

from tests.adversaries.runner import answer_of
from tests.api.world import World, decides


def answers(answer: TestResponse) -> str:
    """Return "allowed", "not-visible" for whatever is not there, or the code of the refusal."""
    return answer_of(answer)


def upheld(world: World) -> None:
    """The panel upholds the appeal; what follows has happened, and the new attempt is known by its name."""
    decides(world)
    world.reads.settle()
    world.ids["new attempt"] = uuid5(world["appeal"], "attempt")
    attempt = world.as_("responsible").sees("/assessments/{new attempt}")
    assert UUID(attempt["after_appeal"]) == world["appeal"]
