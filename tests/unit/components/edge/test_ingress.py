"""The way of a request into the cluster: who gets in, by which rule, over which protocol, to which colour."""

import json
import re

import pytest

from components.core.protection import Protection
from components.edge.dns import DnsNames, DnsNamesArgs
from components.edge.dns_settings import Dns
from components.edge.firewall import WebAcl, WebAclArgs
from components.edge.ingress import Ingress, IngressArgs
from components.edge.ingress_settings import Firewall
from components.edge.ingress_settings import Ingress as IngressSettings
from components.edge.release_settings import Release, Weights
from components.edge.target_groups import physical_name
from components.storage.bucket import Bucket, BucketArgs, Lifecycle
from layers.edge import targets
from settings import load_from_files
from tests.paths import COMPONENT_DOCS
from tests.recording import record
from tests.stacks import declared

VALUES_OF_A_RULE, WILDCARDS_OF_A_RULE = 5, 6
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""
BALANCER, LISTENER, RULE = "lb/loadBalancer:LoadBalancer", "lb/listener:Listener", "lb/listenerRule:ListenerRule"
GROUP, ACL, LOCK = "lb/targetGroup:TargetGroup", "wafv2/webAcl:WebAcl", "wafv2/ruleGroup:RuleGroup"
LOGGING = "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
ALARM = "cloudwatch/metricAlarm:MetricAlarm"
CERTIFICATE, RECORD = "acm/certificate:Certificate", "route53/record:Record"
SUBNETS = ["subnet-a", "subnet-b", "subnet-c"]
SERVICES = load_from_files("prod").services
DOCUMENTED = {"portal", "identity", "facilities", "inventory", "orders", "reports"}
PUBLIC = DOCUMENTED | {name for name, entry in declared("services", "catalogue").items() if "path" in entry}
DNS = Dns(domain="smile.example.go.id")


@pytest.fixture(scope="session")
def ingress_of(context):
    """Record an ingress with other arguments than prod's."""

    def make(*, dns=None, on=context, release=None, services=None, direct=False, entry=False, **settings):
        def program():
            names = DnsNames("smile", DnsNamesArgs(context=on, dns=dns)) if dns else None
            bucket = BucketArgs(
                context=on,
                name="smile5-logs",
                purpose="access-logs",
                data_class="confidential",
                key=None,
                lifecycle=Lifecycle(),
            )
            made = Ingress(
                "smile-ingress",
                IngressArgs(
                    context=on,
                    settings=IngressSettings(**settings),
                    targets=targets((services or SERVICES).catalogue, release or Release(), 443),
                    direct=direct,
                    vpc_id="vpc-1",
                    subnet_ids=SUBNETS,
                    security_group_ids=["sg-balancer"],
                    logs=Bucket("smile-access-logs", bucket),
                    names=names,
                    host=(dns.public if entry else dns.origin) if dns else "smile-prod.internal",
                    entry=entry,
                ),
            )
            return {"target_groups": made.target_group_arns, "secret": None if entry else made.origin_secret.current}

        return record(program)

    return make


@pytest.fixture(scope="session")
def ingress(ingress_of):
    return ingress_of()


@pytest.fixture(scope="session")
def direct(ingress_of):
    """CloudFront calls the load balancer itself."""
    return ingress_of(dns=DNS, direct=True)


def rules(acl):
    return {rule["name"]: rule for rule in acl["rules"]}


@pytest.mark.requirement("SMILE-EDGE-05")
def test_a_load_balancer_in_three_zones_takes_nothing_malformed_and_is_not_deleted_by_mistake(ingress):
    balancer = ingress.one(BALANCER)
    assert balancer["loadBalancerType"] == "application"
    assert balancer["subnets"] == SUBNETS
    assert balancer["dropInvalidHeaderFields"] is True
    assert balancer["desyncMitigationMode"] == "strictest"
    assert balancer["enableDeletionProtection"] is True
    assert balancer["enableWafFailOpen"] is False


def test_outside_prod_it_can_be_deleted(ingress_of, foundation_of):
    dev = foundation_of(protection=Protection(deletion_protection=False))
    assert ingress_of(on=dev).one(BALANCER)["enableDeletionProtection"] is False


@pytest.mark.requirement("SMILE-EDGE-03")
@pytest.mark.requirement("SMILE-EDGE-13")
def test_behind_the_api_gateway_it_is_internal_and_refuses_what_no_rule_knows(ingress):
    assert ingress.one(BALANCER)["internal"] is True
    (action,) = ingress.of(LISTENER)["smile-ingress-https"]["defaultActions"]
    assert (action["type"], action["fixedResponse"]["statusCode"]) == ("fixed-response", "403")


