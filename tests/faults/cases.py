"""What is done while a sync fails: commands of the command line, appends by several threads, uploads."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from uuid import UUID

from infra.backup.manifest import read as manifest_of
from infra.deployment import describe
from infra.errors import OperatorError
from infra.fsck.files import differences as file_differences
from infra.main import new_id, now, open_record
from infra.signing_in import open_sessions
from portfolio.application.checking import Waiting, received_file
from portfolio.application.ports import Idempotency
from portfolio.domain.evidence.facts import FileSealed
from portfolio.domain.kernel import Rejected
from portfolio.domain.person import PersonRegistered, RegisterPerson, RoleGranted
from portfolio.domain.plan import PlanImported
from portfolio.domain.vocabulary import SYSTEM
from tests.api.story import STAGES
from tests.api.world import NOTES, World, offer, put
from tests.deployments import administrator_of
from tests.faults.case import Case, Done, facts_of, known_facts, settings_of
from tests.pages.page import Page
from tests.pages.visitor import Visitor, a_file

PLAN = Path("portfolio/plans/ST1297-V2.md").resolve()
PEOPLE = "name,works for,roles\n" + "".join(f"Person {number},centre,coach\n" for number in range(3))
IMPORT = UUID(int=4711)
THREADS, EACH = 4, 3


class Init(Case):
    """A deployment is made."""

    name = "init"
    again = "holds a deployment already"

    def prepare(self, folder: Path) -> None:
        """Make nothing."""

    def act(self, folder: Path) -> Done:
        """Make it."""
        names = ("--administrator", "Ann Lee", "--second-administrator", "Bo Lee")
        return self.command("init", "--demo", *names, "--folder", str(folder / "data"))

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield whether an administrator is missing."""
        if done.status == 0:
            with open_record(settings_of(folder), read_only=True) as record:
                there = describe(record.journal)
            if there is None or len(there.administrators) != 2:
                yield f"there is no deployment with two administrators, but {there}"


class PlanImport(Case):
    """A plan is recorded."""

    name = "plan import"
    again = "already"

    def act(self, folder: Path) -> Done:
        """Record it."""
        return self.command("plan", "import", str(PLAN), "--folder", str(folder / "data"))

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield whether the plan is missing."""
        if done.status == 0 and not self._number(folder):
            yield "the plan is not there"

    def doubled(self, folder: Path) -> Iterator[str]:
        """Yield whether the plan is there twice."""
        yield from super().doubled(folder)
        if self._number(folder) > 1:
            yield "the plan is there twice"

    def _number(self, folder: Path) -> int:
        return sum(isinstance(fact, PlanImported) for fact in facts_of(folder))


class ImportPeople(Case):
    """People are imported from a file, under an id that the repetition names, too."""

    name = "import"

    def prepare(self, folder: Path) -> None:
        """Make a deployment, and the file."""
        super().prepare(folder)
        (folder / "people.csv").write_text(PEOPLE)

    def act(self, folder: Path) -> Done:
        """Import it."""
        return self.command("import", str(folder / "people.csv"), "--id", str(IMPORT), "--folder", str(folder / "data"))

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield who is missing."""
        if done.status == 0:
            names = {fact.name for fact in facts_of(folder) if isinstance(fact, PersonRegistered)}
            yield from (f"{name} is not there" for number in range(3) if (name := f"Person {number}") not in names)


class Grant(Case):
    """The administrator gets another role."""

    name = "grant"
    again = "already"

    def act(self, folder: Path) -> Done:
        """Grant it."""
        person = administrator_of(settings_of(folder))
        return self.command(
            "grant", str(person), "lead assessor", "--reason", "Nobody else can.", "--folder", str(folder / "data")
        )

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield whether the role is missing."""
        if done.status == 0 and not self._number(folder):
            yield "the role is not held"

    def doubled(self, folder: Path) -> Iterator[str]:
        """Yield whether it was granted twice."""
        if self._number(folder) > 1:
            yield "the role was granted twice"

    def _number(self, folder: Path) -> int:
        return sum(isinstance(fact, RoleGranted) and fact.role == "lead assessor" for fact in facts_of(folder))


class SignInLink(Case):
    """Somebody gets a link."""

    name = "sign-in-link"

    def act(self, folder: Path) -> Done:
        """Print it."""
        person = administrator_of(settings_of(folder))
        return self.command("sign-in-link", str(person), "--folder", str(folder / "data"))

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield whether a link that was printed lets nobody in."""
        if done.status == 0:
            settings = settings_of(folder)
            try:
                code = done.out.strip().partition("code=")[2]
                with open_sessions(settings, now) as sessions:
                    sessions.open(code)
            except Rejected as refusal:
                yield f"the link is no good: {refusal}"


