"""Why a check learned nothing: no permission, throttled, no credentials, no network. Never a crash, and never fine."""

from __future__ import annotations

from subprocess import SubprocessError

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, which isn't Python's
    HTTPClientError,
    NoCredentialsError,
)

from doctor.result import Check, Result

FORBIDDEN = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException", "Forbidden"),
        *("403", "NotAuthorized", "UnauthorizedException", "UnauthorizedOperation"),
    }
)
THROTTLED = frozenset(
    {
        *(
            "BandwidthLimitExceeded",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceeded",
        ),
        *("RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "Throttling"),
        *("ThrottledException", "ThrottlingException", "TooManyRequestsException", "EC2ThrottledException"),
    }
)
"""As botocore's standard retries know them (botocore.retries.standard)."""
REJECTED = frozenset(
    {
        *("AuthFailure", "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "OptInRequired"),
        *("RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException"),
    }
)
"""The credentials aren't taken: expired, or of an account that hasn't enabled the Region."""
SIGN_IN = "aws sso login, or aws configure sso where there is no profile yet; then export AWS_PROFILE"


def code_of(error: ClientError) -> str:
    """AWS's code of an error, such as ``AccessDenied``."""
    return str(error.response.get("Error", {}).get("Code", ""))


def explain(error: BotoCoreError | ClientError | OSError | SubprocessError | ValueError, check: Check) -> Result:
    """The result of a check that was refused: what wasn't learned, and what helps."""
    found, needed, fix = reason(error, check)
    return Result(subject=check.name, verdict="not checked", found=found, needed=needed, fix=fix, check=check.name)


def reason(error: Exception, check: Check) -> tuple[str, str, str]:
    """What happened, what is needed, how to get it."""
    again = "run smile doctor again"
    if isinstance(error, ClientError):
        return of_aws(error, check)
    if isinstance(error, NoCredentialsError):
        return "no credentials", "those of an administrator of the account", SIGN_IN
    if isinstance(error, ConnectionError | HTTPClientError):
        return f"no answer: {error}", "a way to AWS from here", f"look at network, proxy and VPN; {again}"
    if isinstance(error, BotoCoreError):
        return f"no credentials that work: {error}", "those of an administrator of the account", SIGN_IN
    return f"no answer: {error}", "an answer that can be read", again


def of_aws(error: ClientError, check: Check) -> tuple[str, str, str]:
    """The same, of an error that AWS answered."""
    code, operation = code_of(error), error.operation_name
    if code in FORBIDDEN:
        actions = ", ".join(check.permissions)
        return f"not allowed: {operation} ({code})", actions, "sign in with a role that may, or attach ReadOnlyAccess"
    if code in THROTTLED:
        retries = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        return f"throttled: {operation}, after {retries} retries", "", "run smile doctor again in a minute"
    if code in REJECTED:
        return f"the credentials aren't taken: {operation} ({code})", "", SIGN_IN
    return f"{operation}: {error}", "", ""
