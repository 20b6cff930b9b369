"""What AWS numbers by name gets a number of its own each time, as ECS numbers the revisions of a task definition."""

import pytest

from tests.offline.providers.test_refusals import Account

TASK, LAYER, SERVICE = (
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:lambda/layerVersion:LayerVersion",
    "aws:ecs/service:Service",
)


@pytest.fixture
def account(aws):
    return Account(aws)


def register(account, name, family="web"):
    account.create(TASK, name, family=family, containerDefinitions="[]")
    return account.outputs


def test_a_revision_counts_by_family_and_is_never_used_twice(account):
    first, second, other = register(account, "task"), register(account, "task"), register(account, "api", "api")
    assert [each["revision"] for each in (first, second, other)] == [1, 2, 1]
    assert second["arn"].endswith(":task-definition/web:2")
    account.delete(first["id"])
    account.delete(second["id"])
    assert register(account, "task")["revision"] == 3


def test_a_replacement_deletes_the_earlier_revision_and_reads_the_later_one(account):
    earlier, later = register(account, "task"), register(account, "task")
    account.delete(earlier["id"])
    found = account.aws.read(account.target(TASK, "task"), later["id"], ({}, {}))
    assert found[2]["arn"] == later["arn"]


def test_versions_of_a_layer_are_numbered(account):
    for version in ("1", "2"):
        account.create(LAYER, "layer", layerName="tools", s3Bucket="code", s3Key="tools.zip")
        assert account.outputs["version"] == version
        assert account.outputs["arn"].endswith(f":layer:tools:{version}")


@pytest.mark.parametrize("by", ["arn", "name"])
def test_the_arn_of_a_service_has_the_name_of_its_cluster(account, by):
    account.create("aws:ecs/cluster:Cluster", "cluster", name="shop")
    account.create(SERVICE, "web", name="web", cluster=account.outputs[by])
    assert account.outputs["arn"] == "arn:aws:ecs:ap-southeast-3:123456789012:service/shop/web"
