"""Codes: those of the apprentice's route under their outcomes, and what each has, for the boxes of a draft."""

from collections.abc import Sequence, Set
from typing import NamedTuple, get_args

from api.enrolments import readiness_at
from api.pages.hand_in.chosen import Draft
from api.reads import Sight
from api.services import services
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.readiness.codes import CodeReadiness, CodeState, ComponentReadiness
from portfolio.domain.readiness.gaps import OBSERVATION
from portfolio.domain.readiness.picture import ClaimNote, Picture
from projections.readiness import picture_of

BUT = {"returned": ", returned", "draft": ", a draft", None: ""}
ORDER = {state: place for place, state in enumerate(get_args(CodeState))}


class Box(NamedTuple):
    """One code: what it has without the draft at hand, and whether something is still wanted for it."""

    code: str
    has: str
    wanted: bool


class Group(NamedTuple):
    """The codes of one outcome."""

    outcome: str
    title: str
    boxes: tuple[Box, ...]

    def wanted(self) -> int:
        """Return for how many of them something is still wanted."""
        return sum(box.wanted for box in self.boxes)

    def opens(self, ticked: Set[str]) -> bool:
        """Tell whether it is unfolded: something is wanted there, or ticked."""
        return bool(self.wanted()) or any(box.code in ticked for box in self.boxes)


class Codes(NamedTuple):
    """All codes: those judged from evidence, the others, and the components of either."""

    from_evidence: tuple[Group, ...]
    others: tuple[Box, ...]
    judged_from_evidence: tuple[ComponentReadiness, ...]
    observed: tuple[ComponentReadiness, ...]


def codes_for(sight: Sight[Enrolment], draft: Draft) -> Codes:
    """Return the codes of the route, each once: under the first outcome it belongs to."""
    readiness = readiness_at(sight)
    picture = picture_of(services().reads, sight.stream) or Picture()
    observed = {each.component for each in readiness.components if OBSERVATION in each.method.casefold()}
    by_code: dict[str, list[CodeReadiness]] = {}
    groups: list[tuple[str, str, list[str]]] = []
    for outcome in readiness.outcomes:
        new = [each.code for each in outcome.codes if each.code not in by_code]
        groups.append((outcome.outcome, outcome.title, [*dict.fromkeys(new)]))
        for each in outcome.codes:
            by_code.setdefault(each.code, []).append(each)
    judged = {
        code: [each for each in standing if each.component and each.component not in observed]
        for code, standing in by_code.items()
    }
    return Codes(
        from_evidence=tuple(
            Group(key, title, tuple(box(code, judged[code], picture, draft) for code in codes if judged[code]))
            for key, title, codes in groups
            if any(judged[code] for code in codes)
        ),
        others=tuple(box(code, by_code[code], picture, draft) for code in by_code if not judged[code]),
        judged_from_evidence=tuple(each for each in readiness.components if each.component not in observed),
        observed=tuple(each for each in readiness.components if each.component in observed),
    )


def box(code: str, standing: Sequence[CodeReadiness], picture: Picture, draft: Draft) -> Box:
    """Return the box of a code: what was decided of it, or with what it is claimed."""
    state = min((each.state for each in standing), key=ORDER.__getitem__)
    claims = [
        claim
        for claim in picture.claims
        if claim.code == code and (claim.evidence_id, claim.version) != (draft.evidence_id, draft.version.number)
    ]
    if state not in ("claimed", "nothing claimed"):
        return Box(code, state, state in ("not met", "set aside"))
    return Box(code, claimed(claims, picture), all(picture.stage_of(claim) == "returned" for claim in claims))


def claimed(claims: Sequence[ClaimNote], picture: Picture) -> str:
    """Return with what a code is claimed."""
    if not claims:
        return "no evidence yet"
    if len(claims) > 1:
        return f"claimed with {len(claims)} items"
    return f"claimed with {picture.title_of(claims[0])}{BUT[picture.stage_of(claims[0])]}"
