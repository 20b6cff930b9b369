"""What the components have as data: flows, rules, keys, buckets, alarms, versions, authorities."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from aws_facts.eks_versions import ADDONS, RELEASES
from cli.docs.markdown import table
from cli.sandbox import ROOT
from components.cache.alarms import ALARMS
from components.encryption.encryption_keys import CLASSES
from components.network.network_acls import RULES, AclRule
from components.observability.queries import QUERIES
from components.storage.settings import SSE_S3
from components.streams.sizing import Load
from components.streams.sizing import size as size_of
from layers.base import acls
from layers.flows import flows
from settings import REGION, Network, load_from_files
from settings.config_rules import RULES as CONFIG_RULES
from settings.config_rules import rules_of


def allowed_flows() -> str:
    """Which security group may reach which."""
    return table(
        ("from", "to", "port", "what"),
        [(flow.source, flow.target, f"{flow.protocol} {flow.port}", flow.why) for flow in flows()],
    )


def network_acls() -> str:
    """The rules around each subnet tier."""
    network = Network()
    return table(
        ("tier", "direction", "number", "ports", "other end", "what"),
        [
            (
                tier,
                rule.direction,
                rule.number,
                ports(rule),
                rule.peer,
                f"{'denied: ' * (rule.action == 'deny')}{rule.why}",
            )
            for tier, about in network.tiers.items()
            for rule in acls(network).get(tier) or RULES[about.route]
        ],
    )


def ports(rule: AclRule) -> str:
    """Protocol and ports of a rule."""
    first, last = rule.ports
    if rule.protocol == "-1":
        return "all"
    return f"{rule.protocol} {first}" if first == last else f"{rule.protocol} {first}-{last}"


def keys() -> str:
    """What each key is for, and who uses it by itself."""
    rows: list[tuple[str, ...]] = []
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
        rows.append((data, each.holds, each.data_class, ", ".join(use.via), ", ".join(others) or "-"))
    return table(("key", "holds", "data class", "used through", "used by services themselves"), rows)


def buckets() -> str:
    """What prod's buckets hold, and for how long."""
    return table(
        ("bucket", "holds", "data class", "key", "retention", "lock"),
        [
            (name, use.holds, use.data_class, "S3's own" if use.key == SSE_S3 else use.key, use.retention, use.lock)
            for name, use in load_from_files("prod").storage.buckets.items()
        ],
    )


def config_rules() -> str:
    """What AWS Config asks, and which controls ask it before."""
    stacks = {name: rules_of(load_from_files(name)) for name in ("staging", "prod")}
    page = "https://docs.aws.amazon.com/config/latest/developerguide"
    return table(
        ("rule", "mirrors", "in"),
        [
            (
                f"[{rule.name}]({page}/{rule.name}.html)",
                ", ".join(rule.mirrors),
                ", ".join(name for name, rules in stacks.items() if rule in rules),
            )
            for rule in CONFIG_RULES
        ],
    )


def cache_alarms() -> str:
    """The alarms of the cache."""
    return table(
        ("alarm", "metric", "threshold", "severity", "means"),
        [(each.role, each.metric, f"over {each.above:g}", each.severity, each.text) for each in ALARMS],
    )


def saved_queries() -> str:
    """What is asked of which logs."""
    return table(("query", "shows", "log groups"), [(each.name, each.asks, f"`{each.logs}`") for each in QUERIES])


def kubernetes_versions() -> str:
    """Support, images and add-ons of each version."""
    return table(
        ("", *RELEASES),
        [
            ("standard support until", *(release.standard_support_ends for release in RELEASES.values())),
            ("image of nodes", *(release.node_release for release in RELEASES.values())),
            *((addon, *(release.addons[addon] for release in RELEASES.values())) for addon in ADDONS),
        ],
    )


def certificate_authorities() -> str:
    """The Region's authorities among those that functions trust when they connect to RDS."""
    bundle = (ROOT / "functions" / "rds_authorities" / "authorities.pem").read_bytes()
    return table(
        ("authority", "valid until", "SHA-256"),
        [
            (
                authority.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value,
                authority.not_valid_after_utc.date(),
                authority.fingerprint(hashes.SHA256()).hex(),
            )
            for authority in x509.load_pem_x509_certificates(bundle)
            if REGION in authority.subject.rfc4514_string()
        ],
    )


def stream_sizes() -> str:
    """What the documented range of events takes of a stream."""
    loads = [
        Load(events_per_second=events, event_bytes=size, consumers=1)
        for events in (10_000, 50_000, 100_000)
        for size in (256, 1_024, 2_000)
    ]
    return table(
        ("events a second", "bytes", "MB a second", "shards", "warm MiB/s", "GB written on a day", "GB by fan-out"),
        [
            (
                f"{load.events_per_second:,}",
                f"{load.event_bytes:,}",
                f"{sizing.write_mb:g}",
                sizing.shards,
                sizing.warm_mib,
                f"{sizing.ingested_gb:,.0f}",
                f"{sizing.fan_out_gb:,.0f}",
            )
            for load in loads
            for sizing in (size_of(load),)
        ],
    )
