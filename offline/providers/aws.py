"""The AWS provider's operations on the mock AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from offline.cloud import rules
from offline.cloud.store import Cloud, Draft, Stored
from offline.invokes.invokes import Invokes
from offline.outputs import autonaming, resource_outputs
from offline.outputs.identifiers import Place, filed_under
from offline.outputs.seeded_random import SeededRandom
from offline.provider import Difference, InUseError, OfflineError, State, Target
from offline.schema import replacement, validation
from offline.schema.catalogue import ResourceType, resource_type
from offline.schema.validation import Failure
from offline.wire.values import UNKNOWN, Properties, has_unknown

DEFAULT_ACCOUNT: Final = "123456789012"
DEFAULT_REGION: Final = "ap-southeast-3"
_REGION: Final = re.compile(r"(?:[a-z]{2}|us-gov|us-iso[a-z]?|eusc)-[a-z]+-\d")
_ROLE_ACCOUNT: Final = re.compile(r"arn:[\w-]+:iam::(\d{12}):")
_TRIES: Final = 8
# One slot or one structurally equal thing, so the old must go before the new comes (pulumi-aws says the same).
_DELETE_FIRST: Final = re.compile(
    r"aws:(?:cloudwatch/logSubscriptionFilter|ec2/securityGroupRule|ec2transitgateway/vpcAttachment|ecr/lifecyclePolicy"
    r"|efs/mountTarget|iam/(?:accountAlias|groupPolicyAttachment|policyAttachment|rolePolicyAttachment"
    r"|userPolicyAttachment)):"
)
_ADOPTED: Final = {"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "defaultSecurityGroupId"}
"""Types that take over what a VPC came with, and the VPC's output that names it."""

_COUNTED: Final = {
    "aws:ecs/taskDefinition:TaskDefinition": ("family", "revision"),
    "aws:lambda/layerVersion:LayerVersion": ("layerName", "version"),
}
"""Types that AWS numbers by name, and never twice: the input with the name, the output with the number
(https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html,
https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html)."""

_FOLLOWS: Final = ("vpcId", "availabilityZone", "publicIp")
"""Outputs that a resource has from those it refers to."""


