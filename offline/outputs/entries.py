"""Lists and maps that AWS fills by what was asked for: an entry for each domain, node, subnet or secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from offline.outputs.seeded_random import SeededRandom

Values = Mapping[str, Any]
"""Outputs and `id` of the resource, `region`, `account`, `partition`; `zones`: zone by id of each subnet it names."""


def fill(token: str, values: Values) -> dict[str, Any]:
    """The outputs of a resource that have an entry for each thing it was asked for; the same for the same request."""
    rng = SeededRandom(values["account"], token, values["id"])
    return {name: make(values, rng) for name, make in _FILLED.get(token, {}).items()}


def _validation_records(certificate: Values, rng: SeededRandom) -> list[dict[str, Any]]:
    """A CNAME for each name of a certificate that AWS issues; a name and its wildcard share theirs."""
    if certificate.get("validationMethod") != "DNS":
        return []
    names = dict.fromkeys([certificate["domainName"], *(certificate.get("subjectAlternativeNames") or ())])
    records: list[dict[str, Any]] = []
    for name in names:
        base = str(name).removeprefix("*.")
        target = f"_{rng.text('hex', 32, base + 'value')}.{rng.text('lower', 10, 'zone')}.acm-validations.aws."
        records.append(
            {
                "domainName": name,
                "resourceRecordName": f"_{rng.text('hex', 32, base)}.{base}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": target,
            }
        )
    return records


def _master_secret(database: Values, rng: SeededRandom) -> list[dict[str, Any]]:
    """The secret that RDS makes and keeps when it is told to manage the master password."""
    if not database.get("manageMasterUserPassword"):
        return []
    place = f"{database['region']}:{database['account']}"
    secret = f"rds!{'cluster' if 'clusterIdentifier' in database else 'db'}-{rng.uuid('secret')}"
    key = database.get("masterUserSecretKmsKeyId") or f"arn:{database['partition']}:kms:{place}:key/{rng.uuid('key')}"
    arn = f"arn:{database['partition']}:secretsmanager:{place}:secret:{secret}-{rng.text('lower', 6)}"
    return [{"kmsKeyId": key, "secretArn": arn, "secretStatus": "active"}]


def _cache_nodes(cluster: Values, rng: SeededRandom) -> list[dict[str, Any]]:
    name, count = cluster.get("clusterId") or cluster.get("id"), int(cluster.get("numCacheNodes") or 1)
    suffix = f"{rng.text('lower', 6)}.{cluster['region']}.cache.amazonaws.com"
    return [
        {
            "id": f"{number:04}",
            "address": f"{name}.{number:04}.{suffix}",
            "port": cluster.get("port") or (11211 if cluster.get("engine") == "memcached" else 6379),
            "availabilityZone": cluster.get("availabilityZone") or f"{cluster['region']}{'abc'[(number - 1) % 3]}",
        }
        for number in range(1, count + 1)
    ]


def _member_clusters(group: Values, _: SeededRandom) -> list[str]:
    shards = int(group.get("numNodeGroups") or 1)
    nodes = int(group.get("numCacheClusters") or 1 + int(group.get("replicasPerNodeGroup") or 0))
    names = [f"{shard:04}-{node:03}" for shard in range(1, shards + 1) for node in range(1, nodes + 1)]
    return [f"{group['replicationGroupId']}-{name if shards > 1 else name.partition('-')[2]}" for name in names]


def _brokers(broker: Values, rng: SeededRandom) -> list[dict[str, Any]]:
    rabbit, region = str(broker.get("engineType")).lower() == "rabbitmq", broker["region"]
    count = 2 if broker.get("deploymentMode") == "ACTIVE_STANDBY_MULTI_AZ" else 1
    ports = {"ssl": 61617, "amqp+ssl": 5671, "stomp+ssl": 61614, "mqtt+ssl": 8883, "wss": 61619}
    made: list[dict[str, Any]] = []
    for number in range(1, count + 1):
        host = f"{broker['id']}" + ("" if rabbit else f"-{number}") + f".mq.{region}.amazonaws.com"
        endpoints = (
            ["amqps://" + host + ":5671"] if rabbit else [f"{name}://{host}:{port}" for name, port in ports.items()]
        )
        console = f"https://{host}" if rabbit else f"https://{host}:8162"
        made.append({"consoleUrl": console, "endpoints": endpoints, "ipAddress": _private_address(rng, str(number))})
    return made


def _signing(_: Values, rng: SeededRandom) -> dict[str, Any]:
    """The keys with which SES signs mail of a domain; their names are part of DNS records."""
    return {
        "tokens": [rng.text("lower", 32, name) for name in ("first", "second", "third")],
        "signingAttributesOrigin": "AWS_SES",
        "nextSigningKeyLength": "RSA_2048_BIT",
        "currentSigningKeyLength": "RSA_2048_BIT",
        "status": "PENDING",
    }


def _firewall_status(firewall: Values, rng: SeededRandom) -> list[dict[str, Any]]:
    zones: Mapping[str, str] = firewall["zones"]
    states = [
        {
            "availabilityZone": zones.get(subnet, f"{firewall['region']}{'abc'[index % 3]}"),
            "attachments": [{"endpointId": f"vpce-{rng.text('hex', 17, subnet)}", "subnetId": subnet}],
        }
        for index, subnet in enumerate(str(item.get("subnetId")) for item in firewall.get("subnetMappings") or ())
    ]
    return [{"syncStates": states, "transitGatewayAttachmentSyncStates": []}]


def _endpoint_names(endpoint: Values, rng: SeededRandom) -> list[dict[str, Any]]:
    """The regional name of an interface endpoint, one for each of its zones, and the service's own if it is private."""
    if endpoint.get("vpcEndpointType") != "Interface":
        return []
    service, region = str(endpoint["serviceName"]).rpartition(".")[2], endpoint["region"]
    start, end = f"{endpoint['id']}-{rng.text('lower', 8)}", f"{service}.{region}.vpce.amazonaws.com"
    zones = sorted(set(endpoint["zones"].values()))
    names = [f"{start}.{end}", *(f"{start}-{zone}.{end}" for zone in zones)]
    own = [f"{service}.{region}.amazonaws.com"] if endpoint.get("privateDnsEnabled") else []
    zone_id = f"Z{rng.text('upper', 20, 'zone')}"
    return [{"dnsName": name, "hostedZoneId": zone_id} for name in [*names, *own]]


