"""What IAM analysers find in a policy document: cloudsplaining, and the service data of policy_sentry.

cloudsplaining reads what an identity may do and who a resource lets in. What it leaves out is asked of the service data
here: permissions that never apply, because the action knows none of the resources, or not the condition, named for it.
"""

import re
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from typing import NamedTuple

from cloudsplaining.scan.assume_role_policy_document import AssumeRolePolicyDocument
from cloudsplaining.scan.policy_document import PolicyDocument
from cloudsplaining.scan.resource_policy_document import ResourcePolicyDocument
from cloudsplaining.shared.exclusions import Exclusions
from policy_sentry.querying.actions import get_action_data, get_actions_for_service

from cli.docs.access.policy_documents import as_list
from guardrails.iam.patterns import fits_format

QUESTIONS = (
    "allows_privilege_escalation",
    "allows_data_exfiltration_actions",
    "credentials_exposure",
    "infrastructure_modification",
    "permissions_management_without_constraints",
    "write_actions_without_constraints",
    "tagging_actions_without_constraints",
    "service_wildcard",
    "contains_statement_using_not_action",
)
EXCLUSIONS = Exclusions(
    {
        # A token for ECR opens what its holder's other permissions name, and the action takes no resource.
        "exclude-actions": ["ecr:GetAuthorizationToken"],
    }
)
SESSION_KEYS = re.compile(
    r"aws:.+|(lambda:SourceFunctionArn|ec2:SourceInstanceARN)|token\.actions\.githubusercontent\.com:.+", re.IGNORECASE
)
"""Condition keys that are there for every action: the global ones, those of a function's or instance's session, and the
claims of an identity provider's token."""


def findings(document, account, boundaries=()):
    """What is wrong with a document of one account, as sentences; a boundary, given by its ARN, grants nothing."""
    is_boundary = document.resource.get("outputs", {}).get("arn") in boundaries
    if document.is_of_identity and not is_boundary:
        yield from of_identity(document.body)
    elif is_boundary:
        pass
    elif document.is_trust:
        yield from of_trust(document.body, account)
    elif document.type != "aws:ec2/vpcEndpoint:VpcEndpoint":  # whose policy grants nothing: it only narrows
        exposed = ResourcePolicyDocument(document.body).internet_accessible_actions
        yield from [f"anybody may {action}" for action in exposed]
    for statement in document.statements:
        yield from never_applies(statement)


def of_identity(body):
    policy = PolicyDocument(body, exclusions=EXCLUSIONS)
    for question in QUESTIONS:
        if found := getattr(policy, question):
            yield f"{question}: {found}"


def of_trust(body, account):
    for statement in AssumeRolePolicyDocument(body, current_account_id=account).statements:
        for question in (
            "role_assumable_by_any_principal",
            "role_assumable_by_any_principal_with_conditions",
            "role_assumable_by_cross_account_principals",
        ):
            if found := getattr(statement, question):
                yield f"{question}: {found}"


def never_applies(statement):
    """Actions that don't exist, actions and resources that don't fit each other, conditions that no action knows."""
    written = [action for action in as_list(statement.get("Action", [])) if action != "*"]
    actions = {action: named(action) for action in written}
    yield from [f"{action} is no action" for action, found in actions.items() if not found]

    resources = as_list(statement.get("Resource", "*"))
    if actions and "*" not in resources:
        arns = {action: {arn for each in found for arn in each.arns} for action, found in actions.items()}
        for action, of_action in arns.items():
            if not any(fits_format(resource, arn) for resource in resources for arn in of_action):
                yield f"{action} works on none of {resources}"
        for resource in resources:
            if not any(fits_format(resource, arn) for arn in chain(*arns.values())):
                yield f"none of {written} works on {resource}"

    for key in chain(*statement.get("Condition", {}).values()):
        for action, found in actions.items():
            if not SESSION_KEYS.fullmatch(key) and not any(each.knows(key) for each in found):
                yield f"{action} knows no condition {key}"


class Action(NamedTuple):
    """An action as AWS documents it: formats of the ARNs it works on, patterns of its condition keys, and its level.

    The level is one of List, Read, Write, Tagging and Permissions management.
    """

    arns: set[str]
    keys: set[str]
    level: str

    def knows(self, key):
        return any(fnmatchcase(key.lower(), pattern) for pattern in self.keys)


@cache
def named(pattern):
    """The actions that are meant by ``s3:GetObject`` or ``s3:Get*``."""
    service, _, wanted = pattern.lower().partition(":")
    names = [each.partition(":")[2] for each in get_actions_for_service(service)]
    return [described(service, name) for name in names if fnmatchcase(name.lower(), wanted)]


def described(service, name):
    rows = get_action_data(service, name)[service]
    arns = {row["resource_arn_format"] for row in rows} - {"*"}
    keys = {re.sub(r"\$\{.*?\}|tag-key$", "*", key).lower() for row in rows for key in row["condition_keys"]}
    return Action(arns, keys, rows[0]["access_level"])
