"""Every refusal of the product is answered by name in a test of the service, or it stands here why it cannot be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import api.app  # noqa: F401 - every module with refusals is loaded
from api.errors import refusals

UNREACHABLE = {
    "PersonAlreadyRegistered": "ids of new records are drawn by the server",
    "ProgramExists": "ids of new records are drawn by the server",
    "CriteriaVersionFixed": "ids of new records are drawn by the server",
    "EnrolmentExists": "ids of new records are drawn by the server",
    "EvidenceExists": "ids of new records are drawn by the server",
    "AttemptExists": "ids of new records are drawn by the server",
    "OptionChangeTooLate": "no command issues a result yet",
    "DecisionContextIncomplete": "the server builds the context, whole",
    "DeploymentExists": "a deployment is created where it runs, never over HTTP",
    "ClockNotInQuestion": "a clock is accepted where the service runs, never over HTTP",
    "NothingLost": "a loss is accepted where the service runs, never over HTTP",
    "NewerRelease": "two releases have to run: tests/faults/test_releases.py",
    "KeyReplaced": "keys are checked where the service runs, never over HTTP",
    "OldKeyAccepted": "the token key is rotated where the service runs, never over HTTP",
    "RotatedMeanwhile": "the token key is rotated where the service runs, never over HTTP",
    "FileBeingMeasured": "two ask at once for a file of an earlier release: tests/infra/vault/test_originals.py",
    "FileRefusedBefore": "another release has to check a file: tests/application",
    "MalwareFound": "the file is refused for it, or waits, where a scanner is named: tests/application",
    "MalwareNotRuledOut": "the file is refused for it, or waits, where a scanner is named: tests/application",
    "ScanTimedOut": "the file waits, and is refused the third time, where a scanner is named: tests/application",
    "NotScanned": "the file is refused for it, or waits, where a scanner is named: tests/application",
    "RoleEndedHere": "what a provider says is not a request: tests/domain/test_providers.py",
    "KeyTaken": "the handler turns it into the refusal of the rule behind the key",
}
"""Refusals no request can bring about; the rules' own tests name those that a rule raises."""


def named_in_tests() -> Iterator[str]:
    """Yield every name that a test of the service uses, imports left out, and every code it quotes."""
    for path in Path(__file__).parent.rglob("test_*.py"):
        if path != Path(__file__):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Name):
                    yield node.id
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_refusal_is_answered_by_name_in_a_test_of_the_service() -> None:
    tested = set(named_in_tests())
    missing = {
        refusal.__name__
        for code, refusal in refusals().items()
        if refusal.__name__ not in tested and f"/problems/{code}" not in tested
    }
    assert missing == set(UNREACHABLE), "bring it about over HTTP in tests/api, or say in UNREACHABLE why nobody can"
