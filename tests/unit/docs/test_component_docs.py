"""The tables in docs/components are those of the code. `python -m tests.unit.docs.test_component_docs` writes them."""

import re
from functools import partial
from typing import get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from aws_facts.eks_versions import ADDONS, RELEASES
from components.cache.alarms import ALARMS
from components.core.settings.field import about
from components.delivery.settings import Deployment
from components.encryption.encryption_keys import CLASSES
from components.functions.settings import ApplicationFunction
from components.network.network_acls import RULES
from components.queues.settings import Queue
from components.service.settings import ContainerService
from components.storage.settings import SSE_S3
from components.workloads.services_settings import Kind
from layers.base import acls
from layers.flows import flows
from settings import load_from_files
from settings.network import Network
from tests.paths import COMPONENT_DOCS
from tests.stacks import STACKS


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def flow_table():
    rows = [[flow.source, flow.target, f"{flow.protocol} {flow.port}", flow.why] for flow in flows()]
    return table(["from", "to", "port", "what"], rows)


def network_acl_table():
    def ports(rule):
        if rule.protocol == "-1":
            return "all"
        first, last = rule.ports
        return f"{rule.protocol} {first}" if first == last else f"{rule.protocol} {first}-{last}"

    network = Network()
    rows = [
        [tier, rule.direction, rule.number, ports(rule), rule.peer, f"{denied(rule)}{rule.why}"]
        for tier, about in network.tiers.items()
        for rule in acls(network).get(tier) or RULES[about.route]
    ]
    return table(["tier", "direction", "number", "ports", "other end", "what"], rows)


def denied(rule):
    return "denied: " if rule.action == "deny" else ""


def key_table():
    rows = []
    for data, each in CLASSES.items():
        use = each.use
        others = [
            *use.producers,
            *["events (topics and queues)", "events.rds (topics)"] * use.events,
            *["logs (log groups)"] * use.log_groups,
            *["cloudtrail (trails)"] * use.trails,
            *["cloudfront (distributions)"] * use.distributions,
            *["eks (clusters)"] * use.cluster_grants,
            *["autoscaling (disks)"] * use.auto_scaling,
        ]
        rows.append([data, each.holds, each.data_class, ", ".join(use.via), ", ".join(others) or "-"])
    return table(["key", "holds", "data class", "used through", "used by services themselves"], rows)


def bucket_table():
    rows = [
        [name, use.holds, use.data_class, "S3's own" if use.key == SSE_S3 else use.key, use.retention, use.lock]
        for name, use in load_from_files("prod", COMPONENT_DOCS.parents[1]).storage.buckets.items()
    ]
    return table(["bucket", "holds", "data class", "key", "retention", "lock"], rows)


def tier_table():
    tiers = {stack: load_from_files(stack, COMPONENT_DOCS.parents[1]).database for stack in STACKS}
    rows = [
        ["class", *(each.instance_class for each in tiers.values())],
        ["storage (gp3)", *(f"{each.allocated_gib} GiB{growth(each)}" for each in tiers.values())],
        ["zones", *("2: primary and standby" if each.multi_az else "1" for each in tiers.values())],
        ["automated backups", *(f"{each.backup_retention_days} days" for each in tiers.values())],
        ["final snapshot", *("yes" if each.final_snapshot else "no" for each in tiers.values())],
        ["Database Insights", *(each.insights for each in tiers.values())],
        ["enhanced monitoring", *(f"{each.enhanced_monitoring_seconds} s" for each in tiers.values())],
        ["backup, as written", *(each.backup_window for each in tiers.values())],
        ["backup, UTC", *(each.backup_window_utc for each in tiers.values())],
        ["maintenance, as written", *(each.maintenance_window for each in tiers.values())],
        ["maintenance, UTC", *(each.maintenance_window_utc for each in tiers.values())],
    ]
    return table(["", *tiers], rows)


def growth(database):
    return f", growing to {database.max_allocated_gib} GiB" if database.max_allocated_gib else ""


def cache_tier_table():
    tiers = {stack: load_from_files(stack, COMPONENT_DOCS.parents[1]).cache for stack in STACKS}
    periodic = [each.periodic_snapshots for each in tiers.values()]
    rows = [
        ["engine", *(f"{each.engine} {each.version}" for each in tiers.values())],
        ["node type", *(each.node_type for each in tiers.values())],
        ["shards", *(each.shards for each in tiers.values())],
        ["replicas of each primary", *(each.replicas_per_shard for each in tiers.values())],
        ["daily snapshot, days kept", *(each.snapshot_retention_days for each in tiers.values())],
        [
            "between them",
            *(f"every {p.interval_hours} hours, {p.retention_days} days" if p.enabled else "none" for p in periodic),
        ],
        ["final snapshot", *("yes" if each.final_snapshot else "no" for each in tiers.values())],
        ["snapshot, as written", *(each.snapshot_window for each in tiers.values())],
        ["snapshot, UTC", *(each.snapshot_window_utc for each in tiers.values())],
        ["maintenance, as written", *(each.maintenance_window for each in tiers.values())],
        ["maintenance, UTC", *(each.maintenance_window_utc for each in tiers.values())],
        ["changes apply", *("at once" if each.apply_immediately else "in the window" for each in tiers.values())],
    ]
    return table(["", *tiers], rows)


