"""What is tried on webhooks."""

from typing import Any

from tests.adversaries.actors import CAST
from tests.adversaries.calls import Call, Scene, a_try, command, read


@a_try("RegisterWebhook")
def register(scene: Scene) -> Call:
    person, fit = scene.often(scene.by, scene.choose(CAST)), scene.often(True, False)
    address = "https://receiver.example/in" if fit else "https://me@receiver.example/in"
    body = {"title": "Learner system", "address": address, "for_id": scene.uid(person)}
    told = {"person": person, "fit": fit, "webhook": scene.new("webhook")}
    return command(scene, "RegisterWebhook", "/webhooks", body, new="webhook", **told)


def _of_one(name: str, rest: str, body: dict[str, Any]) -> None:
    def build(scene: Scene) -> Call:
        webhook = scene.choose([each.webhook for each in scene.story.all("webhook registered")][-3:])
        path = f"/webhooks/{scene.uid(webhook or scene.by)}/{rest}"
        return command(scene, name, path, body, webhook=webhook)

    a_try(name)(build)


_of_one("EndWebhook", "end", {"reason": "It is not used any more."})
_of_one("RotateWebhookSecret", "secret", {"at_once": True, "reason": "It was in a mail."})
_of_one("SendAgain", "letters/again", {})


@a_try("read the webhooks")
def read_webhooks(scene: Scene) -> Call:
    return read(scene, "read the webhooks", "/webhooks")


@a_try("read no webhook")
def read_a_webhook(scene: Scene) -> Call:
    return read(scene, "read no webhook", f"/webhooks/{scene.uid(scene.by)}")


@a_try("read the letters of no webhook")
def read_letters(scene: Scene) -> Call:
    return read(scene, "read the letters of no webhook", f"/webhooks/{scene.uid(scene.by)}/letters")
