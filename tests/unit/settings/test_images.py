"""Settings of the image registry: what holds without a word, what is refused, and in which words."""

import pytest

from settings import load_from_files
from tests.stacks import IN_A_REAL_ACCOUNT, STACKS

SECRET = "arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:ecr-pullthroughcache/hub-a1b2c3"
ABROAD = SECRET.replace("ap-southeast-3", "us-east-1")

CASES = [
    ("scanning: basic", "images.scanning: got basic; valid: enhanced in production"),
    (
        "registry_account: '210987654321'",
        "and this stack makes the repositories in 123456789012; valid: none, or owner",
    ),
    (
        "owner: false",
        "registry_account: got none, and this stack makes no repositories in 123456789012; valid: the AWS",
    ),
    ("owner: false, registry_account: '123456789012'", "and this stack makes no repositories in 123456789012"),
    ("registry_account: 123456789012", "registry_account: got 123456789012; valid: 12 digits in quotes"),
    ("pull_accounts: ['1234']", 'pull_accounts[0]: got "1234"; valid: 12 digits'),
    ("pull_accounts: ['210987654321', '210987654321']", "pull_accounts[1]: got 210987654321 again"),
    ("pull_roles: ['*']", 'pull_roles[0]: got "*"; valid: names of IAM roles'),
    ("push_roles: ['ci role']", 'push_roles[0]: got "ci role"'),
    ("push_roles: ['arn:aws:iam::123456789012:role/ci']", "push_roles[0]: got"),
    ("scanning: deep", 'scanning: got "deep"; valid: basic, enhanced'),
    ("keep_images: 0", "keep_images: got 0; valid: 1 to 10000"),
    ("untagged_days: 366", "untagged_days: got 366; valid: 1 to 365"),
    ("release_prefixes: ['*']", 'release_prefixes[0]: got "*"'),
    ("release_prefixes: [v, v]", "release_prefixes[1]: got v again"),
    ("upstreams: [gcr.io]", 'upstreams[0]: got "gcr.io"'),
    ("upstreams: [docker.io]", "docker.io needs credentials; valid: a secret's ARN in credentials"),
    ("upstreams: [quay.io, quay.io]", "upstreams[1]: got quay.io again"),
    (f"credentials: {{quay.io: '{SECRET}'}}", "quay.io takes no credentials; valid: docker.io, ghcr.io"),
    (f"credentials: {{ghcr.io: '{SECRET}'}}", "ghcr.io is not cached; valid: one of upstreams"),
    (f"upstreams: [docker.io], credentials: {{docker.io: '{ABROAD}'}}", "credentials.docker.io: got"),
]


@pytest.mark.parametrize(("text", "says"), CASES)
def test_what_is_wrong_is_refused_with_what_is_valid(mistakes, text, says):
    (line,) = mistakes(f"config:\n  smile:images: {{{text}}}")
    assert line.startswith("Pulumi.prod.yaml:2: smile:images.")
    assert says in line


@pytest.mark.requirement("SMILE-ECR-02")
@pytest.mark.requirement("SMILE-ECR-03")
@pytest.mark.requirement("SMILE-ECR-04")
def test_an_empty_file_gives_the_documented_registry(load):
    images = load("config: {}").images
    assert (images.keep_images, images.untagged_days, images.scanning) == (100, 30, "enhanced")


def test_registries_that_need_credentials_are_cached_with_them(load):
    text = f"upstreams: [docker.io], credentials: {{docker.io: '{SECRET}'}}"
    assert load(f"config:\n  smile:images: {{{text}}}").images.upstreams == ("docker.io",)


def test_another_stack_names_the_account_of_the_registry(load):
    text = "owner: false, registry_account: '210987654321'"
    assert load(f"config:\n  smile:images: {{{text}}}").images.registry_account == "210987654321"


def test_a_real_account_pulls_from_no_example_and_lets_none_pull(mistakes):
    real = f"{IN_A_REAL_ACCOUNT}  smile:images: "
    (line,) = mistakes(real + '{owner: false, registry_account: "123456789012"}')
    assert "images.registry_account: got 123456789012, which is an example; valid: the real account" in line
    (line,) = mistakes(real + '{pull_accounts: ["111122223333"]}')
    assert "images.pull_accounts[0]: got 111122223333, which is an example" in line


@pytest.mark.requirement("SMILE-ECR-07")
def test_the_stacks_agree_on_whose_the_registry_is_and_who_pulls():
    stacks = {stack: load_from_files(stack) for stack in STACKS}
    (owner,) = (settings for settings in stacks.values() if settings.images.owner)
    others = [settings for settings in stacks.values() if settings is not owner]
    assert {settings.images.registry_account for settings in others} == {owner.account.id}
    assert set(owner.images.pull_accounts) == {settings.account.id for settings in others}
