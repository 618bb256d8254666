"""The grounds: what the appellant says was wrong, the items each points at, and what was answered."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from api.pages.case.of import UNSEEN, Case
from api.pages.case.since import answers
from portfolio.domain.appeal.facts import AppealAdmitted, AppealNotAdmitted, SecondLookAsked
from portfolio.domain.appeal.lodging import GROUNDS
from portfolio.domain.evidence.selector import place_in_words


def grounds_of(case: Case) -> list[dict[str, Any]]:
    """Return each ground with the items that it points at, and the panel's answer once there is one."""
    return [
        {
            "ground": ground.ground,
            "called": GROUNDS.get(ground.ground, ""),
            "statement": ground.statement,
            "items": [pointed_at(case, item) for item in ground.items],
            "answer": answer,
        }
        for ground, answer in answers(case.sight)
    ]


def pointed_at(case: Case, item: UUID) -> dict[str, str]:
    """Return an item of the decision that a ground points at, or the attempt, with where it is shown."""
    if item == case.replay.assessment_id:
        return {"title": f"how {case.tried} was decided", "href": "#decision"}
    for version in case.context.available:
        if version.evidence_id == item:
            title = case.title(item, version.version)
            return {"title": title, "href": case.address_of(item, version.version)}
        for remark in version.annotations:
            if remark.annotation_id == item:
                title, where = case.title(version.evidence_id, version.version), place_in_words(remark.selector)
                called = f"a remark on {title}{', ' + where if where else ''}"
                return {"title": called, "href": case.address_of(version.evidence_id, version.version)}
    return {"title": UNSEEN, "href": ""}


def said_by_the_organisation(case: Case) -> Sequence[dict[str, Any]]:
    """Return what the organisation said to the appeal so far: whether it is heard, and why not."""
    said = []
    for entry in case.session.history(case.appeal_id):
        match entry.fact:
            case AppealAdmitted():
                said.append(
                    {
                        "by": case.name(entry.by),
                        "at": entry.at,
                        "what": "The appeal was admitted, so that a panel hears it.",
                        "why": "",
                    }
                )
            case AppealNotAdmitted(reason=reason, because=because):
                what = f"The appeal was not admitted{': ' + because if because else ''}."
                said.append({"by": case.name(entry.by), "at": entry.at, "what": what, "why": reason})
            case SecondLookAsked(statement=statement):
                what = "A second look was asked for."
                said.append({"by": case.name(entry.by), "at": entry.at, "what": what, "why": statement})
    return said
