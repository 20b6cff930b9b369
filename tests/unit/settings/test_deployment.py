"""Settings of the pipeline: what is refused, and in which words."""

import pytest

from components.delivery.settings import Deployment
from settings.stack import Settings

REAL = """smile:account: {id: "210987654321"}
  smile:observability: {recipients: {critical: [on-call@health.id]}}"""
CASES = [
    ("repository: smile", 'deployment.repository: got "smile"; valid: OWNER/NAME'),
    ("repository: example/*", 'deployment.repository: got "example/*"; valid: OWNER/NAME'),
    ("branch: 'release/*'", 'deployment.branch: got "release/*"; valid: a branch\'s name, without wildcards'),
    ("provider: none", 'deployment.provider: got "none"; valid: create, existing'),
    ("pull_requests: true", "deployment.pull_requests: got true in production; valid: false"),
    ("image_repositories: [a/b, a/b]", "deployment.image_repositories[1]: got a/b again; valid: each once"),
]


@pytest.mark.parametrize(("text", "says"), CASES)
def test_what_is_wrong_is_refused_with_what_is_valid(mistakes, text, says):
    (line,) = mistakes(f"config:\n  smile:deployment: {{{text}}}")
    assert line.startswith("Pulumi.prod.yaml:2: smile:deployment.")
    assert says in line


@pytest.mark.requirement("SMILE-DEPLOY-15")
def test_a_real_account_is_not_deployed_by_the_example_repository(mistakes, load):
    (line,) = mistakes(f"config:\n  {REAL}")
    assert "smile:deployment.repository: got the example's, which is somebody else's; valid: OWNER/NAME" in line
    assert load(f"config:\n  {REAL}\n  smile:deployment: {{enabled: false}}").deployment.enabled is False
    own = load(f"config:\n  {REAL}\n  smile:deployment: {{repository: health/smile}}")
    assert own.deployment.repository == "health/smile"


def test_the_registry_lets_the_pipeline_push(mistakes, load):
    (line,) = mistakes("config:\n  smile:images: {push_roles: [jenkins]}")
    assert "smile:images.push_roles: smile-ci, which the pipeline takes on, is not among them" in line
    assert load("config:\n  smile:images: {push_roles: ['smile-*']}").images.push_roles == ("smile-*",)
    without = "config:\n  smile:images: {push_roles: [jenkins]}\n  smile:deployment: {enabled: false}"
    assert isinstance(load(without), Settings)


def test_pull_requests_may_look_at_staging(load):
    assert load("config:\n  smile:deployment: {pull_requests: true}", "staging").deployment.pull_requests


@pytest.mark.parametrize("repository", ["health/smile", "health@123456/smile@456789"])
def test_repositories_are_taken_with_and_without_ids(repository):
    deployment = Deployment(repository=repository)
    assert deployment.repository_name == "health/smile"
    assert deployment.builders == (repository,)


def test_services_repositories_build_images_where_they_are_named():
    assert Deployment(image_repositories=("health/orders",)).builders == ("health/orders",)
