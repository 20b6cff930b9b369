"""An account that answers as a test says: botocore checks each answer against AWS's own description of it."""

from collections import defaultdict

import boto3
import pytest
from botocore.stub import Stubber

from components.core.environment import Environment
from doctor.account import Account
from doctor.examination import run
from doctor.needs import service_linked_roles
from settings import load_from_files

REAL = "210987654321"


@pytest.fixture
def account_of(tmp_path):
    """Make an account: service -> what it answers, in order: an operation and its answer, or AWS's code of an error."""
    stubs = defaultdict(list)

    def make(answers=None, stack="prod", **sections):
        settings = load_from_files(stack)
        changes = {"account": settings.account.model_copy(update={"id": REAL})}
        changes |= {name: changed(getattr(settings, name), values) for name, values in sections.items()}
        made = {}

        def client_of(service, region):
            if service not in made:
                client = boto3.client(service, region_name=region, aws_access_key_id="x", aws_secret_access_key="x")
                made[service] = client
                stubber = Stubber(client)
                for operation, answer, *expected in (answers or {}).get(service, ()):
                    if isinstance(answer, str):
                        stubber.add_client_error(operation, answer, f"said by {service}")
                    else:
                        stubber.add_response(operation, answer, *expected)
                stubber.activate()
                stubs[service].append(stubber)
            return made[service]

        return Account(
            settings=settings.model_copy(update=changes),
            root=tmp_path,
            environment=Environment(name=stack, account_id=REAL, region="ap-southeast-3", project="smile"),
            linked_roles=lambda: service_linked_roles(settings),
            client_of=client_of,
        )

    yield make
    for stubbers in stubs.values():
        for stubber in stubbers:
            stubber.assert_no_pending_responses()


def changed(section, values):
    """A section of settings with other values; those of sections within it, too."""
    inner = {
        name: changed(getattr(section, name), each)
        if isinstance(each, dict) and hasattr(getattr(section, name), "model_copy")
        else each
        for name, each in values.items()
    }
    return section.model_copy(update=inner)


@pytest.fixture
def says(account_of):
    """Run one check; gives subject -> result."""

    def look(check, answers=None, **settings):
        return {result.subject: result for result in run(check, account_of(answers, **settings))}

    return look
