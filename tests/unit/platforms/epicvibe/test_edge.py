"""The way from the public to Django: CloudFront, the web ACLs, the load balancer, and Amplify by setting."""

import json

import pytest

from tests.unit.platforms.conftest import recorded

DISTRIBUTION = "cloudfront/distribution:Distribution"


def origins_of(distribution):
    """Id -> origin; all of them are secret, for one holds what CloudFront is known by."""
    return {each["originId"]: each for each in distribution["origins"]["value"]}


@pytest.mark.requirement("EPIC-EDGE-01")
def test_cloudfront_has_the_static_files_and_asks_the_load_balancer_for_all_else(program):
    made = program.one(DISTRIBUTION)
    origins = origins_of(made)
    assert set(origins) == {"assets", "api"}
    assert origins["assets"]["originAccessControlId"]
    assert origins["api"]["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    assert made["defaultCacheBehavior"]["targetOriginId"] == "api"
    assert {each["pathPattern"]: each["targetOriginId"] for each in made["orderedCacheBehaviors"]} == {
        "/static/*": "assets"
    }


@pytest.mark.requirement("EPIC-EDGE-01")
def test_cloudfront_serves_the_whole_world_over_tls_under_its_own_name(program):
    made = program.one(DISTRIBUTION)
    assert made["priceClass"] == "PriceClass_All"
    assert made["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"
    (host,) = made["aliases"]
    certificates = {
        each["domainName"]: each.get("region") for each in program.of("acm/certificate:Certificate").values()
    }
    assert certificates == {host: "us-east-1", f"origin.{host}": None}
    records = {each["name"] for each in program.of("route53/record:Record").values() if each.get("aliases")}
    assert records == {host, f"origin.{host}"}


@pytest.mark.requirement("EPIC-EDGE-01")
def test_visitors_see_a_page_of_the_bucket_where_django_is_away(program):
    shown = program.one(DISTRIBUTION)["customErrorResponses"]
    assert {each["errorCode"] for each in shown} == {502, 503, 504}
    assert {each["responsePagePath"] for each in shown} == {"/static/errors/unavailable.html"}


@pytest.mark.requirement("EPIC-EDGE-03")
def test_the_load_balancer_ends_tls_and_knows_one_way_on(program):
    listeners = {each["port"]: each for each in program.of("lb/listener:Listener").values()}
    assert (listeners[443]["protocol"], listeners[443]["sslPolicy"]) == (
        "HTTPS",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    )
    assert listeners[443]["defaultActions"][0]["fixedResponse"]["statusCode"] == "403"
    assert listeners[80]["defaultActions"][0]["redirect"]["protocol"] == "HTTPS"
    rule = program.one("lb/listenerRule:ListenerRule")
    assert rule["conditions"] == [{"pathPattern": {"values": ["/*"]}}]
    assert rule["actions"][0]["targetGroupArn"] == "arn:of:TargetGroup/epicvibe-web"


@pytest.mark.requirement("EPIC-EDGE-03")
def test_the_load_balancer_asks_tasks_for_their_health_and_stands_behind_a_web_acl(program):
    group = program.one("lb/targetGroup:TargetGroup")
    assert (group["healthCheck"]["path"], group["healthCheck"]["matcher"]) == ("/health/", "200")
    association = program.one("wafv2/webAclAssociation:WebAclAssociation")
    assert association["resourceArn"] == "arn:of:LoadBalancer/epicvibe-ingress"
    assert association["webAclArn"] == "arn:of:WebAcl/epicvibe-ingress-web-acl"


@pytest.mark.requirement("EPIC-EDGE-04")
def test_web_acls_stop_common_attacks_at_the_edge_and_before_the_load_balancer(program):
    acls = program.of("wafv2/webAcl:WebAcl")
    assert {name: each["scope"] for name, each in acls.items()} == {
        "epicvibe-frontend-web-acl": "CLOUDFRONT",
        "epicvibe-ingress-web-acl": "REGIONAL",
    }
    for each in acls.values():
        rules = {rule["name"]: rule for rule in each["rules"]}
        groups = {
            rule["statement"]["managedRuleGroupStatement"]["name"]
            for rule in rules.values()
            if "managedRuleGroupStatement" in rule["statement"]
        }
        assert {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet"} <= groups
        assert rules["rate-per-client"]["action"] == {"block": {}}
    assert "only-cloudfront" in {rule["name"] for rule in acls["epicvibe-ingress-web-acl"]["rules"]}


SITE = {
    "epicvibe:site": {
        "enabled": True,
        "repository": "https://github.com/example/epicvibe-frontend",
        "token_secret": "epicvibe-production/amplify-token",
        "commands": ["npm ci", "npm run build"],
        "host": "assets.epicvibe.example",
        "variables": {"API": "https://epicvibe.example"},
    }
}


@pytest.mark.requirement("EPIC-EDGE-02")
def test_by_default_no_file_leaves_the_country(program):
    assert not [each for each in program.types() if "amplify" in each]


@pytest.mark.requirement("EPIC-EDGE-02")
def test_by_setting_amplify_builds_and_serves_the_static_files_behind_the_same_distribution():
    made = recorded("epicvibe", "production", SITE)
    app = made.one("amplify/app:App")
    assert app["repository"] == "https://github.com/example/epicvibe-frontend"
    assert json.loads(app["buildSpec"])["frontend"]["phases"]["build"]["commands"] == ["npm ci", "npm run build"]
    assert app["environmentVariables"] == {"API": "https://epicvibe.example"}
    assert made.one("amplify/branch:Branch")["branchName"] == "main"
    domain = made.one("amplify/domainAssociation:DomainAssociation")
    assert (domain["domainName"], domain["certificateSettings"]["type"]) == (
        "assets.epicvibe.example",
        "AMPLIFY_MANAGED",
    )
    assert {app["region"], domain["region"]} == {"ap-southeast-1"}
    assert origins_of(made.one(DISTRIBUTION))["assets"]["domainName"] == "assets.epicvibe.example"