@pytest.mark.requirement("SMILE-EDGE-03")
@pytest.mark.requirement("SMILE-EDGE-13")
def test_called_directly_it_refuses_whoever_lacks_either_of_two_secrets(direct):
    assert direct.one(BALANCER)["internal"] is False
    (rule,) = direct.one(LOCK)["rules"]["value"]  # marked as secret, as a whole
    (either,) = rule["statement"]["notStatement"]["statements"]
    matches = [each["byteMatchStatement"] for each in either["orStatement"]["statements"]]
    assert rule["action"] == {"block": {}}
    assert {match["fieldToMatch"]["singleHeader"]["name"] for match in matches} == {"x-api-key"}
    assert {match["positionalConstraint"] for match in matches} == {"EXACTLY"}
    drawn = {f"drawn:RandomPassword/smile-ingress-origin-secret-{generation}" for generation in (0, 1)}
    assert {match["searchString"] for match in matches} == drawn
    assert direct.result["secret"] == "drawn:RandomPassword/smile-ingress-origin-secret-1"
    assert rules(direct.one(ACL))["only-cloudfront"]["priority"] == 0
    assert rules(direct.one(ACL))["only-cloudfront"]["overrideAction"] == {"none": {}}


def test_in_count_mode_the_secret_is_still_asked_for(ingress_of):
    recording = ingress_of(dns=DNS, direct=True, firewall=Firewall(mode="count"))
    assert recording.one(LOCK)["rules"]["value"][0]["action"] == {"block": {}}
    assert rules(recording.one(ACL))["only-cloudfront"]["overrideAction"] == {"none": {}}


def test_a_new_secret_leaves_the_last_one_valid(ingress_of):
    kinds = [each.name for each in ingress_of(secret_generation=7).resources if each.type.endswith("RandomPassword")]
    assert sorted(kinds) == ["smile-ingress-origin-secret-6", "smile-ingress-origin-secret-7"]


