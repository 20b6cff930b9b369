"""Whether a cluster's Kubernetes API answers here: its endpoints are private."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from ssl import create_default_context
from urllib.parse import urlsplit

from doctor.account import clients

ANSWER_SECONDS = 5


@dataclass(frozen=True)
class Endpoint:
    """Where a cluster's API is.

    Attributes:
        cluster: physical name.
        url: such as ``https://0123ABCD.gr7.REGION.eks.amazonaws.com``.
        authority: the certificate that signs it, base64 as a kubeconfig has it.
    """

    cluster: str
    url: str
    authority: str

    @property
    def host(self) -> str:
        """The name alone."""
        return urlsplit(self.url).hostname or ""


def endpoint_of(cluster: str, region: str) -> Endpoint | None:
    """The endpoint of a cluster; None where there is no such cluster, or it is being made.

    Raises:
        BotoCoreError: AWS can't be asked.
        ClientError: it refuses.
    """
    from botocore.exceptions import ClientError

    try:
        about = clients()("eks", region).describe_cluster(name=cluster)["cluster"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    url = about.get("endpoint")
    return Endpoint(cluster, url, about["certificateAuthority"]["data"]) if url else None


def answers(endpoint: Endpoint) -> bool:
    """Whether the API says anything, be it that it doesn't know who asks; by way of HTTPS_PROXY where that is set."""
    from base64 import b64decode

    context = create_default_context(cadata=b64decode(endpoint.authority).decode("ascii"))
    try:
        with urllib.request.urlopen(f"{endpoint.url}/readyz", timeout=ANSWER_SECONDS, context=context):  # noqa: S310
            return True
    except urllib.error.HTTPError:  # 401 and 403 are answers
        return True
    except OSError:
        return False
