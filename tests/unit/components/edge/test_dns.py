"""Names: the zone, made or found, what stands under it, and the health of the public name."""

import pytest

from components.edge.certificates import Certificate, CertificateArgs
from components.edge.dns import AliasTarget, DnsNames, DnsNamesArgs
from components.edge.dns_settings import Dns
from tests.recording import record

DOMAIN = "smile.example.go.id"
ZONE, RECORD, CHECK = "route53/zone:Zone", "route53/record:Record", "route53/healthCheck:HealthCheck"


@pytest.fixture(scope="module")
def names_of(context):
    """Record names, with an alias for the public one and one for the origin."""

    def make(**settings):
        def program():
            names = DnsNames("smile", DnsNamesArgs(context=context, dns=Dns(domain=DOMAIN, **settings)))
            target = AliasTarget(host="d111.cloudfront.net", zone_id="Z2FDTNDATAQYW2")
            names.alias("public", DOMAIN, target, ("A", "AAAA"))
            names.alias("origin", f"origin.{DOMAIN}", target)
            return names.zone_id

        return record(program)

    return make


@pytest.mark.requirement("SMILE-EDGE-06")
def test_names_are_aliases_in_a_zone_that_is_kept(names_of):
    recording = names_of()
    assert recording.one(ZONE)["name"] == DOMAIN
    (zone,) = (each for each in recording.resources if each.type == f"aws:{ZONE}")
    assert zone.protect
    assert zone.retain_on_delete
    records = recording.of(RECORD)
    assert {name: (each["name"], each["type"]) for name, each in records.items()} == {
        "smile-public-a": (DOMAIN, "A"),
        "smile-public-aaaa": (DOMAIN, "AAAA"),
        "smile-origin-a": (f"origin.{DOMAIN}", "A"),
    }
    for each in records.values():
        (alias,) = each["aliases"]
        assert (alias["name"], alias["zoneId"]) == ("d111.cloudfront.net", "Z2FDTNDATAQYW2")


def test_a_zone_that_exists_is_used(names_of):
    recording = names_of(zone_id="Z0123456789ABC")
    assert recording.of(ZONE) == {}
    assert {each["zoneId"] for each in recording.of(RECORD).values()} == {"Z0123456789ABC"}
    assert recording.result == "Z0123456789ABC"


@pytest.mark.requirement("SMILE-DEPLOY-09")
def test_a_stack_is_taken_out_of_its_names_by_weight(names_of):
    for each in names_of(weight=0).of(RECORD).values():
        assert each["weightedRoutingPolicies"] == [{"weight": 0}]
        assert each["setIdentifier"] == "smile-prod"


@pytest.mark.requirement("SMILE-EDGE-12")
def test_the_public_name_is_asked_for_over_https_and_its_records_follow(names_of):
    recording = names_of(health_check_regions=("ap-southeast-1", "ap-southeast-2", "ap-northeast-1"))
    check = recording.one(CHECK)
    assert (check["type"], check["fqdn"], check["port"]) == ("HTTPS", DOMAIN, 443)
    assert len(check["regions"]) == 3
    records = recording.of(RECORD)
    assert records["smile-public-a"]["healthCheckId"] == "HealthCheck/smile"
    assert "healthCheckId" not in records["smile-origin-a"]


def test_route_53_asks_from_everywhere_or_from_three_places_at_least(names_of):
    assert "regions" not in names_of().one(CHECK)
    with pytest.raises(Exception, match="fewer than 3"):
        names_of(health_check_regions=("ap-southeast-1", "ap-southeast-2"))


def test_without_a_health_check_records_stand_alone(names_of):
    recording = names_of(health_check=False)
    assert recording.of(CHECK) == {}
    assert "healthCheckId" not in recording.of(RECORD)["smile-public-a"]


def test_without_a_domain_there_are_no_names(context):
    with pytest.raises(Exception, match="there is no domain"):
        record(lambda: DnsNames("smile", DnsNamesArgs(context=context, dns=Dns())))


@pytest.mark.requirement("SMILE-OBS-04")
def test_a_certificate_that_is_about_to_expire_is_a_warning_first_and_then_critical(context):
    args = CertificateArgs(context=context, host=DOMAIN, zone_id="Z1", alarms=True)
    alarms = record(lambda: Certificate("smile-www", args).arn).of("cloudwatch/metricAlarm:MetricAlarm")
    assert {name: (alarm["threshold"], alarm["alarmActions"]) for name, alarm in alarms.items()} == {
        "smile-www-expiry-warning": (30, [context.topics["warning"]]),
        "smile-www-expiry-critical": (14, [context.topics["critical"]]),
    }
    for alarm in alarms.values():
        assert alarm["dimensions"] == {"CertificateArn": "arn:of:Certificate/smile-www"}
        assert (alarm["metricName"], alarm["comparisonOperator"]) == ("DaysToExpiry", "LessThanThreshold")


def test_a_certificate_in_another_region_has_no_alarm_which_could_notify_nobody_here(context):
    args = CertificateArgs(context=context, host=DOMAIN, zone_id="Z1", region="us-east-1", alarms=True)
    assert not record(lambda: Certificate("smile-www", args).arn).of("cloudwatch/metricAlarm:MetricAlarm")


@pytest.mark.requirement("SMILE-EDGE-10")
@pytest.mark.parametrize("region", [None, "us-east-1"])
def test_a_certificate_lies_where_it_is_used_and_is_validated_there(context, region):
    args = CertificateArgs(context=context, host=DOMAIN, zone_id="Z1", region=region)
    recording = record(lambda: Certificate("smile-frontend", args).arn)
    certificate = recording.one("acm/certificate:Certificate")
    assert certificate["validationMethod"] == "DNS"
    assert certificate["keyAlgorithm"] == "RSA_2048"
    validation = recording.one("acm/certificateValidation:CertificateValidation")
    assert certificate.get("region") == validation.get("region") == region
    assert recording.one(RECORD)["zoneId"] == "Z1"


@pytest.mark.parametrize(("routing", "kind"), [("primary", "PRIMARY"), ("secondary", "SECONDARY")])
def test_the_public_name_fails_over_and_the_origins_does_not(names_of, routing, kind):
    records = names_of(routing=routing).of(RECORD)
    assert records["smile-public-a"]["failoverRoutingPolicies"] == [{"type": kind}]
    assert "weightedRoutingPolicies" not in records["smile-public-a"]
    assert records["smile-origin-a"]["weightedRoutingPolicies"] == [{"weight": 100}]


def test_each_place_has_records_of_its_own(names_of):
    records = names_of(routing="geolocation", locations=("ID", "*")).of(RECORD)
    assert {
        name: each["geolocationRoutingPolicies"] for name, each in records.items() if name.startswith("smile-public-a-")
    } == {"smile-public-a-id": [{"country": "ID"}], "smile-public-a-all": [{"country": "*"}]}
    assert len({(each["type"], each["setIdentifier"]) for each in records.values() if each["name"] == DOMAIN}) == 4
