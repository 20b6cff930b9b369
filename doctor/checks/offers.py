"""What AWS offers in the Region and in each zone of the stack: instance types, database and cache classes, engines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from doctor.account import Account
from doctor.result import Check, Result, missing

AUDIT_OPTION = "MARIADB_AUDIT_PLUGIN"
"""By which MySQL writes its audit log: components/database/groups.py."""


def instance_types(account: Account) -> Iterator[Result]:
    """Each type of the nodes and of the bastion is offered in each zone."""
    settings = account.settings
    groups = [group for cluster in settings.enabled_clusters.values() for group in cluster.groups.values()]
    wanted = {each for group in groups for each in group.instance_types}
    wanted |= {settings.bastion.instance_type} if settings.bastion.enabled else set()
    zones: defaultdict[str, set[str]] = defaultdict(set)
    offers = account.pages(
        "ec2",
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": sorted(wanted)}],
    )
    for offer in offers:
        zones[offer["InstanceType"]].add(offer["Location"])
    for each in sorted(wanted):
        yield in_each_zone(
            account, f"EC2 {each}", zones[each], "another instance type in smile:clusters, smile:bastion"
        )


def database_class(account: Account) -> Iterator[Result]:
    """RDS offers the class, with the engine, in each zone."""
    database = account.settings.database
    offers = account.pages(
        "rds",
        "describe_orderable_db_instance_options",
        "OrderableDBInstanceOptions",
        Engine=database.engine,
        DBInstanceClass=database.instance_class,
        Vpc=True,
    )
    zones = {
        zone["Name"]
        for offer in offers
        if is_version(offer["EngineVersion"], database.version) and offer["StorageType"] == "gp3"
        for zone in offer["AvailabilityZones"]
    }
    name = f"RDS {database.instance_class} with {database.engine} {database.version} on gp3"
    yield in_each_zone(account, name, zones, "another smile:database.instance_class")


def in_each_zone(account: Account, subject: str, zones: set[str], fix: str) -> Result:
    """Whether something is offered in every zone of the stack."""
    wanted = account.settings.network.zones
    found = f"offered in {', '.join(sorted(zones)) or 'no zone'}"
    return Result(
        subject=subject,
        found=found,
        needed=f"in {', '.join(wanted)}",
        fix=fix,
    ).unless(not missing(wanted, zones))


def database_engine(account: Account) -> Iterator[Result]:
    """RDS has the engine's version, and the option that audits it."""
    database = account.settings.database
    versions = [
        each["EngineVersion"]
        for each in account.pages("rds", "describe_db_engine_versions", "DBEngineVersions", Engine=database.engine)
    ]
    yield Result(
        subject=f"RDS {database.engine} {database.version}",
        found=f"versions {', '.join(each for each in versions if is_version(each, database.version)) or 'none'}",
        needed=f"one of {database.version}",
        fix=f"another smile:database.version; RDS has {', '.join(sorted(versions)[-6:])}",
    ).unless(any(is_version(each, database.version) for each in versions))
    if database.engine == "mysql" and database.logs.audit:
        options = account.pages(
            "rds",
            "describe_option_group_options",
            "OptionGroupOptions",
            EngineName=database.engine,
            MajorEngineVersion=database.version,
        )
        names = [option["Name"] for option in options]
        yield Result(
            subject=f"RDS option {AUDIT_OPTION} of MySQL {database.version}",
            found=f"options {', '.join(names) or 'none'}",
            needed=AUDIT_OPTION,
            fix="smile:database: {logs: {audit: false}}, or a version that has it",
        ).unless(AUDIT_OPTION in names)


def is_version(full: str, wanted: str) -> bool:
    """Whether 8.4.6 is a version of 8.4."""
    return full == wanted or full.startswith(f"{wanted}.")


def cache(account: Account) -> Iterator[Result]:
    """ElastiCache has the engine's version and offers the node type; AWS doesn't say in which zones."""
    settings = account.settings.cache
    versions = [
        each["EngineVersion"]
        for each in account.pages(
            "elasticache", "describe_cache_engine_versions", "CacheEngineVersions", Engine=settings.engine
        )
    ]
    yield Result(
        subject=f"ElastiCache {settings.engine} {settings.version}",
        found=f"versions {', '.join(versions) or 'none'}",
        needed=settings.version,
        fix="another smile:cache.version",
    ).unless(any(is_version(each, settings.version) for each in versions))
    offers = account.pages(
        "elasticache",
        "describe_reserved_cache_nodes_offerings",
        "ReservedCacheNodesOfferings",
        CacheNodeType=settings.node_type,
    )
    sold = any(True for _ in offers)
    yield Result(
        subject=f"ElastiCache {settings.node_type}",
        found="sold in the Region" if sold else "no reserved nodes of it are sold in the Region",
        needed="a node type that the Region has",
        fix="another smile:cache.node_type, if the console doesn't offer it either",
        verdict="warning",
    ).unless(sold)


CHECKS = (
    Check("instance types", instance_types, ("ec2:DescribeInstanceTypeOfferings",), reads=("enabled_clusters",)),
    Check(
        "database class",
        database_class,
        ("rds:DescribeOrderableDBInstanceOptions",),
        reads=("database.instance_class", "network.zones"),
    ),
    Check(
        "database engine",
        database_engine,
        ("rds:DescribeDBEngineVersions", "rds:DescribeOptionGroupOptions"),
        reads=("database.engine",),
    ),
    Check(
        "cache",
        cache,
        ("elasticache:DescribeCacheEngineVersions", "elasticache:DescribeReservedCacheNodesOfferings"),
        reads=("cache.engine",),
    ),
)
