"""The way from the public to the gateway service: names, CloudFront, web ACLs, Shield, the load balancer."""

import pytest

DISTRIBUTION, ACL = "cloudfront/distribution:Distribution", "wafv2/webAcl:WebAcl"


def public_records(program):
    return {
        name: each
        for name, each in program.of("route53/record:Record").items()
        if each["name"] == "learninghub.example" and each.get("aliases")
    }


@pytest.mark.requirement("LH-EDGE-01")
def test_the_zone_is_the_platforms_and_its_public_name_fails_over_by_health(prod):
    assert prod.one("route53/zone:Zone")["name"] == "learninghub.example"
    check = prod.one("route53/healthCheck:HealthCheck")
    assert (check["type"], check["fqdn"]) == ("HTTPS", "learninghub.example")
    records = public_records(prod)
    assert {each["type"] for each in records.values()} == {"A", "AAAA"}
    for each in records.values():
        assert each["failoverRoutingPolicies"] == [{"type": "PRIMARY"}]
        assert each["healthCheckId"] == "HealthCheck/learninghub"


@pytest.mark.requirement("LH-EDGE-01")
def test_by_setting_names_are_answered_by_where_visitors_are(hosted):
    places = {each["geolocationRoutingPolicies"][0]["country"] for each in public_records(hosted).values()}
    assert places == {"ID", "*"}
    identifiers = [(each["type"], each["setIdentifier"]) for each in public_records(hosted).values()]
    assert len(set(identifiers)) == len(identifiers) == 4


@pytest.mark.requirement("LH-EDGE-02")
def test_cloudfront_has_static_files_media_and_the_api_as_its_origins(prod):
    made = prod.one(DISTRIBUTION)
    origins = {each["originId"]: each for each in made["origins"]["value"]}
    assert set(origins) == {"assets", "media", "api"}
    assert origins["api"]["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    for bucket in ("assets", "media"):
        assert origins[bucket]["originAccessControlId"].startswith("OriginAccessControl/")
    behaviours = {each["pathPattern"]: each["targetOriginId"] for each in made["orderedCacheBehaviors"]}
    assert behaviours == {"/api": "api", "/api/*": "api", "/media/*": "media", "/static/*": "assets"}
    assert made["defaultCacheBehavior"]["targetOriginId"] == "assets"


@pytest.mark.requirement("LH-EDGE-02")
def test_static_files_and_media_are_kept_for_a_day_and_answers_of_the_api_nowhere(prod):
    policies = prod.of("cloudfront/cachePolicy:CachePolicy")
    assert policies["learninghub-frontend-hashed"]["defaultTtl"] == 86400
    assert policies["learninghub-frontend-media"]["defaultTtl"] == 86400
    api = next(each for each in prod.one(DISTRIBUTION)["orderedCacheBehaviors"] if each["pathPattern"] == "/api/*")
    assert api["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # Managed-CachingDisabled


@pytest.mark.requirement("LH-EDGE-03")
def test_web_acls_stop_injection_scripts_floods_and_strangers_at_the_webhook(prod):
    acls = {each["scope"]: each for each in prod.of(ACL).values()}
    assert set(acls) == {"CLOUDFRONT", "REGIONAL"}
    for acl in acls.values():
        rules = {rule["name"]: rule for rule in acl["rules"]}
        groups = {
            rule["statement"]["managedRuleGroupStatement"]["name"]
            for rule in rules.values()
            if "managedRuleGroupStatement" in rule["statement"]
        }
        # the common group has the rules against cross-site scripting
        assert {
            "AWSManagedRulesCommonRuleSet",
            "AWSManagedRulesKnownBadInputsRuleSet",
            "AWSManagedRulesSQLiRuleSet",
        } <= groups
        assert rules["rate-per-client"]["action"] == {"block": {}}
    assert "only-cloudfront" in {rule["name"] for rule in acls["REGIONAL"]["rules"]}
    own = next(rule for rule in acls["CLOUDFRONT"]["rules"] if rule["name"] == "callers-of-github-webhook")
    assert own["action"] == {"block": {}}


@pytest.mark.requirement("LH-EDGE-04")
def test_shield_advanced_is_off_unless_somebody_approved_it(prod, hosted):
    assert not [each for each in prod.types() if "shield" in each]
    assert hosted.one("shield/subscription:Subscription")["autoRenew"] == "DISABLED"
    assert {each["resourceArn"] for each in hosted.of("shield/protection:Protection").values()} == {
        "arn:of:Distribution/learninghub-frontend",
        "arn:of:LoadBalancer/learninghub-ingress",
    }


@pytest.mark.requirement("LH-EDGE-05")
def test_the_load_balancer_ends_tls_drains_connections_and_keeps_a_client_with_its_pod(prod):
    group = prod.one("lb/targetGroup:TargetGroup")
    assert group["stickiness"] == {"type": "lb_cookie", "enabled": True, "cookieDuration": 3600}
    assert group["deregistrationDelay"] == 60
    assert (group["healthCheck"]["path"], group["healthCheck"]["port"]) == ("/health", "8080")
    rule = prod.one("lb/listenerRule:ListenerRule")
    assert rule["conditions"] == [{"pathPattern": {"values": ["/api", "/api/*"]}}]


@pytest.mark.requirement("LH-EDGE-06")
def test_tls_1_3_is_preferred_and_by_setting_all_that_visitors_may_use(prod, hosted):
    listeners = {each["port"]: each for each in prod.of("lb/listener:Listener").values()}
    assert listeners[443]["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-")
    assert prod.one(DISTRIBUTION)["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"
    assert hosted.one(DISTRIBUTION)["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.3_2025"
    hosts = {each["domainName"] for each in prod.of("acm/certificate:Certificate").values()}
    assert hosts == {"learninghub.example", "origin.learninghub.example"}


@pytest.mark.requirement("LH-EXT-04")
def test_pages_may_load_their_own_and_stripe_and_browsers_upload_from_the_site_alone(prod):
    pages = prod.of("cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")["learninghub-frontend-pages"]
    policy = pages["securityHeadersConfig"]["contentSecurityPolicy"]["contentSecurityPolicy"]
    assert policy.startswith("default-src 'self'")
    assert "https://js.stripe.com" in policy
    cors = prod.one("s3/bucketCorsConfiguration:BucketCorsConfiguration")
    assert {origin for rule in cors["corsRules"] for origin in rule["allowedOrigins"]} == {
        "https://learninghub.example"
    }
