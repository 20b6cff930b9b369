"""The data perimeter of buckets: principals outside the organisation or account are denied."""

from __future__ import annotations

from collections.abc import Mapping

from guardrails.iam.condition_operators import Condition
from guardrails.iam.denials import EXCEPT, denies, is_for_everyone, is_on_every_object, spares_principals
from guardrails.iam.document import Document, Statement
from guardrails.iam.sources import ask_documents, policy_sources
from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.regions import trusted_accounts
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.services.buckets import BUCKET_POLICY, BUCKETS, is_for_directory
from guardrails.shapes.destinations import LAW


@control(
    id="RES-S3-008",
    title="Bucket policies deny principals outside the organisation or account",
    why="A permission that is granted to an outsider by mistake then has no effect.",
    fix='Add a statement with Effect Deny, Principal "*", Action "s3:*" and the condition StringNotEquals '
    "aws:PrincipalOrgID (one of organizationIds), or aws:PrincipalAccount where there is no organisation.",
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    types=(BUCKET_POLICY, *BUCKETS),
    references=LAW,
)
def bucket_denies_outsiders(bucket: Resource, context: Context) -> Findings:
    perimeter: Mapping[str, set[str]] = {
        "aws:principalorgid": set(context.parameters["organizationIds"]),
        "aws:principalaccount": trusted_accounts(bucket, context),
    }

    def suits(statement: Statement) -> bool:
        if not is_for_everyone(statement) or not is_on_every_object(statement):
            return False
        lines = [each for each in statement.conditions if each.key in perimeter and each.operator in EXCEPT]
        others = [each for each in statement.conditions if each not in lines]
        return bool(lines) and all(map(spares_principals, others)) and all(map(is_inside, lines))

    def is_inside(line: Condition) -> bool:
        if not any(perimeter.values()):  # neither organisation nor account is known here, so whose these are isn't
            raise UndeterminedError("Condition")
        return set(line.values) <= perimeter[line.key]

    def question(document: Document) -> Findings:
        try:
            if not denies(document, ("s3:GetObject", "s3:PutObject"), suits):
                yield Violation(f"no statement denies everybody from outside {inside}")
        except UndeterminedError as unknown:
            yield unknown

    inside = ", ".join(sorted(perimeter["aws:principalorgid"])) or "the account"
    if not is_for_directory(bucket):
        yield from ask_documents(policy_sources(bucket), question)
