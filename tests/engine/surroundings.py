"""What AWS knows of a request to a stack's resources: its context, the endpoint it takes, the resource's key."""

import re
from dataclasses import dataclass, field, replace

from cli.docs.access.permissions import ENDPOINT, State, arn, label
from cli.docs.access.policy_documents import as_list, documents

KEY_PROPERTIES = ("kmsMasterKeyId", "kmsKeyId", "kmsKeyArn", "keyId")
"""What names the key among a resource's own properties; a bucket's is in a resource beside it."""
BUCKET = "aws:s3/bucket:Bucket"
BUCKET_ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
ENDPOINTS = {"kinesis": ("kinesis-streams",), "cloudwatch": ("monitoring",), "ecr": ("ecr.api", "ecr.dkr")}
"""Prefix of actions -> the endpoint services that serve them, where their names differ."""
IN_VPC = {"ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com"}
ANOTHER = "000000000000"
"""Account of what the stack doesn't have and whose ARN names none, such as a bucket of AWS's own."""


class NeedError(Exception):
    """A need that names what isn't there, or says it in a way that isn't known."""


@dataclass(frozen=True)
class Request:
    """Something that a role must be able to do.

    Attributes:
        role: physical name.
        action: such as ``s3:GetObject``.
        resource: an ARN, or ``*`` where the action takes none.
        context: condition key -> value, or values.
        endpoint: the service whose VPC endpoint it goes through; None where it doesn't go through one.
        signed: with credentials of the role, and not of AWS's own.
    """

    role: str
    action: str
    resource: str
    context: dict = field(default_factory=dict, hash=False)
    endpoint: str | None = None
    signed: bool = True

    def __str__(self):
        through = f" through endpoint {self.endpoint}" if self.endpoint else ""
        return f"{self.role}: {self.action} on {self.resource}{through}"


class Stack:
    """A stack's resources, as requests find them.

    Attributes:
        named: ``bucket smile-documents`` -> resource.
        by_arn: ARN -> resource.
        arns: name -> ARN; also of what AWS makes beside a resource, such as a database's own secret.
        functions: ARN of a role -> the Lambda function that has it.
        endpoints: service -> its VPC endpoint.
        buckets: name of a bucket -> its rule of encryption.
    """

    def __init__(self, resources):
        self.state = State(resources)
        self.named = {label(each): each for each in self.state.resources if "outputs" in each}
        self.by_arn = {arn(each): each for each in self.named.values() if arn(each) and "arn" not in each["inputs"]}
        self.arns = {name: arn(each) for name, each in self.named.items() if arn(each)}
        for written, name in self.state.by_arn.items():
            self.arns.setdefault(name, written)
            self.by_arn.setdefault(written, self.named.get(name.partition(" of ")[2]))
        self.region = next(arn(each).split(":")[3] for each in self.state.of_type("aws:kms/key:Key"))
        self.functions = {each["inputs"]["role"]: each for each in self.state.of_type("aws:lambda/function:Function")}
        self.endpoints = {service(each): each for each in self.state.of_type(ENDPOINT)}
        self.buckets = {
            each["inputs"]["bucket"]: each["inputs"]["rules"][0] for each in self.state.of_type(BUCKET_ENCRYPTION)
        }

    def arns_of(self, written):
        """Of what is named: ``bucket smile-documents/x``, ``key of schedule smile-x``, several with a ``*``."""
        if written == "*" or written.startswith("arn:"):
            return [written]
        if written.startswith("key of "):
            owner = self.named.get(written.removeprefix("key of "))
            return [key for key in [self.key_of(owner)] if key] if owner else []
        name, end = re.fullmatch("([^/:]*)(.*)", written).groups()
        form = re.compile(".*".join(map(re.escape, name.split("*"))))
        return [each + end for known, each in sorted(self.arns.items()) if form.fullmatch(known)]

    def owner(self, resource):
        """The stack's resource that an ARN is of, or that it is in."""
        for end in (len(resource), *(match.start() for match in re.finditer("[/:]", resource))):
            if found := self.by_arn.get(resource[:end]):
                return found
        return None

    def arn_of_owner(self, resource):
        """ARN of the resource that an ARN is of, or that it is in; None where the stack has none."""
        owner = self.owner(resource)
        return arn(owner) if owner else None

    def context(self, role, resource, action, *, of_service=False):
        """Who asks, where, how, and the tags of what is asked for."""
        owner, parts = self.owner(resource), [*resource.split(":"), *[""] * 5]
        found = {
            "aws:PrincipalArn": arn(role),
            "aws:PrincipalAccount": self.state.account,
            "aws:PrincipalIsAWSService": "false",
            "aws:RequestedRegion": parts[3] or self.region,
            "aws:ResourceAccount": parts[4] or (self.state.account if owner or resource == "*" else ANOTHER),
            "aws:SecureTransport": "true",
            "s3:TlsVersion": "1.3",
        }
        if action.startswith("kms:"):
            found["kms:CallerAccount"] = self.state.account
        if owner:
            tags = owner["outputs"].get("tagsAll") or owner["inputs"].get("tags") or {}
            found |= {f"aws:ResourceTag/{name}": value for name, value in tags.items()}
        if arn(role) in self.functions and not of_service:
            found["lambda:SourceFunctionArn"] = arn(self.functions[arn(role)])
        return found

    def through(self, role, request, *, internet):
        """The request, once for each endpoint that it may take; as it is, where it takes none."""
        prefix = request.action.partition(":")[0]
        if not self.in_vpc(role):
            return [request]
        services = [each for each in ENDPOINTS.get(prefix, (prefix,)) if each in self.endpoints]
        if not services and not internet:
            raise NeedError(f"{request}: from there no internet is in reach, and there is no endpoint for {prefix}")
        return [self.at(request, each) for each in services] or [request]

    def at(self, request, name):
        """The request through the endpoint of a service."""
        endpoint = self.endpoints[name]
        vpc = {"aws:SourceVpce": endpoint["outputs"]["id"], "aws:SourceVpc": endpoint["inputs"]["vpcId"]}
        return replace(request, context=request.context | vpc, endpoint=name)

    def in_vpc(self, role):
        """Whether who takes it on is in the VPC: nodes, pods, tasks, and functions that are placed there."""
        (trust,) = (document for document in documents([role]) if document.is_trust)
        services = {name for each in trust.statements for name in as_list(each["Principal"].get("Service", []))}
        function = self.functions.get(arn(role))
        return bool(services & IN_VPC) or bool(function and function["inputs"].get("vpcConfig"))

    def key_of(self, owner, resource=""):
        """ARN of the stack's key that a resource is encrypted with; None where that is another's."""
        inputs = owner["inputs"]
        if owner["type"] == BUCKET:
            key = self.buckets[owner["outputs"]["bucket"]]["applyServerSideEncryptionByDefault"].get("kmsMasterKeyId")
        elif ":secret:rds!" in resource:
            key = inputs.get("masterUserSecretKmsKeyId")
        else:
            key = next((inputs[name] for name in KEY_PROPERTIES if inputs.get(name)), None)
        keys = [each for each in self.by_arn if ":kms:" in each and key and each in (key, f"{each[: -len(key)]}{key}")]
        return keys[0] if keys else None

    def encrypted_for(self, owner, resource):
        """What KMS is told to encrypt for: with a bucket key, that is the bucket."""
        rule = self.buckets[owner["outputs"]["bucket"]] if owner["type"] == BUCKET else {}
        return arn(owner) if rule.get("bucketKeyEnabled") else resource


def service(endpoint):
    """Such as ``ecr.api``."""
    return endpoint["inputs"]["serviceName"].split(".", 3)[3]
