"""Holds every answer against the OpenAPI document: its status and media type stand there, and its body has the
shape described."""

import re
from typing import Any

import jsonschema_rs
from flask import Flask
from werkzeug.test import TestResponse

from api.errors import MEDIA_TYPE
from api.reference import REFERENCE, openapi

NOTHING_INSIDE = {204, 304}
"""The statuses of answers without a body."""


class Document:
    """The OpenAPI document of the service, asked about answers."""

    def __init__(self, app: Flask) -> None:
        self.content: dict[str, Any] = openapi(app)
        self._paths = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path)
            for path in sorted(self.content["paths"], key=lambda path: path.count("{"))
        ]
        self._checks: dict[str, Any] = {}

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """Return what stands there of a request, None if it is for no documented path or method."""
        template = self.template(method, path)
        operation: dict[str, Any] | None = self.content["paths"][template][method] if template else None
        return operation

    def template(self, method: str, path: str) -> str | None:
        """Return the path as the document writes it, None if it has none that is asked so."""
        template = next((template for pattern, template in self._paths if pattern.fullmatch(path)), None)
        return template if template and method in self.content["paths"][template] else None

    def check(self, answer: TestResponse) -> None:
        """Insist that the answer is one that stands there."""
        operation = self.operation(answer.request.method.lower(), answer.request.path)
        if operation is None:
            return
        if answer.mimetype == MEDIA_TYPE:
            self.refusal(answer)
        status = str(answer.status_code)
        assert status in operation["responses"], f"{answer.request} answered {status}, which is not documented"
        described = operation["responses"][status]
        if "$ref" in described:
            described = self.content["components"]["responses"][described["$ref"].rpartition("/")[2]]
        media = answer.mimetype or ""
        if answer.status_code not in NOTHING_INSIDE:
            assert media in described["content"], f"{answer.request} answered {media}, which is not documented"
        if media.endswith("json"):
            self.shape(described["content"][media]["schema"]["$ref"]).validate(answer.get_json())

    def refusal(self, answer: TestResponse) -> None:
        """Insist that the reference says of the call that it may be refused so."""
        code = answer.get_json()["type"].rpartition("/")[2]
        call = f"{answer.request.method} {self.template(answer.request.method.lower(), answer.request.path)}"
        assert code in REFERENCE.common or code in REFERENCE.calls[call].refusals, (
            f"{call} answered {code}, which the reference does not say"
        )

    def shape(self, reference: str) -> Any:
        """Return the validator of a shape of the document."""
        if reference not in self._checks:
            schema = {"$ref": reference, "components": self.content["components"]}
            self._checks[reference] = jsonschema_rs.Draft202012Validator(schema)
        return self._checks[reference]
