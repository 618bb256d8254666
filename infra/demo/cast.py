"""The story's people and words: all invented, and none of them is wording of the plan's statements."""

from typing import NamedTuple

ADMINISTRATOR = "Priya Nair"
PLAN_FILE = "ST1297-V2.md"


class Actor(NamedTuple):
    """A person of the story: a short key, name, whom they work for, role."""

    key: str
    name: str
    works_for: str
    role: str


STAFF = (
    Actor("officer", "Helen Okafor", "assessment organisation", "responsible officer"),
    Actor("lead", "Tom Brandt", "assessment organisation", "lead assessor"),
    Actor("amina", "Amina Yusuf", "assessment organisation", "assessor"),
    Actor("david", "David Kerr", "assessment organisation", "assessor"),
    Actor("joan", "Joan Price", "centre", "centre assessor"),
    Actor("coach", "Sam Lowe", "centre", "coach"),
    Actor("employer", "Rita Vance", "employer", "employer"),
    Actor("quality", "Colin Webb", "centre", "internal quality assurer"),
    Actor("appeals", "Nadia Petrov", "assessment organisation", "appeals officer"),
    Actor("chair", "Elaine Moss", "none of these", "panel member"),
    Actor("peter", "Peter Quill", "assessment organisation", "panel member"),
    Actor("grace", "Grace Tan", "assessment organisation", "panel member"),
)
PANEL = ("chair", "peter", "grace")


class Apprentice(NamedTuple):
    """An apprentice of the story, with the route they take and an invented learner number that passes the check."""

    key: str
    name: str
    route: str
    uln: str
    employer: str


APPRENTICES = (
    Apprentice("mia", "Mia Hart", "LET", "1402938488", "Northlight Events"),
    Apprentice("callum", "Callum Reid", "CVT", "2750183978", "Playhouse Wharf"),
    Apprentice("zofia", "Zofia Nowak", "SLT", "3618204751", "Gaffer House"),
)
LATECOMER = Apprentice("idris", "Idris Bello", "LET", "1950317438", "Northlight Events")
"""Enrolled when the others have come far."""

CENTRE_UKPRN = "10099999"
SCALE = ("fail", "pass", "distinction")

CRITERIA = {
    "Pass": "Does this part of the work to the standard set, with the help that the task allows.",
    "Distinction": "Does this part of the work without help, in conditions that changed, and gives the reasons.",
}
"""What the organisation writes against each descriptor of a level."""

SEEN_HOW = (
    "The apprentice is seen at work for ninety minutes. If a run is stopped, what was not seen yet is seen in a second "
    "run on the same day."
)
"""What the organisation writes beside that about an observation."""

READINGS = {
    "draft": "Demo use only until the plan is approved.",
    "all-mandatory": "Every mapping counts as mandatory.",
    "code-under-two-outcomes": "The code belongs to both options and is assessed under the one of the route taken.",
    "option-number-differs": "Options are named by their abbreviation; neither number is used.",
    "possible-hurdle": "No hurdle: the criteria say what each grade needs.",
}
"""How the lead assessor reads the plan's oddities, by their code; the others are read as printed."""

DESK_LOG = (
    (
        "Desk log of Mia Hart",
        "Show: Harbour Nights, main stage, four days",
        "Role: lighting and sound assistant, crew of five",
        "Supervisor: Rita Vance, Northlight Events",
        "",
        "What this log covers",
        "Day 1  load-in, power and checks before anything was switched on",
        "Day 2  patching, addressing and the first focus",
        "Day 3  a fault on the stage left dimmer, found and reported",
        "Day 4  get-out, count and the van",
    ),
    (
        "Day 1 and 2",
        "08:10  Briefing. Signed the site rules, collected helmet and harness.",
        "09:00  Walked the cable routes with the venue's technician, two ramps added.",
        "10:30  Checked tails and adaptors against the list; one without a tag put aside.",
        "13:00  Power on with the venue's technician present, desk last.",
        "15:20  Patch sheet written, 48 channels, copy to sound.",
        "17:00  First focus. Changed the order so that riggers and focus did not meet.",
    ),
    (
        "Day 3: the fault",
        "11:40  Stage left dropped out in the second run.",
        "11:42  Swapped the lamp: no change. Swapped the circuit: fault stayed with the dimmer.",
        "11:50  Took the dimmer out of use, labelled it, told the production manager.",
        "12:05  Moved six channels to the spare and wrote the new patch.",
        "12:20  Run went on. Fault report to the hire company by mail at 14:00.",
        "What I would do sooner: tell sound before I repatch, not after.",
    ),
    (
        "Day 4: get-out",
        "22:15  Desk saved twice, stick to the production manager.",
        "22:40  Cable coiled, counted and tagged; two tails short, found under the riser.",
        "23:30  Van loaded to the plan, heavy at the front, straps checked by Rita.",
        "00:10  Signed off with the venue.",
    ),
)
FAULT_LINES = (3, 3)
"""Of the third page: the line with which the remark about the fault begins, and how many lines it covers."""

