"""What a statement allows for nothing."""

from fnmatch import fnmatchcase
from functools import cache

from policy_sentry.querying.actions import get_actions_for_service

from cli.docs.access.policy_documents import as_list


def beyond(statement, requests):
    """What of a statement no request needs: actions, resources, and one of several values of a condition."""
    for pattern in as_list(statement["Action"]):
        for action in spelled_out(pattern):
            if not any(each.action.lower() == action.lower() for each in requests):
                yield action
    for pattern in as_list(statement["Resource"]):
        if not any(fnmatchcase(each.resource, pattern) for each in requests):
            yield pattern
    for keys in statement.get("Condition", {}).values():
        for key, values in keys.items():
            for value in as_list(values) if len(as_list(values)) > 1 else ():
                asked = {said for each in requests for said in as_list(each.context.get(key, ""))}
                if not any(fnmatchcase(said, value) for said in asked):
                    yield f"{key} {value}"


@cache
def spelled_out(pattern):
    """The actions that a pattern means."""
    if "*" not in pattern:
        return [pattern]
    known = get_actions_for_service(pattern.partition(":")[0].lower())
    return [each for each in known if fnmatchcase(each.lower(), pattern.lower())]
