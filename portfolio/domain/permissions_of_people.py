"""Who may do what with people: rows of the one table in ``permissions.py``."""

from portfolio.domain import addresses, competences, interests, invitations, notices, person, providers, standing
from portfolio.domain import corrections as people
from portfolio.domain.kernel import Command
from portfolio.domain.rows import Rule, any_of
from portfolio.domain.vocabulary import (
    ADMINISTRATOR,
    LEAD_ASSESSOR,
    RESPONSIBLE_OFFICER,
    THE_PERSON,
    THE_SYSTEM,
)

OF_PEOPLE: dict[type[Command], Rule] = {
    person.RegisterPerson: any_of(ADMINISTRATOR, THE_SYSTEM),
    people.CorrectName: any_of(ADMINISTRATOR),
    people.CorrectEmployment: any_of(RESPONSIBLE_OFFICER),
    person.GrantRole: any_of(ADMINISTRATOR, THE_SYSTEM),
    person.EndRole: any_of(ADMINISTRATOR, RESPONSIBLE_OFFICER),
    providers.FollowProvider: any_of(THE_SYSTEM),
    standing.SuspendPerson: any_of(ADMINISTRATOR, RESPONSIBLE_OFFICER),
    standing.ReinstatePerson: any_of(ADMINISTRATOR, RESPONSIBLE_OFFICER),
    standing.SignOut: any_of(THE_PERSON, ADMINISTRATOR, RESPONSIBLE_OFFICER, THE_SYSTEM),
    interests.DeclareInterest: any_of(THE_PERSON),
    notices.ChooseNotices: any_of(THE_PERSON),
    interests.ConfirmCorrection: any_of(RESPONSIBLE_OFFICER),
    competences.RecordCompetence: any_of(ADMINISTRATOR, LEAD_ASSESSOR),
    competences.CorrectCompetence: any_of(ADMINISTRATOR),
    competences.TakeCompetenceBack: any_of(ADMINISTRATOR),
    addresses.RegisterAddress: any_of(ADMINISTRATOR),
    addresses.RemoveAddress: any_of(ADMINISTRATOR),
    invitations.InvitePerson: any_of(ADMINISTRATOR),
    invitations.TakeInvitationUp: any_of(THE_SYSTEM),
}