@pytest.mark.requirement("SMILE-EDGE-11")
def test_https_takes_tls_1_2_and_1_3_and_http_only_redirects(ingress):
    listeners = ingress.of(LISTENER)
    https, http = listeners["smile-ingress-https"], listeners["smile-ingress-http"]
    assert (https["protocol"], https["port"]) == ("HTTPS", 443)
    assert https["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    (action,) = http["defaultActions"]
    assert (http["port"], action["type"]) == (80, "redirect")
    assert action["redirect"] == {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}


@pytest.mark.requirement("SMILE-EDGE-12")
@pytest.mark.requirement("SMILE-EDGE-18")
def test_pods_join_by_address_are_reached_over_tls_and_asked_for_health_on_8080(ingress):
    for group in ingress.of(GROUP).values():
        assert (group["targetType"], group["protocol"], group["port"]) == ("ip", "HTTPS", 443)
        check = group["healthCheck"]
        assert (check["protocol"], check["port"], check["path"], check["matcher"]) == ("HTTP", "8080", "/health", "200")
        assert check["timeout"] < check["interval"]


@pytest.mark.requirement("SMILE-DEPLOY-07")
def test_each_public_service_has_a_blue_and_a_green_target_group(ingress):
    wanted = {f"smile-ingress-{service}-{colour}" for service in PUBLIC for colour in ("blue", "green")}
    assert set(ingress.of(GROUP)) == wanted
    names = [group["name"] for group in ingress.of(GROUP).values()]
    assert len(set(names)) == len(wanted)
    assert max(map(len, names)) <= 32
    assert set(ingress.result["target_groups"]) == PUBLIC


def test_a_target_group_on_another_port_has_another_name():
    assert physical_name("smile-prod", "orders", "blue", 443) != physical_name("smile-prod", "orders", "blue", 8443)


@pytest.mark.requirement("SMILE-DEPLOY-08")
@pytest.mark.requirement("SMILE-DEPLOY-09")
def test_a_canary_gets_its_share_by_weight_and_the_others_stay(ingress_of):
    release = Release(weights={"orders": Weights(blue=90, green=10)})
    made = ingress_of(release=release).of(RULE)
    assert weights(made["smile-ingress-orders"]) == {"blue": 90, "green": 10}
    for service in PUBLIC - {"orders"}:
        assert weights(made[f"smile-ingress-{service}"]) == {"blue": 100, "green": 0}


def weights(rule):
    (action,) = rule["actions"]
    return {group["arn"].rpartition("-")[2]: group["weight"] for group in action["forward"]["targetGroups"]}


@pytest.mark.requirement("SMILE-OBS-04")
@pytest.mark.requirement("SMILE-DEPLOY-10")
def test_each_colour_has_alarms_of_its_own(ingress):
    made = {name: each for name, each in ingress.of(ALARM).items() if "metricQueries" in each}
    kinds = ("failures", "slow", "unhealthy")
    wanted = {f"{service}-{colour}-{kind}" for service in PUBLIC for colour in ("blue", "green") for kind in kinds}
    assert set(made) == {f"smile-ingress-{each}" for each in (*wanted, "failures", "median")}
    for name, alarm in made.items():
        dimensions = [query["metric"]["dimensions"] for query in alarm["metricQueries"] if "metric" in query]
        group = name.removesuffix("-failures").removesuffix("-slow").removesuffix("-unhealthy").removesuffix("-median")
        behind = {} if group == "smile-ingress" else {"TargetGroup": f"tail:TargetGroup/{group}"}
        assert all(each == {"LoadBalancer": "tail:LoadBalancer/smile-ingress"} | behind for each in dimensions)
    names = [alarm["name"] for alarm in made.values()]
    assert len(set(names)) == len(names)


@pytest.mark.requirement("SMILE-OBS-04")
def test_dev_alone_has_none(ingress_of):
    enabled = {stack: load_from_files(stack).ingress.alarms.enabled for stack in ("dev", "staging", "prod")}
    assert enabled == {"dev": False, "staging": True, "prod": True}
    assert not ingress_of(alarms=load_from_files("dev").ingress.alarms).of(ALARM)


def test_a_rule_for_each_public_path_the_longest_first(ingress):
    made = ingress.of(RULE)
    assert set(made) == {f"smile-ingress-{service}" for service in PUBLIC}
    paths = {name: rule["conditions"][0]["pathPattern"]["values"] for name, rule in made.items()}
    assert paths["smile-ingress-orders"] == ["/api/orders", "/api/orders/*", "/live/api/orders", "/live/api/orders/*"]
    assert paths["smile-ingress-portal"] == ["/portal", "/portal/*", "/live/portal", "/live/portal/*"]
    assert max(made, key=lambda name: made[name]["priority"]) == "smile-ingress-portal"


def test_services_get_their_path_whether_or_not_the_gateway_puts_its_stage_before_it(ingress, ingress_of):
    rewrites = [rule["transforms"][0]["urlRewriteConfig"]["rewrite"] for rule in ingress.of(RULE).values()]
    for rewrite in rewrites:
        pattern, replacement = rewrite["regex"], rewrite["replace"].replace("$", "\\")
        assert re.sub(pattern, replacement, "/live/api/orders/1?of=2") == "/api/orders/1?of=2"
        assert re.sub(pattern, replacement, "/api/live/1") == "/api/live/1"
    for rule in ingress.of(RULE).values():
        values = rule["conditions"][0]["pathPattern"]["values"]
        assert len(values) <= VALUES_OF_A_RULE
        assert sum(value.count("*") for value in values) <= WILDCARDS_OF_A_RULE
    direct = ingress_of(direct=True, dns=Dns(domain="smile.example"))
    assert not any("transforms" in rule for rule in direct.of(RULE).values())
    assert not any("/live" in str(rule["conditions"]) for rule in direct.of(RULE).values())


@pytest.mark.requirement("SMILE-EDGE-07")
def test_a_regional_web_acl_stands_in_front_of_the_load_balancer(ingress):
    acl = ingress.one(ACL)
    assert acl["scope"] == "REGIONAL"
    assert "region" not in acl
    association = ingress.one("wafv2/webAclAssociation:WebAclAssociation")
    assert association["resourceArn"] == "arn:of:LoadBalancer/smile-ingress"
    assert association["webAclArn"] == "arn:of:WebAcl/smile-ingress-web-acl"


@pytest.mark.requirement("SMILE-EDGE-09")
def test_the_documented_rules_block(ingress):
    made = rules(ingress.one(ACL))
    groups = {
        rule["statement"]["managedRuleGroupStatement"]["name"]
        for rule in made.values()
        if "managedRuleGroupStatement" in rule["statement"]
    }
    assert groups == {
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesSQLiRuleSet",
        "AWSManagedRulesAmazonIpReputationList",
    }
    rate = made["rate-per-client"]["statement"]["rateBasedStatement"]
    assert (rate["limit"], rate["evaluationWindowSec"], rate["aggregateKeyType"]) == (2000, 300, "FORWARDED_IP")
    assert made["rate-per-client"]["action"] == {"block": {}}
    assert all(made[name]["overrideAction"] == {"none": {}} for name in made if name.startswith("aws-"))
    priorities = [rule["priority"] for rule in made.values()]
    assert len(set(priorities)) == len(priorities)


@pytest.mark.requirement("SMILE-EDGE-09")
def test_in_dev_they_only_count(ingress_of):
    dev = load_from_files("dev").ingress.firewall
    for rule in rules(ingress_of(firewall=dev).one(ACL)).values():
        assert {**rule.get("action", {}), **rule.get("overrideAction", {})} == {"count": {}}


def test_other_countries_are_refused_by_setting(ingress_of, ingress):
    assert "other-countries" not in rules(ingress.one(ACL))
    rule = rules(ingress_of(firewall=Firewall(countries=("ID",))).one(ACL))["other-countries"]
    assert rule["action"] == {"block": {}}
    assert rule["statement"]["notStatement"]["statement"]["geoMatchStatement"] == {
        "countryCodes": ["ID"],
        "forwardedIpConfig": {"headerName": "X-Forwarded-For", "fallbackBehavior": "NO_MATCH"},
    }


@pytest.mark.requirement("SMILE-EDGE-16")
def test_requests_and_connections_are_logged_to_the_bucket_made_for_it(ingress):
    balancer = ingress.one(BALANCER)
    for logs in (balancer["accessLogs"], balancer["connectionLogs"]):
        assert logs == {"bucket": "smile5-logs", "prefix": "load-balancers", "enabled": True}
    (policy,) = (each.urn for each in ingress.resources if each.type == "aws:s3/bucketPolicy:BucketPolicy")
    (made,) = (each for each in ingress.resources if each.type == f"aws:{BALANCER}")
    assert policy in made.dependencies


@pytest.mark.requirement("SMILE-EDGE-16")
def test_the_web_acl_logs_in_the_region_without_sessions_and_secrets(ingress, context):
    logging = ingress.one(LOGGING)
    assert logging["logDestinationConfigs"] == ["arn:of:LogGroup/smile-ingress-web-acl"]
    group = ingress.one("cloudwatch/logGroup:LogGroup")
    assert group["name"] == "aws-waf-logs-smile-prod-ingress"
    assert group["retentionInDays"] == 30
    headers = {field["singleHeader"]["name"] for field in logging["redactedFields"] if "singleHeader" in field}
    assert headers == {"authorization", "cookie", "x-api-key"}
    assert {"queryString": {}} in logging["redactedFields"]
    policy = ingress.one("cloudwatch/logResourcePolicy:LogResourcePolicy")["policyDocument"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": context.environment.account_id}


@pytest.mark.requirement("SMILE-EDGE-10")
def test_with_names_the_certificate_is_validated_by_dns(direct):
    certificate = direct.one(CERTIFICATE)
    assert (certificate["domainName"], certificate["validationMethod"]) == ("origin.smile.example.go.id", "DNS")
    assert "region" not in certificate
    proof = direct.of(RECORD)["smile-ingress-certificate"]
    assert (proof["name"], proof["type"], proof["records"]) == ("_proof", "CNAME", ["_answer"])
    validation = direct.one("acm/certificateValidation:CertificateValidation")
    assert validation["certificateArn"] == "arn:of:Certificate/smile-ingress-certificate"


def test_without_names_it_has_a_certificate_of_its_own_and_still_speaks_https(ingress):
    assert not {"domainName", "validationMethod"} & set(ingress.one(CERTIFICATE))
    (made,) = (each.inputs for each in ingress.resources if each.type.endswith("SelfSignedCert"))
    assert made["dnsNames"] == ["smile-prod.internal"]
    assert made["isCaCertificate"] is True
    assert "cert_signing" in made["allowedUses"]
    assert ingress.of(LISTENER)["smile-ingress-https"]["certificateArn"] == (
        "arn:of:Certificate/smile-ingress-certificate"
    )


@pytest.mark.requirement("SMILE-EDGE-06")
@pytest.mark.requirement("SMILE-DEPLOY-09")
def test_called_directly_its_name_is_a_weighted_alias(direct):
    record_ = direct.of(RECORD)["smile-origin-a"]
    assert (record_["name"], record_["type"]) == ("origin.smile.example.go.id", "A")
    assert record_["weightedRoutingPolicies"] == [{"weight": 100}]
    assert record_["setIdentifier"] == "smile-prod"
    assert record_["aliases"][0]["evaluateTargetHealth"] is False


def test_a_direct_entrance_without_a_name_is_refused(ingress_of):
    with pytest.raises(Exception, match="only by a name of the stack's zone"):
        ingress_of(direct=True)


def global_acl(context, **changes):
    args = WebAclArgs(context=context, firewall=Firewall(), guards="frontend", scope="CLOUDFRONT", **changes)
    return record(lambda: WebAcl("smile-frontend", args).arn)


@pytest.mark.requirement("SMILE-EDGE-08")
def test_for_a_distribution_it_lies_in_us_east_1_and_logs_to_a_bucket_in_jakarta(context):
    bucket = "arn:aws:s3:::aws-waf-logs-smile-prod"
    recording = global_acl(context, log_destination=bucket)
    assert (recording.one(ACL)["scope"], recording.one(ACL)["region"]) == ("CLOUDFRONT", "us-east-1")
    assert recording.one(LOGGING)["logDestinationConfigs"] == [bucket]
    assert recording.one(LOGGING)["region"] == "us-east-1"
    assert recording.of("cloudwatch/logGroup:LogGroup") == {}
    assert rules(recording.one(ACL))["rate-per-client"]["statement"]["rateBasedStatement"]["aggregateKeyType"] == "IP"


def test_for_a_distribution_without_a_bucket_it_is_refused(context):
    with pytest.raises(Exception, match="needs a log_destination"):
        global_acl(context)


@pytest.mark.requirement("SMILE-EDGE-03")
@pytest.mark.requirement("SMILE-EDGE-04")
def test_the_document_says_the_way_of_a_request():
    text = " ".join((COMPONENT_DOCS / "ingress.md").read_text().split())
    assert "internet, CloudFront (its name from Route 53), API gateway, load balancer with its web ACL, EKS" in text
    assert f"{Firewall().rate_limit:,} requests in 5 minutes per client" in text


def test_people_who_call_the_load_balancer_themselves_need_no_secret_and_are_told_apart_by_address(ingress_of):
    made = ingress_of(dns=DNS, direct=True, entry=True)
    assert made.one(ACL)
    limit = rules(made.one(ACL))["rate-per-client"]["statement"]["rateBasedStatement"]
    assert limit["aggregateKeyType"] == "IP"
    assert not made.of(LOCK)
    assert not [each for each in made.types() if each.startswith("random:")]
    names = {each["name"] for each in made.of(RECORD).values() if each.get("aliases")}
    assert names == {"smile.example.go.id"}


def test_people_call_no_load_balancer_that_is_in_the_vpc_alone(ingress_of):
    with pytest.raises(ValueError, match="entry takes direct"):
        ingress_of(dns=DNS, entry=True)


def test_a_client_stays_with_its_pod_by_setting_alone(ingress, ingress_of):
    group = "lb/targetGroup:TargetGroup"
    assert all("stickiness" not in each for each in ingress.of(group).values())
    for each in ingress_of(sticky_seconds=60).of(group).values():
        assert each["stickiness"] == {"type": "lb_cookie", "enabled": True, "cookieDuration": 60}


def test_a_path_for_some_callers_is_closed_to_all_others_even_where_rules_only_count(context):
    def program():
        firewall = Firewall(mode="count", restricted_paths={"/hooks": ("192.30.252.0/22",)})
        args = WebAclArgs(
            context=context, firewall=firewall, guards="frontend", scope="CLOUDFRONT", log_destination="arn:aws:s3:::l"
        )
        WebAcl("smile-acl", args)

    made = record(program)
    addresses = made.one("wafv2/ipSet:IpSet")
    assert (addresses["addresses"], addresses["region"]) == (["192.30.252.0/22"], "us-east-1")
    rule = next(each for each in made.one("wafv2/webAcl:WebAcl")["rules"] if each["name"] == "callers-of-hooks")
    assert rule["action"] == {"block": {}}
    path, strangers = rule["statement"]["andStatement"]["statements"]
    assert path["byteMatchStatement"]["searchString"] == "/hooks"
    assert {each["type"] for each in path["byteMatchStatement"]["textTransformations"]} == {
        "URL_DECODE",
        "NORMALIZE_PATH",
        "LOWERCASE",
    }
    assert strangers["notStatement"]["statement"]["ipSetReferenceStatement"]["arn"] == (
        "arn:of:IpSet/smile-acl-callers-of-hooks"
    )
