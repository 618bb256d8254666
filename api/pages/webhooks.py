"""Webhooks: where what happens is sent, how it stands with each, and what was given up and is sent again when asked."""

from datetime import timedelta
from uuid import UUID

from flask import url_for
from werkzeug.wrappers import Response

from api.ids import new_id
from api.judging import TYPED
from api.pages.asking import Act, Ask, allowed, done, judged, page_of
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from api.reads import Sight, may_ask, see
from api.services import caller, services
from api.trail import name_of
from api.webhooks import AgainIn, WebhookEndIn, WebhookIn, WebhookSecretIn, check_address, registered
from portfolio.application.indexes import PROGRAMS
from portfolio.application.webhooks import RETRIES, secret_of, silent_because
from portfolio.domain.events import TYPES
from portfolio.domain.kernel import NOBODY, Recorded
from portfolio.domain.program.aggregate import PROGRAM
from portfolio.domain.webhooks import (
    NOTICE,
    SENT_BY,
    WEBHOOK,
    EndWebhook,
    RegisterWebhook,
    RotateWebhookSecret,
    SendAgain,
    Webhook,
    WebhookRegistered,
    WebhookSecretRotated,
)
from projections.webhooks import webhooks as all_webhooks

SECRET_SHOWN_FOR = timedelta(minutes=15)
"""So long is a new secret shown, to who made it: after that another one has to be made."""
MOST_LETTERS = 50
"""Events that could not be sent of which the page names each."""
WHY = Ask("reason", "Why", "It stays on record with your name.")


def said_of(kind: str) -> str:
    """Return what a type of events says, to a lay reader."""
    if kind == NOTICE:
        return "Notices, as they stand on the page of notices"
    return " ".join((TYPES[kind].__doc__ or "").partition(":")[0].split()).rstrip(".") if kind in TYPES else kind


def registering() -> Act:
    """Register."""
    programs = programs_to_send_for()
    trying = RegisterWebhook(webhook_id=NOBODY, title=TYPED, address="https://typed.example/", for_id=caller())
    return Act(
        "new",
        "Register a webhook",
        "Register a webhook",
        "Register it",
        WebhookIn,
        lambda body: RegisterWebhook(webhook_id=new_id(), **body),
        [trying],
        [
            Ask("title", "What to call it", "The system that receives it, for example: learner system."),
            Ask("address", "Address", "Where it is sent, beginning with https://."),
            *(
                [Ask("for_id", "Whose", "What is sent is what they may see.", [(str(caller()), "Yours"), *programs])]
                if programs
                else []
            ),
            Ask(
                "types",
                "What is sent",
                "Choose nothing, and all events are sent. Notices go alone, to an address of their own.",
                [(kind, said_of(kind)) for kind in (*TYPES, NOTICE)],
                value=[],
            ),
        ],
        [
            "From now on it is sent there as it happens: that something happened, and to which record, but nothing of "
            "what that says.",
            "The next page shows the secret by which the receiver knows that it comes from here.",
        ],
        fixed={} if programs else {"for_id": str(caller())},
    )


def programs_to_send_for() -> list[tuple[str, str]]:
    """Return the programs that may be sent something, each by its id and what people call it."""
    session = services().session()
    found = ((each, session.state(PROGRAM, each)) for each in session.links(PROGRAMS, ""))
    return [
        (str(each), f"The program {program.name}, of {name_of(session, program.owner)}")
        for each, program in found
        if not program.stopped() and SENT_BY & program.rows
    ]


def ending(sight: Sight[Webhook]) -> Act:
    """End."""
    return Act(
        "end",
        "End this webhook",
        f"End the webhook {sight.state.title}?",
        "End it",
        WebhookEndIn,
        lambda body: EndWebhook(webhook_id=sight.stream, **body),
        [EndWebhook(webhook_id=sight.stream, reason=TYPED)],
        [WHY],
        ["Nothing is sent there any more, and what was not sent yet never is. It cannot be begun again."],
        warns=True,
    )


def rotating(sight: Sight[Webhook]) -> Act:
    """Rotate the secret."""
    return Act(
        "secret",
        "Change the secret",
        "Change the secret",
        "Change it",
        WebhookSecretIn,
        lambda body: RotateWebhookSecret(webhook_id=sight.stream, **body),
        [RotateWebhookSecret(webhook_id=sight.stream, at_once=at_once, reason=TYPED) for at_once in (False, True)],
        [
            Ask(
                "at_once",
                "What becomes of the present one",
                options=[
                    ("no", "For a day what is sent is signed with both"),
                    ("yes", "It ends at once: it may be known to others"),
                ],
                value="no",
            ),
            WHY,
        ],
        ["The next page shows the new secret."],
    )


