"""api/reference.json: of each call what it asks and how it is refused, and a worked example; made by ``make docs``."""

import json
from types import SimpleNamespace
from typing import Any, cast

from api import asked, errors
from api.app import create_app
from api.auth import PageForPeople
from api.brand import COLOUR
from api.oauth import ERRORS
from api.services import Services
from portfolio.application import ports
from portfolio.application.handler import REFUSAL_OF_KEY
from portfolio.application.indexes import OPEN_APPEAL, ULN
from portfolio.application.originals import FileBeingMeasured, StoredFileAltered
from portfolio.domain import kernel
from portfolio.domain.appeal.lodging import LodgeAppeal
from portfolio.domain.enrolment.corrections import CorrectUln
from portfolio.domain.enrolment.ending import TakeEndBack
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.enrolment.papers import CompletePaper
from portfolio.domain.evidence.commands import CompleteUpload
from portfolio.domain.evidence.media import ContentTypeNotAllowed
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import Command, Rejected
from portfolio.domain.permissions import PartEnded
from portfolio.domain.program.refusals import OutOfScope, ProgramStopped
from portfolio.domain.standing import AccessSuspended
from tests.tools.reach import Reach, calls_of, reach_of
from tests.tools.worked import examples

EVERYWHERE = {AccessSuspended, PartEnded, InterestNotDeclared, StoredFileAltered, FileBeingMeasured}
EVERYWHERE |= {OutOfScope, ProgramStopped}
"""What any call may be refused as, beside what the service and the store themselves refuse."""

OF_PARTS = (ports.UploadUrlExpired, ports.UploadUrlInvalid, ports.UploadTooLarge, ports.UploadUnderWay)
"""What the address of a part answers to whoever sends it there, which is no call of the document."""

OF_FILES = (
    ports.ContentHashMismatch,
    ports.ContentSizeMismatch,
    ports.ContentTypeMismatch,
    ports.ContentUnreadable,
    ports.MalwareFound,
    ports.MalwareNotRuledOut,
    ports.NotScanned,
    ports.ScanTimedOut,
    ports.UploadMissing,
    ports.UploadUnderWay,
    ContentTypeNotAllowed,
)
"""What a file is refused for once it is all there, by the vault and the scanner, which rules know nothing of."""

BESIDE: dict[type[Command], tuple[type[Rejected], ...]] = {
    CompleteUpload: OF_FILES,
    CompletePaper: OF_FILES,
    EnrolApprentice: (REFUSAL_OF_KEY[ULN],),
    CorrectUln: (REFUSAL_OF_KEY[ULN],),
    TakeEndBack: (REFUSAL_OF_KEY[ULN],),
    LodgeAppeal: (REFUSAL_OF_KEY[OPEN_APPEAL],),
}
"""What commands are refused for beyond what their rules name: by the vault and the scanner, and by unique keys."""

IN_RANGES = ("/content", "/preview")
"""How the paths end at which bytes are sent, also a part of them."""

OF_PAGES = (errors.CrossSiteRequest, errors.LookedAhead, PageForPeople)
"""What only pages answer."""

OF_TOKENS = tuple(ERRORS)
"""What the address answers at which programs ask for tokens, which is no call of the document."""

SOME = {*OF_PARTS, *OF_FILES, *OF_PAGES, ports.KeyTaken, errors.RangeNotSatisfiable}


def common() -> set[type[Rejected]]:
    """Return what any call may be refused as."""
    of_all = {
        kind
        for kind in errors.refusals().values()
        if kind.__module__ in (errors.__name__, asked.__name__, ports.__name__, kernel.__name__) and kind not in SOME
    }
    return of_all | EVERYWHERE


def reference_json() -> str:
    """Return the file."""
    app = create_app(cast(Services, SimpleNamespace(base_url="", colour=COLOUR)))
    calls = {
        call: reach_of(view)
        for call, view in calls_of(app).items()
        if " /v1/" in call and not call.startswith("GET /v1/docs")
    }
    content = {
        "common": sorted(kind.code for kind in common()),
        "elsewhere": {
            "the address that a part of a file is sent to": sorted(kind.code for kind in OF_PARTS),
            "the pages": sorted(kind.code for kind in OF_PAGES),
            "the address at which a program asks for a token": sorted(kind.code for kind in OF_TOKENS),
        },
        "calls": {call: told(call, reach) for call, reach in sorted(calls.items())},
        "examples": examples(),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def told(call: str, reach: Reach) -> dict[str, Any]:
    """Return what is kept of a call."""
    refused = reach.refusals.union(*(BESIDE.get(kind, ()) for kind in reach.commands))
    refused |= {errors.RangeNotSatisfiable} if call.endswith(IN_RANGES) else set()
    return {
        "commands": sorted(kind.__name__ for kind in reach.commands),
        "sees": sorted(reach.sees),
        "asks": sorted(reach.asks),
        "refusals": sorted(kind.code for kind in refused - common()),
    }
