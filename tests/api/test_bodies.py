"""Nobody takes all the places of those whose bodies are still on their way."""

from dataclasses import dataclass, field

from api.bodies import OF_ONE_PERSON, STILL_COMES, ManyStillSent
from tests.api.conftest import Tell
from tests.api.world import NOTES, World, offer


@dataclass
class Sending:
    """A body that, as long as it comes, has the same person send another one; ``answers`` are those they get."""

    world: World
    person: str
    still_comes: bool = True
    sent: int = 0
    answers: list[int] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)

    def read(self, size: int = -1) -> bytes:
        if self.sent <= OF_ONE_PERSON:
            self.send()
        return b""

    def send(self) -> None:
        self.sent += 1
        answer = self.world.as_(self.person).client.post(
            "/v1/people",
            content_type="application/json",
            environ_overrides={"wsgi.input": self, "CONTENT_LENGTH": "9", STILL_COMES: self.still_comes},
        )
        self.answers.append(answer.status_code)
        self.codes.add(answer.get_json()["type"])


def test_only_so_many_bodies_of_one_person_are_waited_for_at_once(tell: Tell) -> None:
    world = tell("people")
    sending = Sending(world, "admin")
    sending.send()
    assert sending.answers == [503] + [400] * OF_ONE_PERSON
    assert f"/problems/{ManyStillSent.code}" in sending.codes
    again = Sending(world, "admin", sent=OF_ONE_PERSON)
    again.send()
    assert again.answers == [400]  # what has ended takes no place


@dataclass
class SigningIn(Sending):
    """The same by somebody who is not signed in."""

    def send(self) -> None:
        self.sent += 1
        answer = self.world.app.test_client().post(
            "/sign-in",
            content_type="application/x-www-form-urlencoded",
            headers={"Sec-Fetch-Site": "same-origin"},
            environ_overrides={"wsgi.input": self, "CONTENT_LENGTH": "9", STILL_COMES: self.still_comes},
        )
        self.answers.append(answer.status_code)


def test_who_signs_in_slowly_takes_the_places_of_one_person_and_keeps_nobody_else_out(tell: Tell) -> None:
    world = tell("people")
    signing_in = SigningIn(world, "")
    signing_in.send()
    assert signing_in.answers == [503] + [400] * OF_ONE_PERSON
    quick = SigningIn(world, "", still_comes=False)
    quick.send()
    assert 503 not in quick.answers


def test_what_has_arrived_takes_no_place(tell: Tell) -> None:
    sending = Sending(tell("people"), "admin", still_comes=False)
    sending.send()
    assert set(sending.answers) == {400}


@dataclass
class Putting(Sending):
    """The same with bytes, to upload addresses that the person was given, each for a file of its own."""

    addresses: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        caller = self.world.as_(self.person)
        for number in range(OF_ONE_PERSON + 1):
            announced = offer(self.world, NOTES + bytes([48 + number]), "text/plain", title=f"Notes {number}")
            self.addresses.append(
                caller.does("/evidence", announced, name=f"of {self.person} {number}")["parts"][0]["url"]
            )

    def send(self) -> None:
        self.sent += 1
        self.put(self.addresses[self.sent - 1])

    def put(self, address: str) -> None:
        answer = self.world.app.test_client().put(
            address,
            environ_overrides={
                "wsgi.input": self,
                "CONTENT_LENGTH": str(len(NOTES) + 1),
                STILL_COMES: self.still_comes,
            },
        )
        self.answers.append(answer.status_code)
        self.codes.add(answer.get_json()["type"])


def test_no_apprentice_takes_the_places_of_others_by_sending_many_files_slowly(tell: Tell) -> None:
    world = tell("enrolled")
    putting = Putting(world, "mia")
    putting.send()
    assert putting.answers == [503] + [422] * OF_ONE_PERSON
    assert f"/problems/{ManyStillSent.code}" in putting.codes
    again = Putting(world, "mia", sent=OF_ONE_PERSON)
    again.send()
    assert again.answers == [422]
