"""Deployment: one assessment organisation's system, live or demo, fixed when it is created."""

from uuid import UUID

from portfolio.domain.kernel import Aggregate, Command, Fact, Known, RuleBroken, State
from portfolio.domain.vocabulary import Mode

DEPLOYMENT_ID = UUID(int=2)
"""The one stream of this kind."""


class CreateDeployment(Command):
    """Fix what this deployment is for."""

    deployment_id: UUID = DEPLOYMENT_ID
    mode: Mode


class DeploymentCreated(Fact, tag="deployment.created"):
    """The deployment exists, for live or for demo use."""

    mode: Mode


class DeploymentExists(RuleBroken, rule="PLAN-6"):
    """This deployment was created already, and whether it is live or demo never changes."""


class Deployment(State):
    """Whether the deployment exists, and its mode."""

    mode: Mode | None = None


def create_deployment(deployment: Deployment, command: CreateDeployment, known: Known) -> list[DeploymentCreated]:
    """Fix what this deployment is for, once (PLAN-6)."""
    if deployment.mode is not None:
        raise DeploymentExists
    return [DeploymentCreated(mode=command.mode)]


def evolve(deployment: Deployment, fact: DeploymentCreated) -> Deployment:
    """Apply a fact."""
    return Deployment(mode=fact.mode)


DEPLOYMENT = Aggregate("deployment_id", Deployment(), (create_deployment,), evolve)
