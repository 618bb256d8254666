"""Deployment: one assessment organisation's system, live or demo, fixed when it is created."""

from typing import assert_never
from uuid import UUID

from portfolio.domain.kernel import Aggregate, Command, Fact, RuleBroken, State
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


class DeploymentExists(RuleBroken):
    """This deployment was created already, and whether it is live or demo never changes (PLAN-6)."""


class Deployment(State):
    """Whether the deployment exists, and its mode."""

    mode: Mode | None = None


def decide(deployment: Deployment, command: CreateDeployment) -> list[DeploymentCreated]:
    """Turn a request into facts, or refuse it."""
    match command:
        case CreateDeployment(mode=mode):
            if deployment.mode is not None:
                raise DeploymentExists
            return [DeploymentCreated(mode=mode)]
    assert_never(command)


def evolve(deployment: Deployment, fact: DeploymentCreated) -> Deployment:  # noqa: ARG001 - the first fact is the only one
    """Apply a fact."""
    return Deployment(mode=fact.mode)


DEPLOYMENT = Aggregate("deployment_id", Deployment(), (CreateDeployment,), decide, evolve)
