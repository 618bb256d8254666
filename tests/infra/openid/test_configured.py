"""The file of providers: what an operator is told of it, and who can read its secrets."""

from pathlib import Path
from typing import Any, cast

import pytest

from infra.identity.keys import KeyFault, KeyFolder
from infra.identity.openid.configured import FILE, Configured, ProvidersFaulty, configured
from infra.identity.openid.followed import Followed

NO_ISSUER = "[college] issuer is not an https address"

GOOD = """
[college]
name = "Anytown College"
issuer = "https://login.college.example"
client_id = "portfolio"
client_secret = "very secret"

[town]
name = "Town Hall"
issuer = "https://login.town.example/tenant/"
client_id = "portfolio"
client_secret = "very secret"
verified_by = "xms_edov"

[town.roles]
claim = "groups"
scope = "groups"

[town.roles.given]
coach = ["Tutors", "Trainers"]
"centre assessor" = ["Assessors"]
"""


def written(folder: Path, text: str, mode: int = 0o600) -> KeyFolder:
    folder.chmod(0o700)
    (folder / FILE).write_text(text)
    (folder / FILE).chmod(mode)
    return KeyFolder(folder)


def test_providers_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    college, town = configured(written(tmp_path, GOOD))
    assert college == Configured(
        key="college",
        name="Anytown College",
        issuer="https://login.college.example",
        client_id="portfolio",
        client_secret="very secret",
    )
    assert (town.key, college.verified_by, town.verified_by) == ("town", "email_verified", "xms_edov")
    assert "very secret" not in repr(college)
    given = {"coach": frozenset({"Tutors", "Trainers"}), "centre assessor": frozenset({"Assessors"})}
    assert (college.roles, town.roles) == (None, Followed("groups", cast(Any, given), scope="groups"))


def test_without_the_file_there_are_no_providers(tmp_path: Path) -> None:
    assert configured(KeyFolder(tmp_path)) == ()
    assert configured(written(tmp_path, "# none yet\n")) == ()


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="Others may use the secret"):
        configured(written(tmp_path, GOOD, 0o640))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[college]", "[college", "is no TOML"),
        ("[college]", "name = 1\n[college]", "name stands in no table"),
        ("[college]", "[College]", "[College] stands in addresses"),
        ("[college]", f"[{'c' * 31}]", "stands in addresses: give up to 30"),
        ('name = "Anytown College"\n', "", "[college] has no name."),
        ('client_secret = "very secret"\n\n[town]', "[town]", "[college] has no client_secret."),
        (
            'client_id = "portfolio"\n',
            'client_id = "portfolio"\nsecret = "a"\n',
            "[college] secret is not known",
        ),
        ('name = "Anytown College"', "name = 7", "[college] name is not a text"),
        ('name = "Anytown College"', 'name = " "', "[college] name is not a text"),
        ('name = "Anytown College"', f'name = "{"n" * 61}"', "[college] name is not one of 1 to 60 letters"),
        ("https://login.college", "http://login.college", NO_ISSUER),
        (
            "https://login.college.example",
            "https://login.college.example?a",
            NO_ISSUER,
        ),
        ("https://login.college.example", "https://login.college.example#", NO_ISSUER),
        ("https://login.college.example", "https://", NO_ISSUER),
        ("https://login.college.example", "https://[", NO_ISSUER),
        ("https://login.college.example", "https://login.town.example/tenant/", "is the issuer of two providers"),
        (GOOD[GOOD.index("[town.roles]") :], 'roles = "groups"', "[town] roles is no"),
        ('claim = "groups"\n', "", "[town.roles] has no claim."),
        ('claim = "groups"', "claim = 7", "[town.roles] claim is not a text"),
        ('claim = "groups"', 'claim = "email"', "[town.roles] claim is email, which says who somebody is"),
        ('claim = "groups"', 'claim = "nickname"', "people may write it themselves"),
        ('claim = "groups"', 'claim = "aud"', "what the token is"),
        ('claim = "groups"', 'claim = ["groups"]', "[town.roles] claim is not a text"),
        ('scope = "groups"', 'scope = ""', "[town.roles] scope is not a text"),
        ('scope = "groups"', 'values = "groups"', "[town.roles] values is not known"),
        ('scope = "groups"', 'missing_means_none = "yes"', "missing_means_none is neither true nor false"),
        ("[town.roles.given]", "[town.roles.gives]", "[town.roles] has no given."),
        ("coach = [", "tutor = [", "[town.roles.given] tutor is no role here: there are administrator, apprentice"),
        ("coach = [", '"assigned coach" = [', "assigned coach is no role here"),
        ('["Tutors", "Trainers"]', '"Tutors"', "coach needs a list of values"),
        ('["Tutors", "Trainers"]', "[]", "coach needs a list of values"),
        ('["Tutors", "Trainers"]', '["Tutors", 7]', "coach needs a list of values"),
        ('["Tutors", "Trainers"]', '["Tutors", " "]', "coach needs a list of values"),
        (
            'coach = ["Tutors", "Trainers"]\n"centre assessor" = ["Assessors"]\n',
            "",
            "[town.roles.given] gives no role",
        ),
    ],
)
def test_each_fault_is_told_with_the_way_out_and_no_secret(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in GOOD
    with pytest.raises(ProvidersFaulty) as refused:
        configured(written(tmp_path, GOOD.replace(before, after, 1)))
    assert told in str(refused.value)
    assert "very secret" not in str(refused.value)


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:8080", "http://localhost/realm", "http://[::1]:8080"])
def test_a_provider_on_this_machine_needs_no_encryption(tmp_path: Path, issuer: str) -> None:
    college, _ = configured(written(tmp_path, GOOD.replace("https://login.college.example", issuer)))
    assert college.issuer == issuer
