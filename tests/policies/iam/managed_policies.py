"""What AWS's managed policies allow, by the documents that moto carries.

`python -m tests.policies.iam.managed_policies` prints policies/guardrails/iam/managed_policies.json, which follows moto
and the escalation methods.
"""

from __future__ import annotations

import json
from importlib.metadata import version

from moto.iam.aws_managed_policies import aws_managed_policies_data

from guardrails.iam.analysis import escalations, unconstrained_grants
from guardrails.iam.document import parse


def escalating() -> dict[str, object]:
    """The managed policies that people attach which allow privilege escalation; roles of services have their own."""
    documents = json.loads(aws_managed_policies_data)
    found = [
        name
        for name, about in documents.items()
        if not about.get("Path", "/").startswith(("/service-role/", "/aws-service-role/"))
        and escalations(unconstrained_grants(parse(about["Document"]))[0])
    ]
    return {"source": f"moto {version('moto')}", "escalating": sorted(found)}


if __name__ == "__main__":
    print(json.dumps(escalating(), indent=1))
