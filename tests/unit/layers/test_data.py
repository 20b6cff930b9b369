"""Names that layers give out, and that more than one of them needs."""

import re

from components.core.environment import Environment
from layers.data import code_bucket
from settings import load_from_files
from tests.stacks import STACKS


def test_code_is_uploaded_to_a_bucket_of_the_stacks_own():
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
    names = set()
    for stack in STACKS:
        settings = load_from_files(stack)
        environment = Environment(name=stack, account_id=settings.account.id, region="ap-southeast-3", project="smile")
        names.add(code_bucket(environment, settings.storage))
    assert len(names) == len(STACKS)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) for name in names)
