"""What is tried on signed papers."""

import hashlib
from typing import Any

from tests.adversaries.calls import Call, Scene, a_try, command, read
from tests.adversaries.tries_of_consents import purpose_of_consent
from tests.infra.vault import files


def said(scene: Scene) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return what a paper says, in the words of HTTP and in those of the story."""
    given = scene.choose([*scene.story.all("consent given", enrolment=scene.enrolment)][-3:])
    appeal = scene.appeal()
    kind = scene.choose(["consent"] + ["taken back"] * (given is not None) + ["withdrawn"] * (appeal is not None))
    if kind == "taken back":
        return {"type": "consent taken back", "consent_id": scene.uid(given.consent)}, (kind, given.consent)
    if kind == "withdrawn":
        return {"type": "appeal withdrawn", "appeal_id": scene.uid(appeal.appeal)}, (kind, appeal.appeal)
    whom, purpose, told = purpose_of_consent(scene)
    return {"type": "consent", "person_id": scene.uid(whom), "purpose": purpose}, (kind, whom, told)


@a_try("AnnouncePaper")
def announce(scene: Scene) -> Call:
    says, told = said(scene)
    scan = files.picture("PNG", (40, 30 + len(scene.story.happened)))
    body = {
        "says": says,
        "reason": "Has no phone since the accident.",
        "filename": "letter.png",
        "media_type": "image/png",
        "size": len(scan),
        "sha256": hashlib.sha256(scan).hexdigest(),
    }
    path = f"/enrolments/{scene.uid(scene.enrolment)}/papers"
    return command(scene, "AnnouncePaper", path, body, new="paper", paper=scene.new("paper"), says=told, scan=scan)


def a_paper(scene: Scene) -> Any:
    return scene.choose([*scene.story.all("paper announced", enrolment=scene.enrolment)][-3:])


@a_try("CompletePaper")
def seal(scene: Scene) -> Call | None:
    if (paper := a_paper(scene)) is None:
        return None
    path = f"/enrolments/{scene.uid(scene.enrolment)}/papers/{scene.uid(paper.paper)}/upload"
    return command(scene, "CompletePaper", path, paper=paper.paper)


def _erasing(name: str, path: str, reason: str) -> None:
    @a_try(name)
    def build(scene: Scene) -> Call | None:
        if (paper := a_paper(scene)) is None:
            return None
        where = f"/enrolments/{scene.uid(scene.enrolment)}/papers/{scene.uid(paper.paper)}/{path}"
        return command(scene, name, where, {"reason": reason}, paper=paper.paper, item=paper.paper, version=0)


_erasing("ApprovePaperErasure", "erasure", "It shows somebody else.")
_erasing("ConfirmPaperErasure", "erasure/confirmation", "So it does.")
_erasing("DropPaperErasure", "erasure/dropped", "It does not.")


@a_try("WithdrawOnPaper")
def withdraw(scene: Scene) -> Call | None:
    if (appeal := scene.appeal()) is None:
        return None
    fit = scene.story.last("paper announced", says=("withdrawn", appeal.appeal))
    paper = scene.often(fit, a_paper(scene)) or a_paper(scene)
    body = {"paper_id": scene.uid(paper.paper if paper else appeal.appeal)}
    path = f"/appeals/{scene.uid(appeal.appeal)}/withdrawal-on-paper"
    told = {"appeal": appeal.appeal, "paper": paper.paper if paper else None}
    return command(scene, "WithdrawOnPaper", path, body, **told)


@a_try("read the papers")
def read_papers(scene: Scene) -> Call:
    return read(scene, "read the papers", f"/enrolments/{scene.uid(scene.enrolment)}/papers")


@a_try("read a paper")
def read_paper(scene: Scene) -> Call | None:
    if (paper := a_paper(scene)) is None:
        return None
    path = f"/enrolments/{scene.uid(scene.enrolment)}/papers/{scene.uid(paper.paper)}/content"
    return read(scene, "read a paper", path, paper=paper.paper)


@a_try("read where to upload a paper")
def read_paper_upload(scene: Scene) -> Call | None:
    if (paper := a_paper(scene)) is None:
        return None
    path = f"/enrolments/{scene.uid(scene.enrolment)}/papers/{scene.uid(paper.paper)}/upload"
    return read(scene, "read where to upload a paper", path, paper=paper.paper)
