"""What is refused about programs."""

from portfolio.domain.kernel import NotPermitted, NotVisible, RuleBroken


class ProgramUnknown(NotVisible):
    """There is no such program: register it first."""


class ProgramExists(RuleBroken):
    """This program is registered already."""


class RowNotForPrograms(RuleBroken, rule="PROGRAM-1"):
    """No program is given this: people judge, declare, agree and appeal themselves, and say who may do what."""


class OutOfScope(NotPermitted, rule="PROGRAM-1"):
    """This program was not given the row that is named: an administrator gives it, if programs can be given that."""


class CredentialsAreTheOwners(RuleBroken, rule="PROGRAM-3"):
    """Only whoever owns a program gives it a key or a secret: it acts in their name."""


class KeyNotReadable(RuleBroken, rule="PROGRAM-3"):
    """This is no public key that is taken here: make one on the curve Ed25519 or P-256."""


class CredentialKnown(RuleBroken, rule="PROGRAM-3"):
    """This program has or had this key already: make a new one."""


class CredentialUnknown(RuleBroken, rule="PROGRAM-3"):
    """This program has no such key or secret that still counts."""


class TooManyCredentials(RuleBroken, rule="PROGRAM-3"):
    """A program has at most four keys and secrets that count: revoke one that it needs no longer."""


class ProgramStopped(NotPermitted, rule="PROGRAM-4"):
    """This program is stopped: whoever owns it or an administrator can say why."""


class ProgramHasEnded(RuleBroken, rule="PROGRAM-4"):
    """This program has ended for good: register another one."""


class ProgramAlreadySuspended(RuleBroken, rule="PROGRAM-4"):
    """The program is suspended already."""


class ProgramNotSuspended(RuleBroken, rule="PROGRAM-4"):
    """The program is not suspended."""


class OwnerSuspended(RuleBroken, rule="PROGRAM-4"):
    """Whoever is suspended owns no further program: name somebody who is at work."""
