"""What the policy of every resource denies, whatever else is allowed: other accounts, and requests without TLS."""

from __future__ import annotations

from collections.abc import Sequence

from components.core.environment import Environment
from components.core.iam import ANY, Statement


def deny_other_accounts(environment: Environment, actions: Sequence[str], resources: Sequence[str]) -> Statement:
    """Nobody outside the account; AWS services that act by themselves are in no account, and need an Allow."""
    return Statement(
        sid="DenyOtherAccounts",
        effect="Deny",
        principals=ANY,
        actions=actions,
        resources=resources,
        conditions={
            "StringNotEquals": {"aws:PrincipalAccount": environment.account_id},
            # "IfExists": a request without credentials has neither key, and is denied.
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )


def deny_plain_transport(actions: Sequence[str], resources: Sequence[str]) -> Statement:
    """Nobody without TLS."""
    return Statement(
        sid="DenyPlainTransport",
        effect="Deny",
        principals=ANY,
        actions=actions,
        resources=resources,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
