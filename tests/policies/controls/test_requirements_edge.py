"""What the documents ask of the edge, held against it by the packs: the way in as asked, then one fault each."""

from copy import deepcopy

import pytest

from settings import loader
from settings.pack_configuration import pack_configuration

PROVIDER = {"properties": {"region": "ap-southeast-3", "allowedAccountIds": '["111122223333"]'}}
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/1"
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
UNKNOWN_ARN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # as the engine writes what is known after deployment only
KNOWN_BAD = {"managedRuleGroupStatement": {"vendorName": "AWS", "name": "AWSManagedRulesKnownBadInputsRuleSet"}}


def behaviour(**about):
    return {"viewerProtocolPolicy": "redirect-to-https", "responseHeadersPolicyId": "headers", **about}


def edge():
    """The way in as asked: name -> type, properties and what they depend on."""
    return {
        "balancer": ("aws:lb/loadBalancer:LoadBalancer", {"internal": False, "dropInvalidHeaderFields": True}),
        "tls": (
            "aws:lb/listener:Listener",
            {"port": 443, "protocol": "HTTPS", "sslPolicy": TLS_POLICY, "defaultActions": [{"type": "fixed-response"}]},
        ),
        "plain": (
            "aws:lb/listener:Listener",
            {
                "port": 80,
                "protocol": "HTTP",
                "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443"}}],
            },
        ),
        "targets": ("aws:lb/targetGroup:TargetGroup", {"protocol": "HTTPS", "healthCheck": {"path": "/health"}}),
        "acl": (
            "aws:wafv2/webAcl:WebAcl",
            {
                "scope": "REGIONAL",
                "defaultAction": {"allow": {}},
                "rules": [
                    {"name": "bad", "overrideAction": {"none": {}}, "statement": KNOWN_BAD},
                    {"name": "rate", "action": {"block": {}}, "statement": {"rateBasedStatement": {"limit": 2000}}},
                ],
            },
        ),
        "guard": (
            "aws:wafv2/webAclAssociation:WebAclAssociation",
            {"resourceArn": UNKNOWN_ARN, "webAclArn": UNKNOWN_ARN},
            {"resourceArn": ["balancer"], "webAclArn": ["acl"]},
        ),
        "site": (
            "aws:cloudfront/distribution:Distribution",
            {
                "enabled": True,
                "aliases": ["smile.example.go.id"],
                "defaultRootObject": "index.html",
                "defaultCacheBehavior": behaviour(),
                "orderedCacheBehaviors": [behaviour(pathPattern="/api/*")],
                "origins": [
                    {"domainName": "smile5-assets.s3.ap-southeast-3.amazonaws.com", "originAccessControlId": "a"},
                    {
                        "domainName": "origin.smile.example.go.id",
                        "customOriginConfig": {"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"]},
                    },
                ],
                "viewerCertificate": {
                    "acmCertificateArn": CERTIFICATE,
                    "minimumProtocolVersion": "TLSv1.2_2021",
                    "sslSupportMethod": "sni-only",
                },
            },
        ),
        "name": ("aws:apigateway/domainName:DomainName", {"securityPolicy": "TLS_1_2"}),
    }


def stack(name=None, change=None):
    """The whole edge, after ``change`` of the properties of one part."""
    parts = deepcopy(edge())
    if change is not None:
        change(parts[name][1])
    return {
        "resources": [
            {
                "type": type_,
                "name": each,
                "provider": PROVIDER,
                "properties": properties,
                "outputs": {"arn": UNKNOWN_ARN},
                "dependencies": dependencies[0] if dependencies else {},
            }
            for each, (type_, properties, *dependencies) in parts.items()
        ]
    }


def setting(path, value):
    """A change that sets the property at ``path``."""

    def change(properties):
        *steps, last = path
        for step in steps:
            properties = properties[step]
        properties[last] = value

    return change


