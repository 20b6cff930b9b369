"""IAM policies of whoever works with the pipeline from outside: each for one job, and no more (ETL-OPS-04)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import iam

from components.core.iam import Statement, document
from components.stack.stack import Stack
from components.storage.object_storage import ObjectStorage
from components.table.table import Table
from platforms.pdfetl.settings import NAME


def statements(storage: ObjectStorage, jobs: Table | None) -> Mapping[str, Sequence[Statement]]:
    """Client -> what it may do: upload, and look at what became of it; or keep track of jobs that run elsewhere."""
    return {
        "upload-client": storage.grant_write("backups", "uploads"),
        **({"job-tracker": [*jobs.grant_read(), *jobs.grant_write()]} if jobs else {}),
    }


def clients(stack: Stack, storage: ObjectStorage, jobs: Table | None) -> dict[str, pulumi.Output[str]]:
    """Client -> ARN of its policy, for the roles of the account that people and programs take on."""
    environment = stack.context.environment
    tags = environment.tags(component="clients", data_class="internal")
    return {
        client: iam.Policy(
            f"{NAME}-{client}",
            name=environment.physical_name(client, 128),
            description=f"For roles of the {client.replace('-', ' ')}",
            policy=document(*allowed),
            tags=tags(client),
            opts=stack.options(),
        ).arn
        for client, allowed in statements(storage, jobs).items()
    }
