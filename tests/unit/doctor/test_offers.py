"""What AWS offers in each zone is compared with what the stack's settings name."""

import pytest

from doctor.checks import network, offers

INSTANCES, DATABASE, ENGINE, CACHE = offers.CHECKS
ZONES = ("ap-southeast-3a", "ap-southeast-3b", "ap-southeast-3c")
TYPES = ("c5.2xlarge", "m5.large", "m5.xlarge", "r5.large", "r5.xlarge", "t3.micro")


def types(zones=ZONES):
    found = [
        {"InstanceType": each, "LocationType": "availability-zone", "Location": zone}
        for each in TYPES
        for zone in zones
    ]
    filters = [{"Name": "instance-type", "Values": list(TYPES)}]
    return (
        "describe_instance_type_offerings",
        {"InstanceTypeOfferings": found},
        {"LocationType": "availability-zone", "Filters": filters},
    )


def test_instance_types_in_every_zone(says):
    told = says(INSTANCES, {"ec2": [types()]})
    assert {each.verdict for each in told.values()} == {"fine"}
    assert {*told} == {f"EC2 {each}" for each in TYPES}


def test_an_instance_type_that_one_zone_lacks_blocks(says):
    result = says(INSTANCES, {"ec2": [types(ZONES[:2])]})["EC2 m5.large"]
    assert result.verdict == "blocks"
    assert result.found == "offered in ap-southeast-3a, ap-southeast-3b"
    assert ZONES[2] in result.needed


@pytest.mark.parametrize(
    ("version", "storage", "verdict"),
    [("8.4.6", "gp3", "fine"), ("8.40.1", "gp3", "blocks"), ("8.4.6", "io1", "blocks")],
)
def test_database_class_with_the_engine_and_its_storage(says, version, storage, verdict):
    offer = {
        "Engine": "mysql",
        "EngineVersion": version,
        "DBInstanceClass": "db.r5.large",
        "StorageType": storage,
        "AvailabilityZones": [{"Name": zone} for zone in ZONES],
    }
    (result,) = says(
        DATABASE, {"rds": [("describe_orderable_db_instance_options", {"OrderableDBInstanceOptions": [offer]})]}
    ).values()
    assert result.verdict == verdict


@pytest.mark.parametrize(("options", "verdict"), [(["MARIADB_AUDIT_PLUGIN", "MEMCACHED"], "fine"), ([], "blocks")])
def test_engine_version_and_its_audit_option(says, options, verdict):
    answers = [
        ("describe_db_engine_versions", {"DBEngineVersions": [{"EngineVersion": "8.4.6"}]}, {"Engine": "mysql"}),
        (
            "describe_option_group_options",
            {"OptionGroupOptions": [{"Name": each} for each in options]},
            {"EngineName": "mysql", "MajorEngineVersion": "8.4"},
        ),
    ]
    told = says(ENGINE, {"rds": answers})
    assert told["RDS mysql 8.4"].verdict == "fine"
    audit = told["RDS option MARIADB_AUDIT_PLUGIN of MySQL 8.4"]
    assert audit.verdict == verdict
    assert verdict == "fine" or "audit: false" in audit.fix


def test_an_engine_version_that_rds_lacks_blocks_and_says_what_it_has(says):
    versions = {"DBEngineVersions": [{"EngineVersion": "8.0.42"}]}
    told = says(ENGINE, {"rds": [("describe_db_engine_versions", versions)]}, database={"logs": {"audit": False}})
    (result,) = told.values()
    assert result.verdict == "blocks"
    assert "RDS has 8.0.42" in result.fix


@pytest.mark.parametrize(("sold", "verdict"), [([{"CacheNodeType": "cache.r7g.large"}], "fine"), ([], "warning")])
def test_cache_engine_and_node_type(says, sold, verdict):
    answers = [
        ("describe_cache_engine_versions", {"CacheEngineVersions": [{"EngineVersion": "7.1.0"}]}, {"Engine": "redis"}),
        ("describe_reserved_cache_nodes_offerings", {"ReservedCacheNodesOfferings": sold}),
    ]
    told = says(CACHE, {"elasticache": answers})
    assert told["ElastiCache redis 7.1"].verdict == "fine"
    assert told["ElastiCache cache.r7g.large"].verdict == verdict


