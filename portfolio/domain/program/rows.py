"""Which rows of the permission table a program can be given, by the names that ``permissions.py`` gives its rows."""

from collections.abc import Mapping

BRINGS_FILES = frozenset({"do:offer-evidence", "do:complete-upload", "see:evidence", "ask:drafts"})
"""What a program does in the name of an apprentice: bring files into drafts that nobody else sees (PROGRAM-5)."""

IN_WORDS: Mapping[str, str] = {
    "do:offer-evidence": "Files: announce a file as a new item",
    "do:complete-upload": "Files: say that all of a file has arrived",
    "see:evidence": "Files: see the items of an apprentice",
    "ask:drafts": "Files: see the drafts of whoever it acts for",
    "do:offer-version": "Files: announce a file as the next version of an item",
    "do:describe-draft": "Files: give a draft its title and its day",
    "do:discard-draft": "Files: throw a draft away",
    "do:serve-evidence": "Files: open what was handed in; the first time is recorded",
    "ask:remarks-for-assessors": "Files: read the remarks that are for assessors alone",
    "ask:me": "People: know whom it acts for",
    "ask:people": "People: list and search people",
    "see:person": "People: see a person with roles, competences and interests",
    "ask:acts-of-a-person": "People: read what a person did",
    "do:register-person": "People: register a person",
    "do:correct-name": "People: correct a name",
    "do:begin-import": "People: bring in people and enrolments from a file",
    "do:note-lines": "People: note how far such a file was brought in",
    "ask:imports": "People: list the files that were brought in",
    "see:import": "People: see what became of such a file",
    "ask:own-enrolments": "Enrolments: list and search those it may see",
    "see:enrolment": "Enrolments: see one, with its parts and days",
    "ask:learner-number": "Enrolments: read the unique learner number",
    "ask:readiness": "Enrolments: read how far an apprentice has come",
    "ask:audit-trail": "Enrolments: read all that was recorded of one",
    "ask:consents": "Enrolments: read who has consented to what",
    "ask:holds": "Enrolments: read what is held, and why",
    "do:enrol-apprentice": "Enrolments: enrol an apprentice",
    "do:pause-enrolment": "Enrolments: pause one",
    "do:resume-enrolment": "Enrolments: let a paused one go on",
    "do:end-enrolment": "Enrolments: record that one has ended",
    "do:take-end-back": "Enrolments: take back an end that was recorded in error",
    "do:correct-uln": "Enrolments: correct the unique learner number",
    "do:move-to-employer": "Enrolments: record a move to another employer",
    "do:correct-employer": "Enrolments: correct the employer",
    "do:correct-centre": "Enrolments: correct the centre",
    "do:correct-start": "Enrolments: correct the first day",
    "do:change-route": "Enrolments: record a change of route",
    "do:assign-person": "Enrolments: give somebody a part in one",
    "do:release-person": "Enrolments: end somebody's part in one",
    "see:plan": "Plans: see plans",
    "ask:rulings": "Plans: read how their oddities were ruled on",
    "see:criteria": "Plans: see the grading criteria",
    "see:form": "Plans: see the assessment forms",
    "see:assessment": "Assessment: see attempts, findings and grades",
    "ask:queue-assessor": "Assessment: read what waits for an assessor",
    "ask:decision-context": "Assessment: read what a decision would rest on now",
    "ask:stored-context": "Assessment: read what one decision rested on",
    "ask:stored-contexts": "Assessment: read what all decisions of an attempt rested on",
    "ask:what-decisions-rested-on": "Assessment: see all work that decisions rested on, also what was withdrawn since",
    "ask:oversight": "Assessment: read how assessors judge and how long things wait",
    "ask:standardisation": "Assessment: read who was standardised on which criteria",
    "ask:own-appeals": "Appeals: list those it may see",
    "ask:appeals-here": "Appeals: be told of those of an enrolment",
    "see:appeal": "Appeals: see one",
    "ask:chronology": "Appeals: read what happened in one, in order",
    "ask:after-the-case": "Appeals: be told what came after the end of one",
    "ask:queue-appeals": "Appeals: read what waits for an appeals officer",
    "ask:queue-consequences": "Appeals: read what is still to be done after one",
    "ask:changes": "Service: follow what happens, of what it may see",
    "ask:operations": "Service: read how the service stands",
    "ask:audits": "Service: read what audits of the stored files found",
}
"""A list of what is given, so that what is new is given to no program until somebody has thought about it.

What it lets a program do is said to whoever gives it; the program may it only where its owner may.
"""

GIVEN_TO_PROGRAMS = frozenset(IN_WORDS)
