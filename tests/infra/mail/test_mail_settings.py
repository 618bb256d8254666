"""Settings of mails are right, or every fault is named with the way out."""

import pytest

from infra.adapters import open_mailer
from infra.mail.settings import MailServer
from infra.settings import Settings, SettingsFaulty

GIVEN = {"PORTFOLIO_MAIL_SERVER": "starttls:mail.example:587", "PORTFOLIO_MAIL_FROM": "portfolio@college.example"}


@pytest.mark.parametrize("server", ["starttls:mail.example:587", "tls:192.0.2.7:465", "tls:[2001:db8::7]:465"])
@pytest.mark.parametrize("login", [{}, {"PORTFOLIO_MAIL_USER": "us", "PORTFOLIO_MAIL_PASSWORD": "p a\N{POUND SIGN}"}])
def test_settings_of_mails_are_read_back_from_the_variables_they_make(server: str, login: dict[str, str]) -> None:
    settings = Settings.read({**GIVEN, "PORTFOLIO_MAIL_SERVER": server, **login})
    assert Settings.read(settings.environment()) == settings


def test_without_them_there_is_no_mailer() -> None:
    assert open_mailer(Settings.read({})) is None


def test_a_password_is_not_shown_where_settings_are() -> None:
    assert "secret" not in repr(MailServer("mail.example", 465, False, "a@b.example", "us", "secret"))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"SERVER": "mail.example:587"}, "is no mail server: give starttls:mail.example:587"),
        ({"SERVER": "smtp:mail.example:25"}, "is no mail server"),
        ({"SERVER": "tls:mail.example"}, "is no mail server"),
        ({"SERVER": "tls:mail.example:0"}, "is no mail server"),
        ({"SERVER": "tls:mail.example:65536"}, "is no mail server"),
        ({"SERVER": "tls:mail.example:465\r\nQUIT"}, "is no mail server"),
        ({"FROM": "the college"}, "is not an e-mail address, such as"),
        ({"FROM": "a@b.example\r\nBcc: c@d.example"}, "is not an e-mail address"),
        ({"USER": "us"}, "are set together, or neither is"),
        ({"PASSWORD": "secret"}, "are set together, or neither is"),
    ],
)
def test_what_cannot_be_used_is_named(changed: dict[str, str], told: str) -> None:
    given = GIVEN | {f"PORTFOLIO_MAIL_{name}": value for name, value in changed.items()}
    with pytest.raises(SettingsFaulty, match=told) as refused:
        Settings.read(given)
    assert len(refused.value.faults) == 1
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("left", GIVEN)
def test_a_server_and_whom_mails_are_from_are_set_together(left: str) -> None:
    with pytest.raises(SettingsFaulty, match="PORTFOLIO_MAIL_FROM"):
        Settings.read({left: GIVEN[left]})
