"""Every text of a command is held to what people can read (WORDS-1), or it stands here what else it must match."""

from collections.abc import Iterator
from typing import cast

from msgspec import inspect

from portfolio.domain.catalogue import AGGREGATE_OF
from portfolio.domain.words import words_in

MUST_MATCH = {
    "AddComponent.component.codes": "codes of the plan",
    "AddComponent.component.method": "a method of the plan",
    "AnnotateEvidence.selector.exact": "the file",
    "AnnotateEvidence.selector.prefix": "the file",
    "AnnotateEvidence.selector.suffix": "the file",
    "AnnotateEvidence.sha256": "the bytes shown",
    "ChangeRoute.route": "a route of the plan",
    "AnnouncePaper.media_type": "a type that is taken",
    "AnnouncePaper.says.purpose.route": "a route of the plan",
    "AcceptLoss.heads.mark": "the facts of the log",
    "RotateTokenKey.check": "the key that lies in the folder of the keys",
    "AcceptLoss.heads.who": "a word of the program for whoever follows the log",
    "AnnouncePaper.sha256": "the bytes uploaded",
    "ClaimStatements.codes": "codes of the plan",
    "ClaimStatements.place.exact": "the file",
    "ClaimStatements.place.prefix": "the file",
    "ClaimStatements.place.suffix": "the file",
    "DecideGrade.context_hash": "the context shown",
    "DraftCriteria.criteria.category": "a descriptor of the plan",
    "DraftCriteria.criteria.level": "a descriptor of the plan",
    "DraftForm.routes": "routes of the plan",
    "DropClaim.code": "a claim",
    "EnrolApprentice.route": "a route of the plan",
    "BeginImport.digest": "the bytes sent",
    "BeginImport.left_out.code": "the name of a refusal",
    "BeginImport.left_out.column": "a column of the file",
    "NoteLines.refused.code": "the name of a refusal",
    "NoteLines.refused.column": "a column of the file",
    "CorrectUln.uln": "the check of the number",
    "EnrolApprentice.uln": "its own check digit",
    "AskConsent.purpose.route": "a route of the plan",
    "GiveConsent.purpose.route": "a route of the plan",
    "ImportPlan.text": "the text published",
    "FollowProvider.issuer": "a provider in the settings",
    "LinkIdentity.issuer": "a provider in the settings",
    "LodgeAppeal.grounds.ground": "a permitted ground",
    "OfferEvidence.media_type": "a type that is taken",
    "OfferEvidence.sha256": "the bytes uploaded",
    "OfferVersion.media_type": "a type that is taken",
    "OfferVersion.sha256": "the bytes uploaded",
    "CompleteUpload.digests": "the bytes of the parts uploaded",
    "RecordFindings.findings.code": "a code of the component",
    "SealFile.sealed.sha256": "what the vault found",
    "SealFile.sealed.storage_version": "what the vault found",
    "SealFile.sealed.blocks": "what the vault found",
    "SealFile.sealed.bounds.media_type": "what the vault found",
    "SealFile.sealed.bounds.text": "what the vault found",
    "SealPaper.sealed.sha256": "what the vault found",
    "SealPaper.sealed.storage_version": "what the vault found",
    "SealPaper.sealed.blocks": "what the vault found",
    "SealPaper.sealed.bounds.media_type": "what the vault found",
    "SealPaper.sealed.bounds.text": "what the vault found",
    "SealFile.screening": "what looked for malware",
    "SealPaper.screening": "what looked for malware",
    "RegisterWebhook.types": "types of events",
    "RefuseFile.refusal": "the name of a refusal",
    "RefusePaper.refusal": "the name of a refusal",
    "SubmitEvidence.declaration.wording": "a wording that is shown",
    "SupersedeDecision.adopts": "the codes of findings",
    "SupersedeDecision.context_hash": "the context shown",
    "SupersedeDecision.findings.code": "a code of the component",
    "CorrectRecord.record.seen.code": "a code of the plan",
    "CorrectRecord.record.topics.code": "a code of the plan",
    "WriteRecord.record.seen.code": "a code of the plan",
    "WriteRecord.record.topics.code": "a code of the plan",
    "RegisterProgram.rows": "a row of the permission table that programs are given",
    "ScopeProgram.rows": "a row of the permission table that programs are given",
    "AddProgramKey.key.x": "a coordinate of so many bytes",
    "AddProgramKey.key.y": "a coordinate of so many bytes",
    "AddProgramSecret.check": "a keyed hash that the service makes",
    "RevokeCredential.credential": "a key or secret that counts",
}
"""Texts that nobody composes: what each of them must match says the rule of the command."""


def loose(kind: inspect.Type, path: str) -> Iterator[str]:
    """Yield the path of each text, at any depth, that is not held to what people can read."""
    match kind:
        case inspect.StrType():
            yield path
        case inspect.UnionType(types=types):
            for each in types:
                yield from loose(each, path)
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            yield from loose(item, path)
        case inspect.StructType(cls=cls, fields=fields):
            for field in fields:
                if field.name not in words_in(cls):
                    yield from loose(field.type, f"{path}.{field.name}")


def test_every_text_of_a_command_is_one_that_people_can_read_or_must_match_something() -> None:
    kinds = [cast(inspect.StructType, inspect.type_info(command)) for command in AGGREGATE_OF]
    unheld = {path for kind in kinds for path in loose(kind, kind.cls.__name__)}
    assert unheld == set(MUST_MATCH), (
        "annotate the field with a type of portfolio/domain/words.py, or say what it matches"
    )