LINK, SERVICES, DOMAIN = network.CHECKS


def links(status):
    return {
        "Items": [{"Name": "one", "VpcLinkId": "1", "VpcLinkStatus": status, "SecurityGroupIds": [], "SubnetIds": []}]
    }


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"Items": []}, "not checked"),
        (links("FAILED"), "not checked"),
        (links("AVAILABLE"), "fine"),
        (links("INACTIVE"), "fine"),
        ("UnknownOperationException", "blocks"),
        ("AccessDeniedException", "not checked"),
    ],
)
def test_only_a_vpc_link_that_was_made_proves_that_the_region_has_them(says, answer, verdict):
    (result,) = says(LINK, {"apigatewayv2": [("get_vpc_links", answer)]}).values()
    assert result.verdict == verdict
    assert verdict == "fine" or answer == "AccessDeniedException" or "smile:api: {vpc_link: v1}" in result.fix


@pytest.mark.parametrize("other", [{"network": {"ingress": "cloudfront"}}, {"api": {"vpc_link": "v1"}}])
def test_no_vpc_link_is_asked_for_where_another_way_leads_in(says, other):
    assert "not needed" in says(LINK, **other)["VPC link V2"].found


def test_endpoint_services_in_every_zone(says):
    names = ("kms", "sqs")
    details = [
        {"ServiceName": f"com.amazonaws.ap-southeast-3.{name}", "AvailabilityZones": list(zones)}
        for name, zones in zip(names, (ZONES, ZONES[:2]), strict=True)
    ]
    answers = {"ec2": [("describe_vpc_endpoint_services", {"ServiceDetails": details})]}
    told = says(SERVICES, answers, network={"interface_endpoints": (*names, "xray")})
    assert {name: told[f"endpoint service {name}"].verdict for name in (*names, "xray")} == {
        "kms": "fine",
        "sqs": "blocks",
        "xray": "blocks",
    }
    assert told["endpoint service xray"].found == "in no zone"


ZONE = {"Id": "/hostedzone/Z1", "Name": "health.example.", "CallerReference": "x", "Config": {"PrivateZone": False}}
LISTED = ("list_hosted_zones_by_name", {"HostedZones": [ZONE], "IsTruncated": False, "MaxItems": "100"})
SERVERS = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]
GOT = ("get_hosted_zone", {"HostedZone": ZONE, "DelegationSet": {"NameServers": SERVERS}}, {"Id": "/hostedzone/Z1"})


@pytest.mark.parametrize(
    ("answered", "verdict"), [(SERVERS, "fine"), ([], "blocks"), (["ns1.registrar.example"], "blocks")]
)
def test_the_domain_is_delegated_to_the_stacks_zone(says, monkeypatch, answered, verdict):
    monkeypatch.setattr(network, "name_servers", lambda _: {*answered})
    (result,) = says(DOMAIN, {"route53": [LISTED, GOT]}, dns={"domain": "health.example"}).values()
    assert result.verdict == verdict
    assert verdict == "fine" or result.needed == ", ".join(SERVERS)


def test_a_zone_that_is_yet_to_be_made_is_announced(says):
    listed = ("list_hosted_zones_by_name", {"HostedZones": [], "IsTruncated": False, "MaxItems": "100"})
    (result,) = says(DOMAIN, {"route53": [listed]}, dns={"domain": "health.example"}).values()
    assert result.verdict == "warning"
    assert "pulumi stack output name_servers" in result.fix


@pytest.mark.parametrize(("error", "expected"), [("NXDOMAIN", set()), ("NoAnswer", set()), ("NoNameservers", OSError)])
def test_dns_that_does_not_answer_is_no_delegation_that_lacks(monkeypatch, error, expected):
    from dns import resolver

    def refuse(*_, **__):
        raise getattr(resolver, error)

    monkeypatch.setattr(resolver, "resolve", refuse)
    if expected is OSError:
        with pytest.raises(OSError, match="DNS"):
            network.name_servers("health.example")
    else:
        assert network.name_servers("health.example") == expected
