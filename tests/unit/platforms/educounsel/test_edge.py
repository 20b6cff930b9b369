"""How people reach Educounsel: names, certificates, load balancer, CloudFront."""

import json

import pytest

from tests.unit.platforms.conftest import recorded, settings_of
from tests.unit.platforms.educounsel.conftest import boots, told

DISTRIBUTION, RECORD = "cloudfront/distribution:Distribution", "route53/record:Record"
DAY = 86_400
ANOTHER = """\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEo4f5s0yRk0mPqRj5g1h5l6N3yB7v
1oUQk1dCzYw3o7x4rQv0fQ1nS4w7z2m5j8u9b0c1d2e3f4a5b6c7d8e9fA==
-----END PUBLIC KEY-----
"""


def behaviours(recording):
    """Path -> behaviour."""
    return {each["pathPattern"]: each for each in recording.one(DISTRIBUTION)["orderedCacheBehaviors"]}


@pytest.mark.requirement("EDU-EDGE-01")
def test_the_domain_leads_to_the_load_balancer_and_its_name_for_files_to_cloudfront(program):
    """OP-EDU-01."""
    assert program.one("route53/zone:Zone")["name"] == "educounsel.example"
    aliases = {each["name"]: name for name, each in program.of(RECORD).items() if each.get("aliases")}
    assert set(aliases) == {"educounsel.example", "files.educounsel.example"}
    public = program.of(RECORD)["educounsel-public-a"]
    assert (public["name"], public["type"]) == ("educounsel.example", "A")
    assert {
        (each["name"], each["type"])
        for name, each in program.of(RECORD).items()
        if name.startswith("educounsel-files-a")
    } == {("files.educounsel.example", "A"), ("files.educounsel.example", "AAAA")}


@pytest.mark.requirement("EDU-EDGE-02")
def test_the_load_balancer_ends_tls_and_spreads_requests_evenly_over_instances_that_pass_checks(program):
    balancer = program.one("lb/loadBalancer:LoadBalancer")
    assert (balancer["internal"], balancer["enableCrossZoneLoadBalancing"]) == (False, True)
    assert balancer["subnets"] == [f"Subnet/educounsel-public-{zone}" for zone in "ab"]
    listeners = program.of("lb/listener:Listener")
    assert (
        listeners["educounsel-ingress-https"]["certificateArn"] == "arn:of:Certificate/educounsel-ingress-certificate"
    )
    group = program.one("lb/targetGroup:TargetGroup")
    assert (group["targetType"], group["healthCheck"]["interval"], group["healthCheck"]["path"]) == (
        "instance",
        30,
        "/up",
    )
    assert "loadBalancingAlgorithmType" not in group  # round robin, which is AWS's own
    assert program.one("lb/listenerRule:ListenerRule")["conditions"] == [{"pathPattern": {"values": ["/*"]}}]


@pytest.mark.requirement("EDU-EDGE-02")
def test_people_call_the_load_balancer_themselves_and_its_web_acl_counts_them_by_address(program):
    acls = program.of("wafv2/webAcl:WebAcl")
    assert {name: each["scope"] for name, each in acls.items()} == {
        "educounsel-files-web-acl": "CLOUDFRONT",
        "educounsel-ingress-web-acl": "REGIONAL",
    }
    rules = {rule["name"]: rule for rule in acls["educounsel-ingress-web-acl"]["rules"]}
    assert rules["rate-per-client"]["statement"]["rateBasedStatement"]["aggregateKeyType"] == "IP"
    assert "only-cloudfront" not in rules
    assert not program.of("wafv2/ruleGroup:RuleGroup")


@pytest.mark.requirement("EDU-EDGE-03")
def test_all_https_has_certificates_that_acm_validates_by_dns(program):
    certificates = program.of("acm/certificate:Certificate")
    assert {each["domainName"]: each.get("region") for each in certificates.values()} == {
        "educounsel.example": None,
        "files.educounsel.example": "us-east-1",
    }
    assert {each["validationMethod"] for each in certificates.values()} == {"DNS"}
    assert set(program.of("acm/certificateValidation:CertificateValidation")) == set(certificates)


@pytest.mark.requirement("EDU-EDGE-04")
def test_edges_keep_static_assets_and_files_for_a_week_and_thumbnails_for_a_month(program):
    policies = program.of("cloudfront/cachePolicy:CachePolicy")
    kept = {
        path: policies[each["cachePolicyId"].removeprefix("CachePolicy/")] for path, each in behaviours(program).items()
    }
    assert {path: (each["minTtl"], each["defaultTtl"], each["maxTtl"]) for path, each in kept.items()} == {
        "/static/*": (7 * DAY,) * 3,
        "/materi/thumbnails/*": (30 * DAY,) * 3,
        "/materi/files/*": (7 * DAY,) * 3,
    }


@pytest.mark.requirement("EDU-EDGE-05")
def test_files_take_a_signature_of_the_stacks_keys_and_nothing_else_does(program):
    trusted = {path: each.get("trustedKeyGroups") for path, each in behaviours(program).items()}
    assert trusted == {
        "/static/*": None,
        "/materi/thumbnails/*": None,
        "/materi/files/*": ["KeyGroup/educounsel-files-keys"],
    }
    assert program.one("cloudfront/keyGroup:KeyGroup")["items"] == ["PublicKey/educounsel-files-keys-first"]
    # The private key is a secret that people write; the program has none.
    secrets = {each["name"] for each in program.of("secretsmanager/secret:Secret").values()}
    assert "educounsel-prod/external/url-signing-key" in secrets
    assert "PRIVATE KEY" not in json.dumps([each.inputs for each in program.resources], default=str)
    assert told(boots(program)["web"])["CLOUDFRONT_KEY_PAIR_ID"] == "PublicKey/educounsel-files-keys-first"


@pytest.mark.requirement("EDU-EDGE-05")
def test_a_rotation_has_both_keys_valid_while_the_new_one_signs():
    first = settings_of("educounsel", "prod").files.signing_keys["first"]
    changes = {"educounsel:files": {"signing_keys": {"first": first, "second": ANOTHER}, "signing_key": "second"}}
    made = recorded("educounsel", "prod", changes)
    assert made.one("cloudfront/keyGroup:KeyGroup")["items"] == [
        "PublicKey/educounsel-files-keys-first",
        "PublicKey/educounsel-files-keys-second",
    ]
    assert told(boots(made)["web"])["CLOUDFRONT_KEY_PAIR_ID"] == "PublicKey/educounsel-files-keys-second"


@pytest.mark.requirement("EDU-EDGE-06")
@pytest.mark.parametrize("role", ["web", "worker"])
def test_instances_may_invalidate_the_files_of_this_distribution_alone(program, role):
    granted = program.permissions(f"educounsel-{role}-instance")
    invalidates = [each for each in granted.values() if "cloudfront:CreateInvalidation" in each["Action"]]
    assert [each["Resource"] for each in invalidates] == [["arn:of:Distribution/educounsel-files"]]
    assert told(boots(program)[role])["CLOUDFRONT_DISTRIBUTION"] == "Distribution/educounsel-files"


@pytest.mark.requirement("EDU-PERF-02")
def test_hits_and_misses_at_edges_can_be_told_apart_with_the_time_that_each_took(program):
    fields = program.one("cloudwatch/logDelivery:LogDelivery")["recordFields"]
    assert {"x-edge-result-type", "time-taken", "time-to-first-byte", "x-edge-location"} <= set(fields)
