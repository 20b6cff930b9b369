"""Values of the right type for what only AWS knows, judged by a property's name, type and documentation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from offline.outputs.identifiers import Place
from offline.outputs.seeded_random import SeededRandom
from offline.schema import documented
from offline.schema.catalogue import Property

_CREATED: Final = "2026-11-02T03:04:05Z"
_DEPTH: Final = 3  # nested objects are generated this deep; some types contain themselves
_FILLED_LISTS: Final = re.compile(  # of objects, with one at least
    r"^(?!listener|revocation).*(endpoint|entries|options|records$|ingests?$)|^roots$"
)
_NAME_SERVERS: Final = ("com", "net", "org", "co.uk")
_STATE: Final = re.compile(r"(^|[a-z])(status|state)$")
_IN_WORDS: Final = re.compile(r"`(ACTIVE|Active|active|available|AVAILABLE|ENABLED|enabled|running|Deployed)`")
_OTHERS: Final = re.compile(r"^(resource|target|source|outpost|parent|core)")  # ARNs of something else
_PICKED: Final = re.compile(
    r"Window$|^availabilityZone$|[vV]ersion$|Time$|ddressType$|etworkType$|ngine$|wnerId$|ccountId$|Status$"
)
"""Inputs for which AWS picks something when they are not given; the others stay empty."""

_STATES: Final = ("ACTIVE", "Active", "active", "ENABLED", "Enabled", "enabled", "AVAILABLE", "available")
_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"(owner|account)(accountid|id)?$|^registryid$|^catalogid$", "{account}"),
    (r"^region$|^homeregion$", "{region}"),
    (r"(date|time|timestamp|(created|updated|modified|started)at|lastmodified|datecreated)$", _CREATED),
    (r"^(failure|status)(reason|message)$|^statusreason$", ""),
    (r"(createdby|createduser|useridentity)", "arn:{partition}:iam::{account}:root"),
    (r"^etag$|checksum|fingerprint|revisionid|updatetoken|callerreference", "{hex32}"),
    (r"hostedzoneid$|^zoneid$", "Z{upper20}"),
    (r"publicip$", "{ip}"),
    (r"(dnsname|domainname|endpoint(address)?|host(name)?|fqdn)$", "{lower12}.{region}.amazonaws.com"),
    (r"(url|uri)$", "https://{lower12}.{region}.amazonaws.com"),
    (r"kmskey(arn|id)$", "arn:{partition}:kms:{region}:{account}:key/{uuid}"),
    (r"availabilityzone$", "{region}a"),
    (r"version(id|number)?$", "1"),
    (r"maintenancewindow$", "sun:17:00-sun:17:30"),
    (r"backupwindow$|starttime$", "18:00-18:30"),
    (r"iptype$|ipaddresstype$|networktype$", "ipv4"),
)
_PREFIXES: Final = {
    "vpcid": "vpc",
    "subnetid": "subnet",
    "securitygroupid": "sg",
    "routetableid": "rtb",
    "networkaclid": "acl",
    "networkinterfaceid": "eni",
    "dhcpoptionsid": "dopt",
    "associationid": "eipassoc",
    "volumeid": "vol",
    "prefixlistid": "pl",
}


@cache
def stated(prop: Property) -> Any:
    """The default that the documentation of a property states; None if it states none."""
    return documented.default(prop)


@dataclass(frozen=True)
class OutputGenerator:
    """Generates values for one resource or function result."""

    place: Place
    rng: SeededRandom
    values: Mapping[str, Any]  # what is known of it: properties, `id`, `arn`, `kind`

    def left_out(self, name: str, prop: Property) -> Any:
        """What AWS makes of an input that was not given; None where it leaves it out too."""
        if prop.kind == "object" and stated(prop) is None:
            return None
        if prop.kind == "string" and not _PICKED.search(name) and stated(prop) is None:
            return ""
        return self.value(name, prop)

    def value(self, name: str, prop: Property, depth: int = 0) -> Any:  # noqa: PLR0911 - one return for each kind
        """A value for a property that AWS sets."""
        default = stated(prop)
        if default is not None:
            return default
        match prop.kind:
            case "boolean":
                return False
            case "integer" | "number":
                return self._number(name)
            case "list":
                return self._list(name, prop, depth)
            case "map":
                return {}
            case "object":
                return self._object(prop, depth)
            case "string":
                return self._text(name, prop)
            case _:
                return ""

    def _number(self, name: str) -> int:
        if name == "port":
            return int(self.values.get("databasePort", 0))
        return 1 if "version" in name.lower() else 0

    def _object(self, prop: Property, depth: int) -> dict[str, Any]:
        fields = list(prop.properties.values()) if depth < _DEPTH else []
        promised = [field for field in fields if field.required] or fields  # an SDK that promises none means all
        return {field.name: self.value(field.name, field, depth + 1) for field in promised}

    def _list(self, name: str, prop: Property, depth: int) -> list[Any]:
        lowered, item = name.lower(), prop.items
        if lowered.endswith("availabilityzones"):
            return [f"{self.place.region}{letter}" for letter in "abc"]
        if re.fullmatch(r"networkinterface.*ids", lowered):
            return [f"eni-{self.rng.text('hex', 17, name)}"]
        if lowered.endswith("nameservers"):
            return [self.rng.fill(f"ns-{{digits3#{end}}}.awsdns-{{digits2#{end}}}.{end}", {}) for end in _NAME_SERVERS]
        if re.search(r"ip(s|addresses)$", lowered) and "ipv6" not in lowered:
            return [self._private_ip(f"{name}{number}") for number in range(2)]
        if item is None or item.kind != "object" or depth >= _DEPTH or not _FILLED_LISTS.search(lowered):
            return []
        filled = self.value(name, item, depth + 1)
        return [filled] if filled else []

    def _text(self, name: str, prop: Property) -> str:
        lowered = name.lower()
        if _STATE.search(lowered):
            return self._state(prop)
        if "ipv6" in lowered:
            return ""
        worded = self._worded(name)
        if worded is not None:
            return worded
        if prop.enum:
            return str(prop.enum[0])
        return self._reference(name)

    @staticmethod
    def _state(prop: Property) -> str:
        listed = next((state for state in _STATES if state in prop.enum), "")
        described = _IN_WORDS.search(prop.description)
        return listed or (described[1] if described else "ACTIVE")

    def _worded(self, name: str) -> str | None:
        """What the words of a name say: a date, an address, an id with a known prefix."""
        lowered = name.lower()
        if lowered.endswith("privateip"):
            return self._private_ip(name)
        for ending, prefix in _PREFIXES.items():
            if lowered.endswith(ending):
                return f"{prefix}-{self.rng.text('hex', 17, name)}"
        place = {"account": self.place.account, "region": self.place.region, "partition": self.place.partition}
        for pattern, template in _WORDS:
            if re.search(pattern, lowered):
                return self.rng.fill(template, {**place, "uuid": self.rng.uuid(name)})
        return None

    def _private_ip(self, label: str) -> str:
        return ".".join(["10", *(str(self.rng.number(250, f"{label}{index}")) for index in range(3))])

    def _reference(self, name: str) -> str:
        """An id, ARN or name: the resource's own where the property is called like it."""
        lowered = name.lower()
        if lowered.endswith("arn"):
            part = f"{self.values.get('arn', '')}/{name[:-3]}/{self.rng.text('hex', 12, name)}"
            return "" if _OTHERS.search(lowered) else part
        if lowered.endswith("id") and lowered != "id":
            own, what = str(self.values.get("id", "")), lowered[:-2]
            mine = own.replace("-", "").startswith(what) or what in str(self.values.get("kind", ""))
            return own if mine and own and not re.search(r"[/,:]", own) else self.rng.text("hex", 12, name)
        return str(self.values.get("name", "")) if lowered.endswith("name") else ""
