"""The deployment: live or demo, fixed when it is created (PLAN-6)."""

from portfolio.domain.deployment import DEPLOYMENT, CreateDeployment, DeploymentCreated, DeploymentExists
from tests.domain.given import given


def test_a_deployment_is_created_live_or_demo() -> None:
    given(DEPLOYMENT).when(CreateDeployment(mode="live")).records(DeploymentCreated(mode="live"))


def test_a_demo_deployment_never_becomes_live() -> None:
    given(DEPLOYMENT, DeploymentCreated(mode="demo")).when(CreateDeployment(mode="live")).rejected(DeploymentExists)