class Rebuild(Case):
    """All views are made again."""

    name = "rebuild"

    def act(self, folder: Path) -> Done:
        """Make them."""
        return self.command("rebuild", "--folder", str(folder / "data"))

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield what the views lack."""
        if done.status == 0:
            yield from self.differences(folder)


class Backup(Case):
    """A copy is taken, with the keys."""

    name = "backup"
    again = "holds a finished backup"

    def act(self, folder: Path) -> Done:
        """Take it."""
        return self.command(
            "backup", str(folder / "saved"), "--keys", str(folder / "saved-keys"), "--folder", str(folder / "data")
        )

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield what cannot be restored from the copy."""
        if done.status == 0:
            manifest = manifest_of(folder / "saved")
            if manifest.contents.head != len(known_facts(folder)):
                yield f"the copy ends at {manifest.contents.head}"
            there = folder / "restored"
            names = ("--keys", str(folder / "saved-keys"), "--folder", str(there / "data"))
            done = self.command("restore", str(folder / "saved"), *names)
            if done.status or known_facts(there) != known_facts(folder):
                yield f"it cannot be restored: {done.told}"
            shutil.rmtree(there, ignore_errors=True)


class Restore(Case):
    """A copy is put back where there is nothing."""

    name = "restore"
    again = "nothing is ever written over"
    undone = True

    def prepare(self, folder: Path) -> None:
        """Make a deployment and a copy of it."""
        super().prepare(folder)
        Backup(self.command).act(folder)
        (folder / "data").rename(folder / "original")
        (folder / "data-keys").rename(folder / "original-keys")

    def act(self, folder: Path) -> Done:
        """Put it back."""
        names = ("--keys", str(folder / "saved-keys"), "--folder", str(folder / "data"))
        return self.command("restore", str(folder / "saved"), *names)

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield whether facts are missing."""
        if done.status == 0 and len(known_facts(folder)) != manifest_of(folder / "saved").contents.head:
            yield "not every fact of the copy is there"


class Appends(Case):
    """Several threads register people, each under a key of its own."""

    name = "appends by several threads"

    def act(self, folder: Path) -> Done:
        """Register those who are not registered; name those who are, and say how the others were refused."""

        def register(record_of: int) -> list[tuple[str, str]]:
            told = []
            for number in range(EACH):
                key = f"{record_of}/{number}"
                command = RegisterPerson(person_id=new_id(), name=key, works_for="centre")
                try:
                    record.handler.execute(command, SYSTEM, idempotency=Idempotency(key=key, fingerprint=b"one"))
                    told.append((key, ""))
                except Rejected as refusal:
                    told.append((key, f"{refusal.title()} {refusal}"))
            return told

        with open_record(settings_of(folder)) as record, ThreadPoolExecutor(THREADS) as pool:
            told = [each for thread in pool.map(register, range(THREADS)) for each in thread]
        out = "".join(f"{key}\n" for key, refusal in told if not refusal)
        err = "".join(f"{refusal}\n" for _, refusal in told if refusal)
        return Done(1 if err else 0, out, err)

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield who was acknowledged and is missing."""
        names = {fact.name for fact in facts_of(folder) if isinstance(fact, PersonRegistered)}
        yield from (f"{name} is not there" for name in done.out.split() if name not in names)


