"""Uploads: receives the bytes of an offered file on the signed URL that the offer answered."""

import base64
import re
import sys
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected

from api.bodies import wait_for_body
from api.errors import NotWellFormed, problem
from api.rates import count_bytes
from api.services import services
from portfolio.application.ports import ContentSizeMismatch, ReceivesUploads

blueprint = Blueprint("uploads", __name__)

DIGEST = re.compile("sha-256=:([A-Za-z0-9+/]{43}=):")
"""The one digest of a body that we compare (RFC 9530)."""


@blueprint.put("/uploads/<uuid:object_id>/<int:number>")
def receive_part(object_id: UUID, number: int) -> Response:
    """Keep the bytes of one part: the plain body, no form. The signature in the URL is the permission.

    A ``Content-Digest`` is compared at once.
    """
    request.max_content_length = sys.maxsize  # the vault knows how many bytes were announced and stops there
    vault = cast(ReceivesUploads, services().vault)
    expires, signature = request.args.get("expires", ""), request.args.get("signature", "")
    wait_for_body(vault.check_address(object_id, number, expires=expires, signature=signature))
    count_bytes(object_id, number)
    vault.receive(
        object_id,
        number,
        expires=expires,
        signature=signature,
        stream=request.stream,
        content_length=request.content_length,
        digest=digest_said(),
    )
    return Response(status=204)


def digest_said() -> str:
    """Return the SHA-256 (hex) that this request says of its body, empty if it says none."""
    said = request.headers.get("Content-Digest")
    if said is None:
        return ""
    found = DIGEST.search(said)
    if found is None:
        raise NotWellFormed("Content-Digest: give sha-256=:the digest in base64:, or leave it out.")
    return base64.b64decode(found[1]).hex()


@blueprint.errorhandler(ClientDisconnected)
def cut_off(_: ClientDisconnected) -> Response:
    """Refuse an upload whose sender went away."""
    return problem(ContentSizeMismatch("The upload was cut off: send all of its bytes again."))
