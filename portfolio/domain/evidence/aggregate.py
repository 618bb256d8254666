"""Evidence as an aggregate: every rule of an item, by the command it judges."""

from portfolio.domain.evidence.annotations import annotate_evidence
from portfolio.domain.evidence.claims import claim_statements, drop_claim
from portfolio.domain.evidence.describing import describe_draft
from portfolio.domain.evidence.erasing import approve_erasure, confirm_erasure, drop_erasure, note_erased
from portfolio.domain.evidence.handing_in import accept_evidence, return_evidence, submit_evidence, withdraw_evidence
from portfolio.domain.evidence.item import Evidence, evolve
from portfolio.domain.evidence.redacting import open_original, redact_evidence
from portfolio.domain.evidence.serving import serve_evidence
from portfolio.domain.evidence.upload import (
    complete_upload,
    discard_draft,
    offer_evidence,
    offer_version,
    refuse_file,
    seal_file,
)
from portfolio.domain.evidence.written import correct_record, write_record
from portfolio.domain.kernel import Aggregate

EVIDENCE = Aggregate(
    "evidence_id",
    Evidence(),
    (
        offer_evidence,
        offer_version,
        describe_draft,
        complete_upload,
        seal_file,
        refuse_file,
        write_record,
        correct_record,
        submit_evidence,
        return_evidence,
        accept_evidence,
        claim_statements,
        drop_claim,
        annotate_evidence,
        serve_evidence,
        redact_evidence,
        open_original,
        withdraw_evidence,
        discard_draft,
        approve_erasure,
        confirm_erasure,
        drop_erasure,
        note_erased,
    ),
    evolve,
)