class Upload(Case):
    """An apprentice announces a file, sends it and has it sealed, by calls of the API."""

    name = "upload by the API"

    def prepare(self, folder: Path) -> None:
        """Tell the story until an apprentice is enrolled."""
        world = World.new(folder / "data")
        for step in STAGES[: [step.__name__ for step in STAGES].index("enrolled") + 1]:
            step(world)
        world.reads.settle()
        world.close()
        (folder / "ids").write_text("".join(f"{name} {value}\n" for name, value in world.ids.items()))

    def world(self, folder: Path) -> World:
        """Return the world as it is in a folder, open."""
        ids = {name: UUID(value) for name, value in map(str.split, (folder / "ids").read_text().splitlines())}
        return World(folder / "data", ids=ids).open()

    def act(self, folder: Path) -> Done:
        """Start the service and ask it."""
        try:
            with closing(self.world(folder)) as world:
                return self.ask(world, folder)
        except (OperatorError, Rejected) as refusal:  # it does not start, or nobody can sign in
            return Done(1, "", str(refusal) or "Refused.")

    def ask(self, world: World, folder: Path) -> Done:
        """Take the steps that are left; stop where one is refused."""
        mia = world.as_("mia")
        told = mia.post("/evidence", offer(world, NOTES, "text/plain"), headers={"Idempotency-Key": "one"})
        if told.status_code != 201:
            return Done(1, "", told.get_json()["title"])
        offered = told.get_json()
        world.ids["evidence"] = UUID(offered["id"])
        for part in offered["parts"]:
            told = put(world, part["url"], NOTES)
            if told.status_code not in (204, 409):  # 409: it is there
                return Done(1, "", told.get_json()["title"])
        told = mia.post("/evidence/{evidence}/upload", {"version": 1}, headers={"Idempotency-Key": "two"})
        if told.status_code == 202:
            return Done(1, "", told.get_json()["why"])
        if told.status_code != 201:
            return Done(1, "", told.get_json()["title"])
        return Done(0, "sealed", "")

    def missing(self, folder: Path, done: Done) -> Iterator[str]:
        """Yield whether a sealed file is missing."""
        if done.status == 0:
            with closing(self.world(folder)) as world:
                sealed = [entry.fact for entry in world.journal.since(0) if isinstance(entry.fact, FileSealed)]
                if len(sealed) != 1:
                    yield f"{len(sealed)} files are sealed"

    def doubled(self, folder: Path) -> Iterator[str]:
        """Yield whether the item is there twice."""
        with closing(self.world(folder)) as world:
            items = world.as_("mia").sees("/enrolments/{enrolment}/evidence")["items"]
        if len(items) != 1:
            yield f"there are {len(items)} items"

    def differences(self, folder: Path) -> Iterator[str]:
        """Yield which facts and files do not agree."""
        with closing(self.world(folder)) as world:
            yield from file_differences(world.journal, world.services.vault, lambda _done, _of: None)


class PageUpload(Upload):
    """An apprentice hands in a file by the form of a page."""

    name = "upload by a page"

    def prepare(self, folder: Path) -> None:
        """Tell the story until then, and read the page."""
        super().prepare(folder)
        with closing(self.world(folder)) as world:
            path, fields = Visitor(world, "mia").reads("/enrolments/{enrolment}/hand-in").form("files")
        (folder / "form").write_text("".join(f"{name}\t{value}\n" for name, value in [("", path), *fields.items()]))

    def ask(self, world: World, folder: Path) -> Done:
        """Send the form as it was read."""
        lines = (folder / "form").read_text().splitlines()
        (_, path), *fields = (line.split("\t") for line in lines)
        given = {"files": a_file(NOTES, "notes.txt", "text/plain")}
        told = Visitor(world, "mia").post(path, {**dict(fields), **given})
        if told.status_code == 303:
            trouble = [world.services.checking.trouble(file.object_id) for file in received(world)]
            return Done(1, "", trouble[0]) if any(trouble) else Done(0, "sealed", "")
        page = Page(told.text)
        (refusal,) = [each.text for each in (*page.top.all(role="alert"), *page.top.all("div", id="not-taken-1"))]
        if "Nobody knows whether" in refusal and "It was not done" in refusal:
            return Done(2, "", f"it says both: {refusal}")
        return Done(1, "", refusal.partition(" Go to the form")[0])


def received(world: World) -> list[Waiting]:
    """Return the files that were received."""
    return [file for entry in world.journal.since(0) if (file := received_file(entry))]


CASES: tuple[type[Case], ...] = (
    Init,
    PlanImport,
    ImportPeople,
    Grant,
    SignInLink,
    Rebuild,
    Backup,
    Restore,
    Appends,
    Upload,
    PageUpload,
)
"""Every case."""
