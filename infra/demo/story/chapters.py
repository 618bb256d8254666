"""The chapters with what happens in each, and when."""

from collections.abc import Callable
from typing import NamedTuple

from infra.demo import beginning
from infra.demo.stage import Stage
from infra.demo.story import callum, idris, mia, zofia


class Chapter(NamedTuple):
    """A part of the story: so many working days ``before`` it ends, ``at`` that time in London."""

    before: int
    at: str
    title: str
    tell: Callable[[Stage], None]


CHAPTERS = (
    Chapter(60, "09:00", "Everybody is registered: 13 at work, 3 apprentices", beginning.people),
    Chapter(60, "14:00", "The published plan ST1297/V2 is imported, ruled on and approved", beginning.plan),
    Chapter(59, "09:30", "Criteria are written, traced to the plan's descriptors and approved", beginning.criteria),
    Chapter(59, "14:00", "Three forms are drafted, and the coverage of each route is proved", beginning.forms),
    Chapter(58, "09:30", "Mia, Callum and Zofia are enrolled, and get their people", beginning.enrolments),
    Chapter(57, "09:30", "Assessors are standardised, interests declared", beginning.preparation),
    Chapter(51, "15:10", "Mia hands in a desk log, a photograph, a radio call and a rigging plan", mia.hands_in),
    Chapter(49, "10:15", "The centre's assessor takes them and pins remarks", mia.is_looked_at),
    Chapter(48, "16:20", "Zofia hands in a log, and gets it back", zofia.hands_in),
    Chapter(46, "14:45", "Zofia hands in the whole log", zofia.hands_in_again),
    Chapter(43, "13:30", "Callum hands in a desk log and a photograph", callum.hands_in),
    Chapter(42, "10:00", "The employer writes what she saw of Mia's work", mia.is_vouched_for),
    Chapter(41, "11:00", "Mia's observation is opened", mia.is_to_be_observed),
    Chapter(39, "14:00", "Mia is observed, one code is not met: fail", mia.is_observed),
    Chapter(37, "10:30", "The centre's assessor takes Callum's log", callum.is_looked_at),
    Chapter(35, "15:00", "Mia appeals", mia.appeals),
    Chapter(33, "10:00", "The centre marks Callum's portfolio: distinction", callum.is_marked),
    Chapter(32, "11:30", "The appeals officer admits Mia's appeal and convenes a panel", mia.is_heard),
    Chapter(31, "11:15", "Callum's observation is opened", callum.is_to_be_observed),
    Chapter(29, "13:00", "Callum is observed: distinction", callum.is_observed),
    Chapter(27, "14:30", "The panel's chair proposes to uphold the appeal", mia.is_answered),
    Chapter(25, "09:40", "A second member agrees: the decision is set aside", mia.is_upheld),
    Chapter(24, "10:20", "Mia gets another assessor", mia.gets_another_assessor),
    Chapter(24, "11:30", "Zofia's observation is opened", zofia.is_to_be_observed),
    Chapter(22, "15:00", "Zofia is observed: pass; her portfolio still has gaps", zofia.is_observed),
    Chapter(21, "11:00", "The centre marks Mia's portfolio: pass", mia.is_marked),
    Chapter(18, "14:00", "Mia is observed again: distinction", mia.is_observed_again),
    Chapter(16, "10:00", "Idris is enrolled, and gets his people", idris.joins),
    Chapter(14, "15:30", "Zofia hands in what her phone, a scanner and Word made", zofia.hands_in_from_a_phone),
    Chapter(13, "09:30", "A part of that is hidden from some; her log is taken", zofia.is_read_in_part),
    Chapter(10, "15:45", "Idris hands in a log, a photograph and a list", idris.hands_in),
    Chapter(9, "10:00", "The coach returns Zofia's spoken note", zofia.is_sent_back),
    Chapter(8, "16:10", "Mia appeals against her pass", mia.appeals_her_pass),
    Chapter(7, "14:00", "A second assessor is assigned to three apprentices", idris.work_for_another_assessor),
    Chapter(5, "10:00", "Idris's observation is opened", idris.waits_for_his_observation),
    Chapter(5, "11:30", "A panel is to hear that appeal", mia.waits_for_an_answer),
    Chapter(4, "13:30", "Zofia appeals against her pass", zofia.appeals),
    Chapter(0, "09:10", "Idris hands in a call", idris.lets_hear),
)
"""In the order of their times; the last one lies on the day on which the story is told."""
