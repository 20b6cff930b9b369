"""Whatever AWS lets a component tag says whose it is, which component it belongs to, and how sensitive its data is."""

import importlib

import pytest

from components.cache.redis_cache import RedisCache, RedisCacheArgs
from components.database.database import Database, DatabaseArgs
from components.encryption.encryption_keys import EncryptionKeys, EncryptionKeysArgs
from components.files.shared_file_system import SharedFileSystem, SharedFileSystemArgs
from components.functions.function import Placement
from components.images.image_registry import ImageRegistry, ImageRegistryArgs
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.secrets.secrets import DatabaseLogin, Secrets, SecretsArgs
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from settings import load_from_files
from tests.recording import record

PROD = load_from_files("prod")
PLACE = {"subnet_ids": ["subnet-1"], "security_group_id": "sg-1"}
MODULES = {"lambda": "lambda_"}


def data(context):
    """Every component that keeps data, as prod has it."""
    replicated = {"master_password": "self_managed", "read_replicas": ("reports",)}
    Database(
        "smile-database",
        DatabaseArgs(context=context, settings=PROD.database.model_copy(update=replicated), **PLACE),
    )
    RedisCache("smile-cache", RedisCacheArgs(context=context, cache=PROD.cache, **PLACE))
    MessageQueues("smile", MessageQueuesArgs(context=context, queues=PROD.queues))
    ObjectStorage("smile", ObjectStorageArgs(context=context, settings=PROD.storage))
    files = {"subnet_ids": {"a": "subnet-1"}, "security_group_id": "sg-1"}
    SharedFileSystem("smile-files", SharedFileSystemArgs(context=context, files=PROD.files, **files))
    ImageRegistry("smile-images", ImageRegistryArgs(context=context, settings=PROD.images, services=["orders"]))
    EncryptionKeys("smile", EncryptionKeysArgs(environment=context.environment))
    login = DatabaseLogin(engine="mysql", users=PROD.database.users, host="db", port=3306, master_arn=None)
    placement = Placement(subnet_ids=["subnet-1"], security_group_ids=["sg-1"])
    Secrets("smile", SecretsArgs(context=context, secrets=PROD.secrets, placement=placement, database=login))


def takes_tags(token):
    """Whether a resource type of the installed SDK has tags."""
    _, module, kind = token.split(":")
    name = module.split("/")[0]
    return hasattr(getattr(importlib.import_module(f"pulumi_aws.{MODULES.get(name, name)}"), kind), "tags")


@pytest.fixture(scope="module")
def recorded(foundation_of):
    context = foundation_of()
    return record(lambda: data(context))


def test_every_resource_of_the_data_components_is_tagged(recorded):
    taggable = [each for each in recorded.resources if each.type.startswith("aws:") and takes_tags(each.type)]
    assert len({each.type for each in taggable}) > 15
    lacking = {
        f"{each.type} {each.name}": sorted({"Name", "Component", "DataClass"} - set(each.inputs.get("tags", {})))
        for each in taggable
        if not {"Name", "Component", "DataClass"} <= set(each.inputs.get("tags", {}))
    }
    assert lacking == {}


def test_what_holds_data_is_protected_and_what_can_be_made_again_is_not(recorded):
    kept = {each.type.rpartition(":")[2] for each in recorded.resources if each.protect}
    assert kept == {
        "Bucket", "FileSystem", "Instance", "Key", "Queue", "ReplicationGroup", "Repository", "Secret",
    }  # fmt: skip
    replicas = [each for each in recorded.resources if each.name == "smile-database-reports"]
    assert not any(each.protect for each in replicas)