def _group_of_nodes(nodes: Values, rng: SeededRandom) -> list[dict[str, Any]]:
    name = f"eks-{nodes.get('nodeGroupName')}-{rng.uuid('group')}"
    guarded = bool((nodes.get("remoteAccess") or {}).get("ec2SshKey"))
    return [
        {
            "autoscalingGroups": [{"name": name}],
            "remoteAccessSecurityGroupId": f"sg-{rng.text('hex', 17)}" if guarded else "",
        }
    ]


def _graphql_addresses(api: Values, rng: SeededRandom) -> dict[str, str]:
    host, region = rng.text("lower", 26), api["region"]
    return {
        "GRAPHQL": f"https://{host}.appsync-api.{region}.amazonaws.com/graphql",
        "REALTIME": f"wss://{host}.appsync-realtime-api.{region}.amazonaws.com/graphql",
    }


def _event_addresses(api: Values, rng: SeededRandom) -> dict[str, str]:
    host, region = rng.text("lower", 26), api["region"]
    return {
        "HTTP": f"{host}.appsync-api.{region}.amazonaws.com",
        "REALTIME": f"{host}.appsync-realtime-api.{region}.amazonaws.com",
    }


def _anycast(_: Values, rng: SeededRandom) -> list[dict[str, Any]]:
    return [{"ipFamily": "IPv4", "ipAddresses": [rng.fill("{ip#first}", {}), rng.fill("{ip#second}", {})]}]


def _dkim_tokens(_: Values, rng: SeededRandom) -> list[str]:
    return [rng.text("lower", 32, str(number)) for number in range(3)]


def _scopes(server: Values, _: SeededRandom) -> list[str]:
    return [f"{server['identifier']}/{scope.get('scopeName')}" for scope in server.get("scopes") or ()]


def _private_address(rng: SeededRandom, label: str) -> str:
    return "10." + ".".join(str(rng.number(250, f"{label}{index}")) for index in range(3))


def _signed_object(job: Values, _: SeededRandom) -> list[dict[str, Any]]:
    """Where AWS Signer puts what it has signed."""
    wanted = (job.get("destination") or {}).get("s3")
    if not wanted:  # it was looked up by its id alone
        return []
    return [{"s3s": [{"bucket": wanted["bucket"], "key": f"{wanted.get('prefix', '')}{job['id']}.zip"}]}]


_FILLED: Final[dict[str, dict[str, Callable[[Values, SeededRandom], Any]]]] = {
    "aws:acm/certificate:Certificate": {"domainValidationOptions": _validation_records},
    "aws:appsync/api:Api": {"dns": _event_addresses},
    "aws:appsync/graphQLApi:GraphQLApi": {"uris": _graphql_addresses},
    "aws:cognito/resourceServer:ResourceServer": {"scopeIdentifiers": _scopes},
    "aws:docdb/cluster:Cluster": {"masterUserSecrets": _master_secret},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"dnsEntries": _endpoint_names},
    "aws:eks/nodeGroup:NodeGroup": {"resources": _group_of_nodes},
    "aws:elasticache/cluster:Cluster": {"cacheNodes": _cache_nodes},
    "aws:elasticache/replicationGroup:ReplicationGroup": {"memberClusters": _member_clusters},
    "aws:globalaccelerator/accelerator:Accelerator": {"ipSets": _anycast},
    "aws:mq/broker:Broker": {"instances": _brokers},
    "aws:sesv2/emailIdentity:EmailIdentity": {"dkimSigningAttributes": _signing},
    "aws:networkfirewall/firewall:Firewall": {"firewallStatuses": _firewall_status},
    "aws:signer/signingJob:SigningJob": {"signedObjects": _signed_object},
    "aws:rds/cluster:Cluster": {"masterUserSecrets": _master_secret},
    "aws:rds/instance:Instance": {"masterUserSecrets": _master_secret},
    "aws:ses/domainDkim:DomainDkim": {"dkimTokens": _dkim_tokens},
}
