"""Files as phones, recorders and browsers write them, from the offer to claims and remarks on places in them."""

import pytest

from portfolio.application.ports import ContentUnreadable
from portfolio.domain.evidence.selector import QuoteNotFound, SelectorOutOfBounds
from tests.api.conftest import Tell
from tests.api.world import DECLARED, World, offer, put, refused, sha
from tests.infra.vault.known_cases import CASES, Case, Place


def remark(case: Case, place: Place, content: bytes) -> dict[str, object]:
    return {
        "version": 1,
        "sha256": sha(content),
        "selector": place,
        "kind": "pointer",
        "audience": "apprentice and assessors",
        "text": "Here.",
    }


@pytest.mark.parametrize("name", CASES)
def test_a_file_as_people_have_it_is_sealed_claimed_and_remarked_on(tell: Tell, name: str) -> None:
    case, world = CASES[name], tell("collected")
    mia, content = world.as_("mia"), case.content()
    wanted = offer(world, content, case.declared, filename=name.replace(": ", " ")[:100])
    (part,) = mia.does("/evidence", wanted, name="draft")["parts"]
    assert put(world, part["url"], content).status_code == 204
    if case.refusal:
        refused(mia.post("/evidence/{draft}/upload", {"version": 1}), ContentUnreadable)
        return
    mia.does("/evidence/{draft}/upload", {"version": 1})
    assert mia.sees("/evidence/{draft}")["versions"][0]["media_type"] == case.media_type
    claims_at(world, case)
    mia.does("/evidence/{draft}/submission", {"version": 1, "declaration": DECLARED})
    assessor = world.as_("assessor")
    for place in case.inside:
        assessor.does("/evidence/{draft}/annotations", remark(case, place, content))
    for place in case.outside:
        refused(assessor.post("/evidence/{draft}/annotations", remark(case, place, content)), SelectorOutOfBounds)
    served = assessor.get("/evidence/{draft}/content?version=1")
    assert (served.status_code, served.mimetype, served.data) == (200, case.media_type, content)
    if "encoding" in case.bounds:
        assert served.content_type == f"text/plain; charset={case.bounds['encoding']}"


def claims_at(world: World, case: Case) -> None:
    mia = world.as_("mia")
    for number, place in enumerate(case.inside):
        mia.does("/evidence/{draft}/claims", {"version": 1, "codes": [f"K{20 + number}"], "place": place})
    for place in case.outside:
        claim = {"version": 1, "codes": ["K21"], "place": place}
        refused(mia.post("/evidence/{draft}/claims", claim), SelectorOutOfBounds)
    if "encoding" in case.bounds:
        unheard = {"version": 1, "codes": ["K21"], "place": {"type": "text quote", "exact": "Â£40"}}
        refused(mia.post("/evidence/{draft}/claims", unheard), QuoteNotFound)