def cache_alarm_table():
    rows = [[each.role, each.metric, f"over {each.above:g}", each.severity, each.text] for each in ALARMS]
    return table(["alarm", "metric", "threshold", "severity", "means"], rows)


def file_tier_table():
    tiers = {stack: load_from_files(stack, COMPONENT_DOCS.parents[1]).files for stack in STACKS}
    rows = [
        ["throughput", *(throughput(each) for each in tiers.values())],
        ["to Infrequent Access after", *(f"{each.infrequent_access_days} days" for each in tiers.values())],
        ["replica", *("yes" if each.replica else "no" for each in tiers.values())],
        ["access points", *(", ".join(each.access_points) for each in tiers.values())],
    ]
    return table(["", *tiers], rows)


def throughput(files):
    return f"{files.provisioned_mibps} MiB/s, provisioned" if files.throughput == "provisioned" else files.throughput


def item_table(what, item):
    rows = [
        [f"`{name}`", "needed" if field.is_required() else shown(field.default), about(field).valid, field.description]
        for name, field in item.model_fields.items()
    ]
    return table([f"setting of a {what}", "default", "valid", "what"], rows)


def shown(default):
    if isinstance(default, bool):
        return str(default).lower()
    return "none" if default in (None, "", (), {}) else default


def authority_table():
    bundle = (COMPONENT_DOCS.parents[1] / "functions" / "rds_authorities" / "authorities.pem").read_bytes()
    rows = [
        [
            authority.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value,
            authority.not_valid_after_utc.date(),
            authority.fingerprint(hashes.SHA256()).hex(),
        ]
        for authority in x509.load_pem_x509_certificates(bundle)
        if "ap-southeast-3" in authority.subject.rfc4514_string()
    ]
    return table(["authority", "valid until", "SHA-256"], rows)


def workload_tier_table():
    tiers = {stack: load_from_files(stack, COMPONENT_DOCS.parents[1]).workloads for stack in STACKS}

    def sizes(kind):
        for each in tiers.values():
            size = each.resources(kind)
            yield f"{size.cpu_request}, {size.memory_request} to {size.cpu_limit}, {size.memory_limit}"

    rows = [
        ["replicas of each service and colour", *("{} to {}".format(*t.count()) for t in tiers.values())],
        ["a pod is added above", *(f"{each.cpu_target_percent} % of its processors" for each in tiers.values())],
        *([f"pod of kind {kind}", *sizes(kind)] for kind in get_args(Kind)),
    ]
    return table(["", *tiers], rows)


def node_group_table():
    stacks = {stack: load_from_files(stack, COMPONENT_DOCS.parents[1]).clusters for stack in STACKS}
    rows = []
    for cluster, prod in stacks["prod"].items():
        for name, group in prod.groups.items():
            each = [clusters[cluster] for clusters in stacks.values()]
            bounds = [stack.groups[name] for stack in each]
            sizes = [
                f"{group.min_nodes} to {group.max_nodes}" if stack.enabled else "none"
                for stack, group in zip(each, bounds, strict=True)
            ]
            taints = ", ".join(f"{taint.key}={taint.value}" for taint in group.taints) or "-"
            rows.append([cluster, name, ", ".join(group.instance_types), f"{group.volume_gib} GiB", taints, *sizes])
    return table(["cluster", "group", "types", "disk", "taint", *stacks], rows)


def kubernetes_version_table():
    addons = [[addon, *(release.addons[addon] for release in RELEASES.values())] for addon in ADDONS]
    rows = [
        ["standard support until", *(release.standard_support_ends for release in RELEASES.values())],
        ["image of nodes", *(release.node_release for release in RELEASES.values())],
        *addons,
    ]
    return table(["", *RELEASES], rows)


TABLES = [
    ("cluster.md", "node groups", node_group_table),
    ("cluster.md", "kubernetes versions", kubernetes_version_table),
    ("service.md", "container service settings", partial(item_table, "service", ContainerService)),
    ("functions.md", "function settings", partial(item_table, "function", ApplicationFunction)),
    ("workloads.md", "workload tiers", workload_tier_table),
    ("delivery.md", "deployment settings", partial(item_table, "deployment", Deployment)),
    ("cache.md", "cache tiers", cache_tier_table),
    ("cache.md", "cache alarms", cache_alarm_table),
    ("files.md", "file tiers", file_tier_table),
    ("database.md", "tiers", tier_table),
    ("network.md", "flows", flow_table),
    ("network.md", "network ACLs", network_acl_table),
    ("encryption.md", "keys", key_table),
    ("queues.md", "queue settings", partial(item_table, "queue", Queue)),
    ("secrets.md", "authorities", authority_table),
    ("storage.md", "buckets", bucket_table),
]


def with_table(text, marker, made):
    pattern = rf"<!-- {marker} -->\n.*?<!-- /{marker} -->"
    return re.sub(pattern, lambda _: f"<!-- {marker} -->\n{made}\n<!-- /{marker} -->", text, flags=re.DOTALL)


@pytest.mark.parametrize(("file", "marker", "make"), TABLES)
def test_documented_table_is_the_one_in_the_code(file, marker, make):
    text = (COMPONENT_DOCS / file).read_text()
    assert f"<!-- {marker} -->" in text
    assert with_table(text, marker, make()) == text


if __name__ == "__main__":
    for file, marker, make in TABLES:
        path = COMPONENT_DOCS / file
        path.write_text(with_table(path.read_text(), marker, make()))