TLS_CONTROLS = [
    *(f"ENC-ALB-00{number}" for number in range(1, 6)),
    *(f"ENC-CLOUDFRONT-00{number}" for number in range(1, 7)),
    "ENC-APIGATEWAY-001",
]


@pytest.mark.parametrize("control_id", [*TLS_CONTROLS, "LP-ALB-001", "LP-WAF-001", "LP-WAF-002", "LP-WAF-003"])
def test_the_edge_as_asked_passes(judge, control_id):
    assert judge(control_id, stack()).diagnostics == ()


@pytest.mark.requirement("SMILE-EDGE-11")
@pytest.mark.requirement("SMILE-SEC-24")
@pytest.mark.parametrize(
    ("control_id", "name", "path", "value"),
    [
        ("ENC-ALB-001", "plain", ["defaultActions"], [{"type": "forward"}]),
        ("ENC-ALB-002", "tls", ["sslPolicy"], "ELBSecurityPolicy-2016-08"),
        ("ENC-ALB-003", "tls", ["sslPolicy"], "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06"),
        ("ENC-ALB-004", "plain", ["defaultActions", 0, "redirect", "protocol"], "HTTP"),
        ("ENC-ALB-005", "targets", ["protocol"], "HTTP"),
        ("ENC-CLOUDFRONT-001", "site", ["defaultCacheBehavior", "viewerProtocolPolicy"], "allow-all"),
        ("ENC-CLOUDFRONT-001", "site", ["orderedCacheBehaviors", 0, "viewerProtocolPolicy"], "allow-all"),
        ("ENC-CLOUDFRONT-002", "site", ["viewerCertificate", "minimumProtocolVersion"], "TLSv1.2_2019"),
        ("ENC-CLOUDFRONT-003", "site", ["viewerCertificate"], {"cloudfrontDefaultCertificate": True}),
        ("ENC-CLOUDFRONT-004", "site", ["viewerCertificate", "sslSupportMethod"], "vip"),
        ("ENC-CLOUDFRONT-005", "site", ["origins", 1, "customOriginConfig", "originProtocolPolicy"], "http-only"),
        ("ENC-CLOUDFRONT-006", "site", ["origins", 1, "customOriginConfig", "originSslProtocols"], ["TLSv1"]),
        ("ENC-APIGATEWAY-001", "name", ["securityPolicy"], "TLS_1_0"),
    ],
)
def test_a_way_in_that_is_plain_or_offers_old_tls_fails(judge, control_id, name, path, value):
    assert judge(control_id, stack(name, setting(path, value))).violations


@pytest.mark.requirement("SMILE-EDGE-07")
def test_a_public_load_balancer_without_a_web_acl_fails(judge):
    unguarded = stack()
    unguarded["resources"] = [each for each in unguarded["resources"] if each["name"] != "guard"]
    assert judge("LP-ALB-001", unguarded).violations
    assert judge("LP-ALB-001", stack("balancer", setting(["internal"], value=True))).violations == []


@pytest.mark.requirement("SMILE-EDGE-07")
@pytest.mark.parametrize(
    ("control_id", "path", "value"),
    [
        ("LP-WAF-001", ["rules"], []),
        ("LP-WAF-002", ["rules", 0, "overrideAction"], {"count": {}}),
        ("LP-WAF-003", ["rules", 1, "action"], {"count": {}}),
    ],
)
def test_a_web_acl_that_stops_nothing_fails(judge, control_id, path, value):
    assert judge(control_id, stack("acl", setting(path, value))).violations


@pytest.mark.parametrize("stack_name", loader.stacks())
@pytest.mark.requirement("SMILE-EDGE-11")
def test_no_stack_switches_the_controls_on_tls_off(stack_name):
    configuration = pack_configuration(loader.from_files(stack_name))
    levels = {id_: configuration[id_]["enforcementLevel"] for id_ in TLS_CONTROLS if id_ in configuration}
    assert set(levels.values()) == {"mandatory"}
