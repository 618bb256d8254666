"""What a learner system does here through the client that ``openapi-python-client`` made of the document.

``python journey.py ASKED``: what is asked and what came of it are JSON. ``portfolio_client`` is the generated package.
"""

import hashlib
import json
import sys
from typing import Any
from uuid import UUID

import httpx
from portfolio_client import AuthenticatedClient
from portfolio_client.api.changes import list_changes
from portfolio_client.api.enrolments import get_readiness
from portfolio_client.api.evidence import (
    claim_statements,
    complete_upload,
    get_evidence,
    get_evidence_content,
    offer_evidence,
)
from portfolio_client.models import (
    ChangesOut,
    ClaimsIn,
    CompletedOut,
    CompletionIn,
    EvidenceOut,
    ForbiddenProblem,
    OfferIn,
    OfferOut,
    ReadinessOut,
    UnprocessableEntityProblem,
)
from portfolio_client.types import File


def main(asked: dict[str, Any]) -> dict[str, Any]:
    bringing, reading = (
        AuthenticatedClient(base_url=asked["server"], token=asked[token], raise_on_unexpected_status=True, timeout=60)
        for token in ("bringing", "reading")
    )
    content = asked["content"].encode()
    offer = OfferIn(
        enrolment_id=UUID(asked["enrolment"]),
        title="Log of the week",
        filename="log.txt",
        media_type="text/plain",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    offered = offer_evidence.sync(client=bringing, body=offer, idempotency_key="log-of-the-week-in-python")
    assert isinstance(offered, OfferOut), offered
    for part in offered.parts:
        begin = (part.number - 1) * offered.part_size
        sent = content[begin : begin + offered.part_size]
        httpx.put(part.url, content=sent, headers=part.headers.additional_properties).raise_for_status()
    completion = CompletionIn(version=offered.version_number)
    completed = complete_upload.sync(offered.id, client=bringing, body=completion)
    assert isinstance(completed, CompletedOut), completed
    brought = get_evidence.sync(offered.id, client=bringing)
    assert isinstance(brought, EvidenceOut), brought

    faulty = offer_evidence.sync(client=bringing, body=OfferIn.from_dict({**offer.to_dict(), "size": -1}))
    assert isinstance(faulty, UnprocessableEntityProblem), faulty
    refused = claim_statements.sync(offered.id, client=bringing, body=ClaimsIn(version=1, codes=["K1"]))
    assert isinstance(refused, ForbiddenProblem), refused

    item = get_evidence.sync(UUID(asked["handed_in"]), client=reading)
    assert isinstance(item, EvidenceOut), item
    file = get_evidence_content.sync(UUID(asked["handed_in"]), client=reading)
    assert isinstance(file, File), file
    part_of_it = get_evidence_content.sync(UUID(asked["handed_in"]), client=reading, range_="bytes=1-4")
    assert isinstance(part_of_it, File), part_of_it
    readiness = get_readiness.sync(UUID(asked["enrolment"]), client=reading)
    assert isinstance(readiness, ReadinessOut), readiness

    events: list[Any] = []
    page = list_changes.sync(client=reading, limit=3)
    assert isinstance(page, ChangesOut), page
    while page.items:
        events += page.items
        page = list_changes.sync(client=reading, after=page.next_, limit=3)
        assert isinstance(page, ChangesOut), page
    return {
        "brought": str(offered.id),
        "stage": brought.versions[-1].stage,
        "faulty": {"status": faulty.status, "fields": sorted(faulty.fields.additional_properties)},
        "refused": {"status": refused.status, "type": refused.type_},
        "claims": sorted(claim.code for claim in item.versions[-1].claims),
        "bytes": file.payload.read().hex(),
        "part": part_of_it.payload.read().hex(),
        "outcomes": [[each.outcome, each.state] for each in readiness.outcomes],
        "events": [event.type_ for event in events],
    }


if __name__ == "__main__":
    json.dump(main(json.loads(sys.argv[1])), sys.stdout)
