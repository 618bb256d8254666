"""Who may do what with programs: rows of the one table in ``permissions.py``."""

from portfolio.domain.kernel import Command
from portfolio.domain.program import facts as program
from portfolio.domain.rows import Rule, any_of
from portfolio.domain.vocabulary import ADMINISTRATOR, RESPONSIBLE_OFFICER, THE_OWNER

OF_PROGRAMS: dict[type[Command], Rule] = {
    **dict.fromkeys((program.RegisterProgram, program.ScopeProgram, program.HandProgramOver), any_of(ADMINISTRATOR)),
    **dict.fromkeys((program.AddProgramKey, program.AddProgramSecret), any_of(ADMINISTRATOR, THE_OWNER)),
    **dict.fromkeys(
        (program.RevokeCredential, program.SuspendProgram), any_of(ADMINISTRATOR, RESPONSIBLE_OFFICER, THE_OWNER)
    ),
    program.ReinstateProgram: any_of(ADMINISTRATOR, RESPONSIBLE_OFFICER),
    program.EndProgram: any_of(ADMINISTRATOR),
}