RIGGING_PLAN = (
    "Rigging plan, revision B\n"
    "Six lanterns on the front truss, two spares on the floor.\n"
    "Safety bonds first, checked by a second person before the truss goes up.\n"
)

CALLUM_LOG = (
    (
        "Desk log of Callum Reid",
        "Playhouse Wharf, studio and main house",
        "",
        "Page 2: the flying check",
        "Page 3: cues",
    ),
    (
        "The flying check",
        "09:30  Bars walked with the head of stage, brakes and lines looked at one by one.",
        "10:15  Bar 7 slow. Stopped, tagged, told the venue; used bar 8 instead.",
        "11:00  Loads written on the board, weights counted twice.",
    ),
    (
        "Cues",
        "Cue 12 moved after the second run: the house light came down on a walking cast.",
        "Asked for the note in the book, not by word of mouth.",
    ),
)
ZOFIA_LOG = (
    ("Desk log of Zofia Nowak", "Gaffer House, studio 2", "", "Page 2: the distribution"),
    (
        "The distribution",
        "07:40  Cables laid from the distribution board, phases written on each.",
        "08:20  Load added up for each phase before anything was switched on.",
        "16:05  One tail warm to the hand. Taken out, tagged, written down.",
    ),
)
ZOFIA_FIRST_LOG = ZOFIA_LOG[:1]
IDRIS_LOG = (
    ("Desk log of Idris Bello", "Riverside, open-air stage", "", "Page 2: rain on the second day"),
    (
        "Rain on the second day",
        "14:10  Rain came early. Desk and dimmers covered, then power off in the order of the list.",
        "14:40  Connectors opened and looked at; two wet ones put aside and labelled.",
        "16:00  Power on again with the venue's technician present, circuit by circuit.",
    ),
)
CABLE_LIST = (
    "Cable list, Riverside\n"
    "Twelve tails of ten metres, tagged; two of five metres for the desk.\n"
    "One tail without a tag: put aside, not used, reported to the hire company.\n"
)

OBSERVED = (
    "Seen during the load-in, without help.",
    "Seen at the desk while the run went on.",
    "Shown, and explained when asked why.",
    "Seen twice: before the first run and after the change.",
    "Done together with the crew, led by the apprentice.",
)
"""What an observer writes against a code, in turn."""

NOT_OBSERVED = "Not shown: the run was stopped after forty minutes and no second run was given."
SHOWN_IN_LOG = "Shown in the desk log and made clear by its dates and names."

REASONS = {
    "fail": "Everything was met but S22, which was not shown. Every code must be met to pass.",
    "pass": "Every code is met. The work is sound and followed the agreed way of doing it.",
    "distinction": (
        "Every code is met, several under conditions that changed while you worked, "
        "and you gave your reasons each time."
    ),
}
"""What the apprentice is told with a grade."""

APPEAL_STATEMENT = (
    "The observation was to last ninety minutes. It was stopped after forty, so I could not show S22, "
    "and I was not offered a second run as the others were."
)
APPEAL_ANSWER = "The record shows that the observation ended after forty minutes and that no second run was offered."
APPEAL_ACCOUNT = "I read the observation record and asked about the second run: there was none."
APPEAL_REASONS = (
    "The procedure for observations was not followed: others were offered a second run, this apprentice was not. "
    "The decision is set aside, so it does not count, and the observation is to be taken again."
)

PORTFOLIO_STATEMENT = (
    "I handed in a radio call and a rigging plan, and both were accepted. The decision rests on my desk log and on the "
    "testimony alone, and the call and the plan are where I had to decide by myself."
)

NOTE_BREAKS_OFF = "The recording ends before you say what you would do sooner: please record it to the end."
ZOFIA_STATEMENT = (
    "Half of the run was on the other side of the studio from the assessor, so what I did there without help was not "
    "seen. I ask that the observation is looked at again."
)

ZOFIA_ACCOUNT = (
    "Account of the day, studio 2",
    "The key light failed at 09:40. I told the gaffer before I touched anything, and had the circuit switched off.",
    "The lamp was loose in its holder. I let it cool, seated it again and had the bond checked by a second person.",
    "We went on at 10:05. Next time I check every holder before the first lamp goes up.",
)