class Aws:
    """Implements `Provider` for pulumi-aws."""

    name = "aws"
    remembers = True

    def __init__(
        self,
        cloud: Cloud,
        version: str,
        account: str = DEFAULT_ACCOUNT,
        region: str = DEFAULT_REGION,
        *,
        disposable: bool = False,
    ) -> None:
        self.cloud = cloud
        self.version = version
        self._account = account
        self._region = region
        self._disposable = disposable
        self._functions = Invokes(cloud)

    def place(self, config: Mapping[str, Any], inputs: Mapping[str, Any] | None = None) -> Place:
        """Account and region an operation goes to: the resource's own region, else its provider's.

        The account is that of the role the provider assumes, else the one it is allowed, else the default.
        """
        own = (inputs or {}).get("region")
        region = (own if isinstance(own, str) and own != UNKNOWN else "") or config.get("region") or self._region
        roles = config.get("assumeRoles") or ([config["assumeRole"]] if config.get("assumeRole") else [])
        assumed = _ROLE_ACCOUNT.match(str(roles[-1].get("roleArn", ""))) if roles else None
        allowed = config.get("allowedAccountIds") or [self._account]
        account = assumed[1] if assumed else str(allowed[0])
        return Place(account, str(region), _partition(str(region)))

    def check_config(self, config: Properties) -> list[Failure]:
        """Regions that do not exist and accounts that the provider is told to refuse."""
        failures: list[Failure] = []
        region = config.get("region")
        if isinstance(region, str) and region != UNKNOWN and not _REGION.fullmatch(region):
            failures.append(Failure("region", f"invalid AWS Region: {region}"))
        if has_unknown(config):
            return failures
        account = self.place(config).account
        if config.get("allowedAccountIds") and account not in map(str, config["allowedAccountIds"]):
            failures.append(Failure("allowedAccountIds", f"AWS account ID not allowed: {account}"))
        if account in map(str, config.get("forbiddenAccountIds") or ()):
            failures.append(Failure("forbiddenAccountIds", f"AWS account ID not allowed: {account}"))
        return failures

    def check(self, target: Target, old: Properties, new: Properties) -> tuple[Properties, list[Failure]]:
        """Validated inputs with generated names and the provider's default tags."""
        kind = resource_type(target.type)
        inputs = {name: value for name, value in new.items() if value is not None}
        try:
            autonaming.fill_in(kind, target, old, inputs)
        except autonaming.NamingError as error:
            return inputs, [Failure(error.property, str(error))]
        failures = validation.check(kind, inputs)
        inputs |= {name: _document(inputs[name]) for name in inputs.keys() & _documents(kind)}
        if "tagsAll" in kind.outputs and "tags" in kind.inputs:
            inputs["tagsAll"] = _all_tags(inputs.get("tags", {}), target.config)
        return inputs, failures

    def diff(self, target: Target, old: Properties, new: Properties) -> Difference:
        """Changed paths, which of them replace, and whether the old one must go first."""
        kind = resource_type(target.type)
        found = replacement.diff(kind, old, new)
        named = autonaming.rule_for(kind)
        keeps_name = (
            named is not None
            and named.property in new
            and named.property not in new.get(autonaming.AUTONAMED, ())
            and old.get(named.property) == new[named.property]
        )
        return Difference(
            changes=found.changed,
            replaces=found.replaced,
            delete_first=keeps_name or bool(_DELETE_FIRST.match(kind.token)),
        )

    def create(self, target: Target, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """A new resource; refused with AWS's error before anything is changed."""
        kind = resource_type(target.type)
        place = self.place(target.config, inputs)
        if preview:
            return "", resource_outputs.preview(kind, inputs, place)
        with self.cloud.transaction(), _Doing(kind, target, "creating"):
            rules.refuse_dangling(inputs, place, self.cloud)
            rules.refuse_network(kind, inputs, place, self.cloud)
            inherited = self._inherited(kind, place, inputs) | self._counted(kind, place, inputs)
            draft = self._draft(kind, target, place, inputs, inherited)
            rules.refuse_taken(kind, draft.claims, self.cloud)
            self.cloud.add(draft)
        return draft.id, draft.outputs

    def _draft(
        self, kind: ResourceType, target: Target, place: Place, inputs: Properties, inherited: Mapping[str, Any]
    ) -> Draft:
        """The resource with an id nobody has; a name that is the id stays, whoever has it."""
        id_, made, previous = "", dict[str, Any](), ""
        for attempt in range(_TRIES):
            rng = SeededRandom(place.account, target.urn, json.dumps(inputs, sort_keys=True), attempt)
            id_, made = resource_outputs.create(kind, inputs, place, rng, inherited)
            if id_ == previous or self.cloud.find(place.account, kind.token, id_) is None:
                break
            previous = id_
        return self._drafted(target, place, id_, inputs, made)

    def _inherited(self, kind: ResourceType, place: Place, inputs: Properties) -> dict[str, Any]:
        """What follows from the resources that the inputs refer to."""
        related = [found for text in sorted(rules.mentions(inputs)) for found in self.cloud.named(place.account, text)]
        follows = {name: found.outputs[name] for found in related for name in _FOLLOWS if found.outputs.get(name)}
        follows["zones"] = {found.id: zone for found in related if (zone := found.outputs.get("availabilityZone"))}
        adopts = _ADOPTED.get(kind.token)
        if adopts is not None:
            follows["id"] = next((found.outputs[adopts] for found in related if adopts in found.outputs), "")
        return follows

    def _counted(self, kind: ResourceType, place: Place, inputs: Properties) -> dict[str, Any]:
        """The number of the next one of its name."""
        if kind.token not in _COUNTED:
            return {}
        named, numbered = _COUNTED[kind.token]
        name = inputs[named]
        there = self.cloud.of_type(place.account, place.region, kind.token)
        least = max((int(each.outputs[numbered] or 1) for each in there if each.inputs[named] == name), default=0)
        number = self.cloud.count(f"{place.account} {place.region} {kind.token} {name}", least)
        return {numbered: str(number) if kind.outputs[numbered].kind == "string" else number}

    def _drafted(self, target: Target, place: Place, id_: str, inputs: Properties, made: Properties) -> Draft:
        kind = resource_type(target.type)
        return Draft(
            account=place.account,
            region=filed_under(kind, place),
            type=kind.token,
            id=id_,
            urn=target.urn,
            inputs=inputs,
            outputs=made,
            claims=rules.claims(kind, id_, made, place, self.cloud),
            handles=rules.handles(kind, id_, made),
            parts=rules.parts(id_, made),
            mentions=rules.mentions(inputs),
        )

    def read(self, target: Target, id_: str, state: State) -> tuple[str, Properties, Properties] | None:
        """The resource as it is now; by id, or for import by its ARN or name too."""
        place = self.place(target.config)
        found = self._find(target, place, id_)
        if found is None:
            return None
        importing = not any(state)
        named = resource_type(target.type).inputs
        inputs = {name: value for name, value in found.inputs.items() if name in named or not importing}
        return found.id, inputs, found.outputs

    def _find(self, target: Target, place: Place, id_: str) -> Stored | None:
        types = (target.type, *resource_type(target.type).aliases)
        exact = (self.cloud.find(place.account, type_, id_, target.urn) for type_ in types)
        known = (item for item in self.cloud.named(place.account, id_) if item.type in types)
        return next((item for item in exact if item), None) or next(known, None)

    def update(self, target: Target, id_: str, old: State, new: Properties, *, preview: bool) -> Properties:
        """The resource with other inputs; refused with AWS's error before anything is changed."""
        kind = resource_type(target.type)
        place = self.place(target.config, new)
        old_inputs, old_outputs = old
        if preview:
            return resource_outputs.update(kind, old_outputs, old_inputs, new, place)
        with self.cloud.transaction(), _Doing(kind, target, "updating"):
            found = self._find(target, place, id_)
            if found is None:
                raise rules.RefusedError("ResourceNotFoundException", f"{id_} does not exist; run `pulumi refresh`")
            rules.refuse_dangling(new, place, self.cloud)
            rules.refuse_network(kind, new, place, self.cloud, found.number)
            rules.refuse_shrinking(found, new)
            rng = SeededRandom(place.account, target.urn, json.dumps(new, sort_keys=True))
            made = resource_outputs.update(kind, found.outputs, found.inputs, new, place, rng=rng)
            made |= resource_outputs.entries(kind, found.id, made, place, self._inherited(kind, place, new))
            draft = self._drafted(target, place, found.id, new, made)
            rules.refuse_taken(kind, draft.claims, self.cloud, found.number)
            self.cloud.change(found.number, draft)
        return made

    def delete(self, target: Target, id_: str) -> None:
        """End a resource, unless it is protected or in use."""
        kind = resource_type(target.type)
        place = self.place(target.config)
        with self.cloud.transaction(), _Doing(kind, target, "deleting"):
            found = self._find(target, place, id_)
            if found is None:
                return
            if not self._disposable:
                rules.refuse_protected(found)
            rules.refuse_in_use(found, rules.blockers(found, self.cloud))
            self.cloud.remove(found.number)

    def invoke(self, token: str, arguments: Properties, config: Properties) -> tuple[Properties, list[Failure]]:
        """The result of a function: from the cloud, from what is known of AWS, or generated."""
        return self._functions.call(token, arguments, self.place(config, arguments), config)


class _Doing:
    """Puts what was being done, and to which resource, before AWS's error."""

    def __init__(self, kind: ResourceType, target: Target, doing: str) -> None:
        self._words = f"{doing} {kind.token.split(':')[1].split('/')[0].upper()} {kind.token.rsplit(':', 1)[-1]}"
        self._name = target.name

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, rules.RefusedError):
            kind = InUseError if isinstance(error, rules.InUseRefusedError) else OfflineError
            raise kind(f"{self._words} ({self._name}): {error}") from error


def _documents(kind: ResourceType) -> set[str]:
    """Inputs that are a document, which a program may give as an object."""
    return {name for name, prop in kind.inputs.items() if prop.kind == "json"}


def _document(value: Any) -> Any:
    """A document as the provider keeps it: JSON text, its keys in order."""
    if not isinstance(value, dict | list):
        return value
    return UNKNOWN if has_unknown(value) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def _all_tags(tags: Any, config: Mapping[str, Any]) -> Any:
    """A resource's tags over the provider's default ones, without the ignored."""
    if has_unknown(tags) or not isinstance(tags, dict):
        return UNKNOWN
    ignored = config.get("ignoreTags") or {}
    merged = {**((config.get("defaultTags") or {}).get("tags") or {}), **tags}
    prefixes = tuple(ignored.get("keyPrefixes") or ())
    return {
        key: value
        for key, value in merged.items()
        if key not in (ignored.get("keys") or ()) and not (prefixes and key.startswith(prefixes))
    }


def _partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
