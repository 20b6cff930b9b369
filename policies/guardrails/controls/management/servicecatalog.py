"""Service Catalog portfolios."""

from __future__ import annotations

import re

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.regions import trusted_accounts
from guardrails.model.resource import Resource


@control(
    id="LP-SERVICECATALOG-001",
    title="Portfolios are shared with allowed accounts or the organization only",
    why="An account outside can launch what the portfolio holds, with the roles that it names.",
    fix="Share with the organization or one of its units, or list the account in allowedAccounts.",
    severity=Severity.HIGH,
    types=("aws:servicecatalog/portfolioShare:PortfolioShare",),
    references=Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.3"), ("UU PDP 39",))(),
)
def portfolio_is_shared_inside(share: Resource, context: Context) -> Findings:
    principal, organizations = str(share.get("principalId", "")), context.parameters["organizationIds"]
    named = re.search(r":(?:organization|ou)/(o-[a-z0-9]+)", principal)
    if share.get("type") == "ACCOUNT" and principal not in trusted_accounts(share, context):
        yield Violation(f"account {principal} is not an allowed one", "principalId")
    elif named and organizations and named[1] not in organizations:
        yield Violation(f"organization {named[1]} is not an allowed one", "principalId")
