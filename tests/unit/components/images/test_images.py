"""The image registry, as a program registers it."""

import json

import pytest

from components.core.protection import Protection
from components.images.image_policy import FOR_GOOD
from components.images.image_registry import ImageRegistry, ImageRegistryArgs
from settings import load_from_files
from tests.paths import COMPONENT_DOCS
from tests.recording import record
from tests.stacks import STACKS

ACCOUNT, OTHER = "123456789012", "210987654321"
HOST = f"{ACCOUNT}.dkr.ecr.ap-southeast-3.amazonaws.com"
PROD = load_from_files("prod").images
SERVICES = tuple(sorted(load_from_files("prod").services.catalogue))
REPOSITORY, REPOSITORY_POLICY = "ecr/repository:Repository", "ecr/repositoryPolicy:RepositoryPolicy"
LIFECYCLE, SCANNING = (
    "ecr/lifecyclePolicy:LifecyclePolicy",
    "ecr/registryScanningConfiguration:RegistryScanningConfiguration",
)
CACHE, TEMPLATE = (
    "ecr/pullThroughCacheRule:PullThroughCacheRule",
    "ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
)
REGISTRY_POLICY, POLICY = "ecr/registryPolicy:RegistryPolicy", "iam/policy:Policy"
PULL = {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
PUSH = {"ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"}
KEY = [{"encryptionType": "KMS", "kmsKey": "arn:aws:kms:ap-southeast-3:123456789012:key/images"}]


@pytest.fixture(scope="module")
def registry_of(foundation_of):
    """Record the registry with other settings than prod's."""

    def make(services=SERVICES, context=None, **settings):
        def program():
            args = ImageRegistryArgs(
                context=context or foundation_of(), settings=PROD.model_copy(update=settings), services=services
            )
            registry = ImageRegistry("smile-images", args)
            return {
                "urls": registry.urls,
                "arns": registry.repository_arns,
                "cache": registry.cache_urls,
                "pull": registry.pull_policy_arn,
                "push": registry.push_policy_arn,
            }

        return record(program)

    return make


@pytest.fixture(scope="module")
def registry(registry_of):
    return registry_of(pull_accounts=())


def statements(document):
    """Sid -> statement."""
    return {statement["Sid"]: statement for statement in json.loads(document)["Statement"]}


def role(name, account=ACCOUNT):
    return f"arn:aws:iam::{account}:role/{name}"


# Repositories.


@pytest.mark.requirement("SMILE-ECR-01")
def test_every_microservice_has_a_repository(registry, registry_of):
    assert {each["name"] for each in registry.of(REPOSITORY).values()} == {f"smile/{name}" for name in SERVICES}
    assert registry.result["urls"] == {name: f"{HOST}/smile/{name}" for name in SERVICES}
    for kind in (REPOSITORY_POLICY, LIFECYCLE):
        assert {each["repository"] for each in registry.of(kind).values()} == {f"smile/{name}" for name in SERVICES}
    assert list(registry_of(services=("orders",)).of(REPOSITORY)) == ["smile-images-orders"]


@pytest.mark.requirement("SMILE-ECR-06")
def test_tags_stay_and_images_are_encrypted_with_their_key(registry):
    made = [*registry.of(REPOSITORY).values(), registry.one(TEMPLATE)]
    assert {each["imageTagMutability"] for each in made} == {"IMMUTABLE"}
    assert [each["encryptionConfigurations"] for each in made] == [KEY] * len(made)


@pytest.mark.requirement("SMILE-GEN-07")
def test_repositories_are_protected_unless_the_environment_is_disposable(registry, registry_of, foundation_of):
    def options(recording):
        return {
            (each.protect, each.retain_on_delete) for each in recording.resources if each.type == f"aws:{REPOSITORY}"
        }

    assert options(registry) == {(True, True)}
    disposable = foundation_of(protection=Protection(protect=False, deletion_protection=False, retain_on_delete=False))
    assert options(registry_of(context=disposable)) == {(False, False)}
    assert {each["forceDelete"] for each in registry.of(REPOSITORY).values()} == {False}


@pytest.mark.requirement("SMILE-ECR-04")
def test_images_are_scanned_when_pushed_and_again_when_weaknesses_become_known(registry, registry_of):
    assert {each["imageScanningConfiguration"]["scanOnPush"] for each in registry.of(REPOSITORY).values()} == {True}
    all_of_them = [{"filter": "*", "filterType": "WILDCARD"}]
    scanning = registry.one(SCANNING)
    assert scanning["scanType"] == "ENHANCED"
    assert scanning["rules"] == [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": all_of_them}]
    basic = registry_of(scanning="basic").one(SCANNING)
    assert basic["scanType"] == "BASIC"
    assert basic["rules"] == [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": all_of_them}]


@pytest.mark.requirement("SMILE-ECR-02")
@pytest.mark.requirement("SMILE-ECR-03")
def test_the_latest_hundred_and_all_releases_are_kept_and_untagged_images_a_month(registry):
    documents = {each["policy"] for each in registry.of(LIFECYCLE).values()}
    assert documents == {registry.one(TEMPLATE)["lifecyclePolicy"]}
    (document,) = documents
    rules = json.loads(document)["rules"]
    assert [rule["rulePriority"] for rule in rules] == [1, 2, 3]
    assert {rule["action"]["type"] for rule in rules} == {"expire"}
    assert [rule["selection"] for rule in rules] == [
        {
            "tagStatus": "tagged",
            "tagPrefixList": ["release-"],
            "countType": "imageCountMoreThan",
            "countNumber": FOR_GOOD,
        },
        {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 30},
        {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan", "countNumber": 100},
    ]


# Who pushes and pulls.


@pytest.mark.requirement("SMILE-ECR-05")
def test_only_the_pipeline_pushes_and_only_nodes_pull(registry):
    for each in registry.of(REPOSITORY_POLICY).values():
        policy = statements(each["policy"])
        nodes, pipeline = role("smile-*node*"), role("smile-ci")
        pull, push = policy["NodesPull"], policy["PipelinePushes"]
        for statement in (pull, push):
            assert statement["Principal"] == {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}
        assert (set(pull["Action"]), set(push["Action"])) == (PULL, PUSH)
        assert pull["Condition"] == {"ArnLike": {"aws:PrincipalArn": [nodes, pipeline]}}
        assert push["Condition"] == {"ArnLike": {"aws:PrincipalArn": [pipeline]}}
        assert policy["DenyOthersPush"]["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": [pipeline]}}
        scanners = role("aws-service-role/*")
        assert policy["DenyOthersPull"]["Condition"] == {
            "ArnNotLike": {"aws:PrincipalArn": [nodes, pipeline, scanners]}
        }
        assert set(policy["DenyOthersPush"]["Action"]) == PUSH
        assert "ecr:BatchGetImage" in policy["DenyOthersPull"]["Action"]


@pytest.mark.requirement("SMILE-ECR-05")
def test_roles_get_what_they_do_and_no_more(registry):
    policies = {name: statements(each["policy"]) for name, each in registry.of(POLICY).items()}
    pull, push = policies["smile-images-pull-images"], policies["smile-images-push-images"]
    services = [f"arn:aws:ecr:ap-southeast-3:{ACCOUNT}:repository/smile/{name}" for name in SERVICES]
    cached = f"arn:aws:ecr:ap-southeast-3:{ACCOUNT}:repository/smile-cache/"
    assert set(pull["PullImages"]["Action"]) == PULL
    assert pull["PullImages"]["Resource"][: len(SERVICES)] == services
    assert set(pull["FillCache"]["Action"]) == {"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"}
    assert all(arn.startswith(cached) for arn in pull["FillCache"]["Resource"])
    assert push["PushImages"]["Resource"] == services
    assert set(push["PushImages"]["Action"]) > PUSH
    for policy in (pull, push):
        assert [sid for sid, statement in policy.items() if statement["Resource"] == ["*"]] == ["LogIn"]
    assert (registry.result["pull"], registry.result["push"]) == (
        "arn:of:Policy/smile-images-pull-images",
        "arn:of:Policy/smile-images-push-images",
    )


@pytest.mark.requirement("SMILE-ECR-07")
def test_one_stack_makes_the_repositories_and_the_others_know_them(registry_of):
    owners = [stack for stack in STACKS if load_from_files(stack).images.owner]
    assert owners == ["prod"]
    known = registry_of(owner=False, registry_account=OTHER)
    assert {kind for kind in known.types() if kind.startswith("aws:")} == {f"aws:{POLICY}"}
    assert list(known.of(POLICY)) == ["smile-images-pull-images"]
    assert known.result["urls"]["orders"] == f"{OTHER}.dkr.ecr.ap-southeast-3.amazonaws.com/smile/orders"
    assert known.result["push"] is None
    assert registry_of(owner=False).result["urls"]["orders"] == f"{HOST}/smile/orders"


@pytest.mark.requirement("SMILE-ECR-07")
def test_other_accounts_pull_when_they_are_named_and_never_push(registry, registry_of):
    shared = registry_of(pull_accounts=(OTHER,))
    policy = statements(shared.of(REPOSITORY_POLICY)["smile-images-orders"]["policy"])
    roots = [f"arn:aws:iam::{account}:root" for account in (ACCOUNT, OTHER)]
    assert policy["NodesPull"]["Principal"] == {"AWS": roots}
    assert role("smile-*node*", OTHER) in policy["DenyOthersPull"]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert policy["PipelinePushes"]["Principal"] == {"AWS": roots[:1]}
    fill = statements(shared.one(REGISTRY_POLICY)["policy"])["AccountsFillCache"]
    assert fill["Principal"] == {"AWS": roots[1:]}
    assert not registry.of(REGISTRY_POLICY)


# Public images.


def test_public_images_are_cached_under_the_name_they_had(registry):
    upstreams = ["registry.k8s.io", "public.ecr.aws", "quay.io"]
    rules = {each["ecrRepositoryPrefix"]: each["upstreamRegistryUrl"] for each in registry.of(CACHE).values()}
    assert rules == {f"smile-cache/{upstream}": upstream for upstream in upstreams}
    assert registry.result["cache"] == {upstream: f"{HOST}/smile-cache/{upstream}" for upstream in upstreams}


def test_registries_with_accounts_get_credentials(registry_of):
    secret = f"arn:aws:secretsmanager:ap-southeast-3:{ACCOUNT}:secret:ecr-pullthroughcache/hub-a1b2c3"
    (rule,) = registry_of(upstreams=("docker.io",), credentials={"docker.io": secret}).of(CACHE).values()
    assert rule == {
        "ecrRepositoryPrefix": "smile-cache/docker.io",
        "upstreamRegistryUrl": "registry-1.docker.io",
        "credentialArn": secret,
    }


def test_a_cached_repository_is_made_as_the_others_and_nobody_pushes_there(registry):
    template = registry.one(TEMPLATE)
    assert (template["prefix"], template["appliedFors"]) == ("smile-cache", ["PULL_THROUGH_CACHE"])
    assert set(statements(template["repositoryPolicy"])) == {"NodesPull", "DenyOthersPull"}
    assert template["customRoleArn"] == "arn:of:Role/smile-images-image-cache"
    trust = statements(registry.one("iam/role:Role")["assumeRolePolicy"])
    assert trust["ServiceForThisAccount"]["Principal"] == {"Service": "ecr.amazonaws.com"}
    creator = statements(registry.of(POLICY)["smile-images-image-cache"]["policy"])
    assert creator["MakeRepositories"]["Resource"] == [
        f"arn:aws:ecr:ap-southeast-3:{ACCOUNT}:repository/smile-cache/{upstream}/*"
        for upstream in ("registry.k8s.io", "public.ecr.aws", "quay.io")
    ]
    assert creator["EncryptRepositories"]["Resource"] == [KEY[0]["kmsKey"]]


def test_no_image_is_cached_before_the_template_says_how(registry):
    (template,) = (each.urn for each in registry.resources if each.type == f"aws:{TEMPLATE}")
    assert all(template in each.dependencies for each in registry.resources if each.type == f"aws:{CACHE}")


def test_without_upstreams_nothing_is_cached(registry_of):
    bare = registry_of(upstreams=())
    assert not bare.of(CACHE)
    assert not bare.of(TEMPLATE)
    assert "FillCache" not in statements(bare.of(POLICY)["smile-images-pull-images"]["policy"])


@pytest.mark.requirement("SMILE-ECR-07")
def test_it_is_documented_who_owns_the_registry_and_what_is_kept():
    text, settings = (COMPONENT_DOCS / "images.md").read_text(), PROD
    (owner,) = (stack for stack in STACKS if load_from_files(stack).images.owner)
    assert f"`owner: true`, {owner}, makes them" in text
    assert "the image tested in staging is the one released to prod" in text
    assert f"`keep_images`: {settings.keep_images} |" in text
    assert f"`untagged_days`: {settings.untagged_days} |" in text
    assert f"`release_prefixes` (`{settings.release_prefixes[0]}`)" in text


def test_a_repositorys_arn_is_given_to_whoever_grants_its_use(registry_of):
    assert registry_of(services=("orders",)).result["arns"] == {
        "orders": f"arn:aws:ecr:ap-southeast-3:{ACCOUNT}:repository/smile/orders"
    }