def sending_again(sight: Sight[Webhook]) -> Act:
    """Send again."""
    dead = services().sending.standing(sight.stream).dead
    return Act(
        "again",
        "Send again what was given up",
        f"Send {dead} {'event' if dead == 1 else 'events'} again?",
        "Send again",
        AgainIn,
        lambda body: SendAgain(webhook_id=sight.stream, **body),
        [SendAgain(webhook_id=sight.stream)] if dead else [],
        [],
        ["Each is tried again within a few minutes, and then ever later, as if it had just happened."],
    )


ACTS = {"again": sending_again, "secret": rotating, "end": ending}


@pages.get("/webhooks")
def webhooks() -> str:
    """Show the webhooks, and how it stands with each."""
    may_ask("webhooks")
    fresh()
    sending = services().sending
    rows = [(each, sending.standing(each.webhook_id)) for each in all_webhooks(services().reads)]
    return render(
        "webhooks/listed.html",
        rows=sorted(rows, key=lambda row: row[0].webhook.ended),
        registers=allowed(registering().tried[0]),
    )


@pages.get("/webhooks/new")
def new_webhook() -> str:
    """Ask where what happens is to be sent."""
    return page_of(registering(), None, [("Webhooks", url_for(".webhooks"))], "")


@pages.post("/webhooks/new")
@shown_again(new_webhook)
def add_webhook() -> Response:
    """Register a webhook."""
    may_ask("webhooks")
    command = registering().command(form(WebhookIn))
    assert isinstance(command, RegisterWebhook)  # noqa: S101 - for the type checker
    check_address(command.address)
    receipt = run(command)
    return back_to(".webhook", receipt.position, webhook_id=receipt.stream)


@pages.get("/webhooks/<uuid:webhook_id>")
def webhook(webhook_id: UUID) -> str:
    """Show a webhook, what could not be sent, and for a while its new secret."""
    fresh()
    sight = see(WEBHOOK, webhook_id)
    sending, offered = services().sending, judged([make(sight) for make in ACTS.values()])[0]
    return render(
        "webhooks/webhook.html",
        each=registered(sight),
        stands=sending.standing(webhook_id),
        whose=name_of(sight.session, sight.state.for_id),
        given_up=sending.letters(webhook_id, dead=True, after=0, limit=MOST_LETTERS),
        waiting=sending.letters(webhook_id, dead=False, after=0, limit=MOST_LETTERS),
        said_of=said_of,
        silent="" if sight.state.ended else silent_because(sight.session, sight.state),
        kinds=[said_of(kind) for kind in sorted(sight.state.types)],
        secret=new_secret(sight),
        offered=offered,
        tries=len(RETRIES) + 1,
    )


@pages.get(f"/webhooks/<uuid:webhook_id>/<any({', '.join(map(repr, ACTS))}):act>")
def act_on_webhook(webhook_id: UUID, act: str) -> str:
    """Ask before something is done to a webhook."""
    sight = see(WEBHOOK, webhook_id)
    trail = [("Webhooks", url_for(".webhooks")), (sight.state.title, url_for(".webhook", webhook_id=webhook_id))]
    return page_of(ACTS[act](sight), sight, trail, sight.state.title)


@pages.post(f"/webhooks/<uuid:webhook_id>/<any({', '.join(map(repr, ACTS))}):act>")
@shown_again(act_on_webhook)
def do_to_webhook(webhook_id: UUID, act: str) -> Response:
    """Do something to a webhook."""
    answer = done(ACTS[act](see(WEBHOOK, webhook_id)), ".webhook", webhook_id=webhook_id)
    if act == "again":
        services().sending.send_again(webhook_id, frozenset())
    return answer


def new_secret(sight: Sight[Webhook]) -> str:
    """Return the secret of a webhook if who is at the page has just made it, else nothing."""
    made = [entry for entry in sight.session.history(sight.stream) if makes_a_secret(entry)][-1]
    if made.by != caller() or services().now() - made.at > SECRET_SHOWN_FOR:
        return ""
    return secret_of(services().journal.keyed, sight.stream, sight.state.secret)


def makes_a_secret(entry: Recorded) -> bool:
    """Return whether a webhook was given a secret by this fact."""
    return isinstance(entry.fact, WebhookRegistered | WebhookSecretRotated)
