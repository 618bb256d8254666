"""Where the service is known to answer otherwise than the model, until the rule is built; nothing else may differ."""

from tests.adversaries.runner import Difference
from tests.adversaries.story import Story


def known(story: Story, difference: Difference) -> bool:
    """What was withdrawn is there for a command, and not for a read."""
    call = difference.call
    item = "" if call.reads else getattr(call.told, "item", "")
    return difference.expected == {"not-visible"} and story.any("withdrawn", item=item)
