"""Who may do what in an appeal: rows of the one table in ``permissions.py``."""

from portfolio.domain.appeal import admitting, consequences, deciding, lodging, panel, withdrawing
from portfolio.domain.kernel import Command
from portfolio.domain.rows import Rule, any_of
from portfolio.domain.vocabulary import (
    APPEALS_OFFICER,
    APPELLANT,
    ASSIGNED_COACH,
    ASSIGNED_EMPLOYER,
    MEMBER_OF_THE_PANEL,
    RESPONSIBLE_OFFICER,
    THE_APPRENTICE,
    THE_SYSTEM,
    TOOK_PART,
)

OF_APPEALS: dict[type[Command], Rule] = {
    lodging.LodgeAppeal: any_of(THE_APPRENTICE, ASSIGNED_COACH, ASSIGNED_EMPLOYER),
    admitting.AdmitAppeal: any_of(APPEALS_OFFICER),
    admitting.RefuseAppeal: any_of(APPEALS_OFFICER),
    admitting.AskSecondLook: any_of(APPELLANT),
    admitting.AdmitOnSecondLook: any_of(APPEALS_OFFICER, RESPONSIBLE_OFFICER),
    admitting.RefuseOnSecondLook: any_of(APPEALS_OFFICER, RESPONSIBLE_OFFICER),
    panel.ConvenePanel: any_of(APPEALS_OFFICER),
    panel.AddMember: any_of(APPEALS_OFFICER),
    panel.RecuseMember: any_of(MEMBER_OF_THE_PANEL),
    panel.ReplaceMember: any_of(APPEALS_OFFICER),
    deciding.ProposeOutcome: any_of(MEMBER_OF_THE_PANEL, APPEALS_OFFICER, none_of=(TOOK_PART,)),
    deciding.ConfirmOutcome: any_of(MEMBER_OF_THE_PANEL, none_of=(TOOK_PART,)),
    deciding.DissentFromOutcome: any_of(MEMBER_OF_THE_PANEL, none_of=(TOOK_PART,)),
    consequences.NoteConsequence: any_of(THE_SYSTEM),
    consequences.NoteRefusedConsequence: any_of(THE_SYSTEM),
    consequences.CloseConsequence: any_of(RESPONSIBLE_OFFICER),
    withdrawing.WithdrawAppeal: any_of(THE_APPRENTICE, ASSIGNED_COACH),
    withdrawing.WithdrawOnPaper: any_of(RESPONSIBLE_OFFICER, none_of=(THE_APPRENTICE,)),
}
