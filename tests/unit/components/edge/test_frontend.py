"""The distribution, as a program registers it."""

import json
import re
import shutil
import subprocess

import pytest

from components.core.settings.problems import SettingsError
from components.edge.dns import DnsNames, DnsNamesArgs
from components.edge.dns_settings import Dns
from components.edge.frontend import ApiOrigin, Frontend, FrontendArgs
from components.edge.frontend_behaviours import TO_INDEX
from components.edge.frontend_settings import Frontend as FrontendSettings
from components.edge.frontend_settings import api_patterns
from components.edge.ingress_settings import Firewall
from components.storage.bucket_policy import DISTRIBUTIONS
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from settings import load_from_files
from settings.pack_configuration import pack_configuration
from tests.paths import COMPONENT_DOCS
from tests.recording import record

ACCOUNT = "123456789012"
SECRET = "a-value-that-only-cloudfront-knows"
DISTRIBUTION = "cloudfront/distribution:Distribution"
HEADERS = "cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
CACHE = "cloudfront/cachePolicy:CachePolicy"
WEB_ACL = "wafv2/webAcl:WebAcl"
POLICY = "s3/bucketPolicy:BucketPolicy"


@pytest.fixture(scope="module")
def frontend_of(context):
    """Record the distribution, with the buckets that it needs."""

    def make(domain=None, path="/live", services=("/api/orders", "/api/reports"), given=None, **settings):
        def program():
            storage = ObjectStorage(
                "smile",
                ObjectStorageArgs(context=context, settings=load_from_files("prod").storage, policy_later=["assets"]),
            )
            dns = Dns(domain=domain)
            names = DnsNames("smile", DnsNamesArgs(context=context, dns=dns)) if domain else None
            frontend = Frontend(
                "smile",
                FrontendArgs(
                    context=context,
                    settings=FrontendSettings(**settings),
                    firewall=Firewall(),
                    assets=storage.buckets["assets"],
                    documents_bucket=storage.bucket_name("documents"),
                    logs=storage.buckets["logs"],
                    firewall_logs=storage.buckets["firewall-logs"],
                    api=ApiOrigin(host="api.example", path=path, secret=SECRET, paths=services),
                    names=names,
                    host=dns.public,
                    **(given or {}),
                ),
            )
            return {"arn": frontend.distribution_arn, "id": frontend.distribution_id, "host": frontend.host}

        return record(program)

    return make


@pytest.fixture(scope="module")
def frontend(frontend_of):
    return frontend_of()


@pytest.fixture(scope="module")
def distribution(frontend):
    return frontend.one(DISTRIBUTION)


def behaviours(distribution):
    """Path pattern -> behaviour."""
    default = {"*": distribution["defaultCacheBehavior"]}
    return default | {each["pathPattern"]: each for each in distribution["orderedCacheBehaviors"]}


def policy_of(recording, kind, behaviour, key):
    """The policy that a behaviour names."""
    name = behaviour[key].rpartition("/")[2]
    return recording.of(kind)[name]


@pytest.mark.requirement("SMILE-EDGE-01")
def test_a_distribution_stands_in_front_of_pages_and_api(distribution, frontend):
    assert distribution["enabled"] is True
    assert {each["originId"] for each in distribution["origins"]} == {"assets", "api"}
    assert (distribution["httpVersion"], distribution["isIpv6Enabled"]) == ("http2and3", True)
    assert frontend.result["arn"].endswith("Distribution/smile")


@pytest.mark.requirement("SMILE-S3-06")
def test_pages_come_from_the_private_bucket_which_it_alone_reads(distribution, frontend):
    (assets,) = [each for each in distribution["origins"] if each["originId"] == "assets"]
    assert assets["originAccessControlId"] == "OriginAccessControl/smile"
    access = frontend.one("cloudfront/originAccessControl:OriginAccessControl")
    assert (access["originAccessControlOriginType"], access["signingBehavior"]) == ("s3", "always")
    assert "customOriginConfig" not in assets
    policy = json.loads(frontend.of(POLICY)["smile-assets"]["policy"])
    (allowed,) = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Action"] == ["s3:GetObject"]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceArn": "arn:of:Distribution/smile"}}
    assert not [each for each in frontend.types() if "Website" in each]


@pytest.mark.requirement("SMILE-EDGE-02")
def test_pages_are_asked_for_each_time_and_hashed_files_are_kept_for_a_year(distribution, frontend):
    assert distribution["defaultRootObject"] == "index.html"
    assert "customErrorResponses" not in distribution
    ages = {"*": (0, 0, 1), "/assets/*": (0, 31536000, 31536000), "/static/*": (0, 31536000, 31536000)}
    keep = dict.fromkeys(ages, "public, max-age=31536000, immutable") | {"*": "no-cache"}
    for path, age in ages.items():
        behaviour = behaviours(distribution)[path]
        assert behaviour["compress"] is True
        policy = policy_of(frontend, CACHE, behaviour, "cachePolicyId")
        assert (policy["minTtl"], policy["defaultTtl"], policy["maxTtl"]) == age
        asked = policy["parametersInCacheKeyAndForwardedToOrigin"]
        assert [asked["enableAcceptEncodingBrotli"], asked["enableAcceptEncodingGzip"]] == [True, True]
        assert asked["cookiesConfig"] == {"cookieBehavior": "none"}
        headers = policy_of(frontend, HEADERS, behaviour, "responseHeadersPolicyId")
        sent = {each["header"]: each["value"] for each in headers["customHeadersConfig"]["items"]}
        assert sent["Cache-Control"] == keep[path]


@pytest.mark.requirement("SMILE-EDGE-02")
def test_only_pages_pass_the_function_that_leads_to_index(distribution):
    with_function = {path for path, each in behaviours(distribution).items() if each.get("functionAssociations")}
    assert with_function == {"*"}
    (association,) = distribution["defaultCacheBehavior"]["functionAssociations"]
    assert association == {"eventType": "viewer-request", "functionArn": "arn:of:Function/smile-to-index"}


@pytest.mark.requirement("SMILE-EDGE-02")
@pytest.mark.skipif(shutil.which("node") is None, reason="CloudFront functions are JavaScript: needs node")
def test_application_paths_lead_to_index_and_files_to_themselves():
    paths = {
        "/": "/index.html",
        "/orders/42": "/index.html",
        "/v1.2/orders": "/index.html",
        "/favicon.ico": "/favicon.ico",
        "/index.html": "/index.html",
    }
    call = f"console.log(JSON.stringify({json.dumps(list(paths))}.map(uri => handler({{request: {{uri}}}}).uri)))"
    done = subprocess.run(["node", "-e", TO_INDEX + call], capture_output=True, text=True, check=True)
    assert dict(zip(paths, json.loads(done.stdout), strict=True)) == paths


@pytest.mark.requirement("SMILE-EDGE-14")
def test_answers_of_the_api_are_kept_nowhere(distribution, frontend):
    api = behaviours(distribution)["/api/*"]
    assert distribution["orderedCacheBehaviors"][0] == api
    assert api["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert api["originRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert {"POST", "PUT", "PATCH", "DELETE"} < set(api["allowedMethods"])
    headers = policy_of(frontend, HEADERS, api, "responseHeadersPolicyId")
    assert {"header": "Cache-Control", "value": "no-store", "override": True} in headers["customHeadersConfig"]["items"]
    for path, behaviour in behaviours(distribution).items():
        assert (behaviour["targetOriginId"] == "api") is (path == "/api/*")


@pytest.mark.parametrize(
    ("paths", "patterns"),
    [
        (["/api/orders", "/api/reports"], ["/api/*"]),
        (["/api"], ["/api", "/api/*"]),
        (["/reports", "/api/orders/v2"], ["/api/*", "/reports", "/reports/*"]),
        ([], []),
    ],
)
def test_paths_of_services_lead_to_them(paths, patterns):
    assert api_patterns(paths) == patterns


def test_the_api_knows_cloudfront_by_its_secret_and_is_called_with_tls(distribution):
    (api,) = [each for each in distribution["origins"] if each["originId"] == "api"]
    assert (api["domainName"], api["originPath"]) == ("api.example", "/live")
    assert api["customHeaders"] == [{"name": "x-api-key", "value": SECRET}]
    assert api["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    assert api["customOriginConfig"]["originSslProtocols"] == ["TLSv1.2"]
    assert api["customOriginConfig"]["originReadTimeout"] > load_from_files("prod").api.timeout_seconds


@pytest.mark.requirement("SMILE-EDGE-08")
def test_a_web_acl_of_the_edge_stands_in_front_outside_dev(frontend, distribution, frontend_of):
    acl = frontend.one(WEB_ACL)
    assert (acl["scope"], acl["region"]) == ("CLOUDFRONT", "us-east-1")
    assert distribution["webAclId"] == "arn:of:WebAcl/smile-web-acl"
    without = frontend_of(web_acl=False)
    assert not without.of(WEB_ACL)
    assert "webAclId" not in without.one(DISTRIBUTION)
    wanted = {stack: load_from_files(stack).frontend.web_acl for stack in ("dev", "staging", "prod")}
    assert wanted == {"dev": False, "staging": True, "prod": True}


@pytest.mark.requirement("SMILE-EDGE-15")
def test_edge_locations_of_asia_serve(distribution, frontend_of, mistakes):
    assert distribution["priceClass"] == "PriceClass_200"
    assert frontend_of(price_class="PriceClass_All").one(DISTRIBUTION)["priceClass"] == "PriceClass_All"
    (line,) = mistakes("config: {smile:frontend: {price_class: PriceClass_100}}")
    assert "smile:frontend.price_class" in line
    assert "PriceClass_200, PriceClass_All" in line


@pytest.mark.requirement("SMILE-EDGE-16")
def test_logs_go_to_jakarta_without_what_identifies_a_session(frontend, distribution):
    assert "loggingConfig" not in distribution
    bucket = f"arn:aws:s3:::smile5-logs-prod-{ACCOUNT}"
    destination = frontend.one("cloudwatch/logDeliveryDestination:LogDeliveryDestination")
    target = destination["deliveryDestinationConfiguration"]["destinationResourceArn"]
    assert target == f"{bucket}/{DISTRIBUTIONS}"
    source = frontend.one("cloudwatch/logDeliverySource:LogDeliverySource")
    assert (source["resourceArn"], source["logType"]) == ("arn:of:Distribution/smile", "ACCESS_LOGS")
    delivery = frontend.one("cloudwatch/logDelivery:LogDelivery")
    assert {each["region"] for each in (source, destination, delivery)} == {"us-east-1"}
    assert not {"cs(Cookie)", "cs-uri-query", "cs(Referer)"} & set(delivery["recordFields"])
    policy = json.loads(frontend.of(POLICY)["smile-logs"]["policy"])
    (taken,) = [each for each in policy["Statement"] if each["Sid"] == "DistributionsLogRequests"]
    assert taken["Resource"] == [f"{bucket}/{DISTRIBUTIONS}/*"]
    assert taken["Condition"]["ArnLike"] == {"aws:SourceArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-source:*"}
    logging = frontend.one("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
    assert logging["logDestinationConfigs"] == [f"arn:aws:s3:::aws-waf-logs-smile5-prod-{ACCOUNT}"]


def test_nothing_lies_outside_jakarta_but_what_cloudfront_needs(frontend):
    """The exceptions that OP-S-17 allows; none of them holds data."""
    abroad = {each.type for each in frontend.resources if each.inputs.get("region") == "us-east-1"}
    assert abroad == {
        f"aws:{WEB_ACL}",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        "aws:cloudwatch/logDelivery:LogDelivery",
    }


@pytest.mark.requirement("SMILE-EDGE-17")
def test_every_answer_carries_security_headers(distribution, frontend):
    for behaviour in behaviours(distribution).values():
        security = policy_of(frontend, HEADERS, behaviour, "responseHeadersPolicyId")["securityHeadersConfig"]
        assert all(each["override"] for each in security.values())
        assert security["frameOptions"]["frameOption"] == "DENY"
        assert security["strictTransportSecurity"]["accessControlMaxAgeSec"] >= 31536000
        assert "contentTypeOptions" in security
        csp = security["contentSecurityPolicy"]["contentSecurityPolicy"]
        assert "default-src 'self'" in csp
        assert "unsafe" not in csp
        assert f"connect-src 'self' https://smile5-documents-prod-{ACCOUNT}.s3.ap-southeast-3.amazonaws.com" in csp


def test_pages_may_load_what_the_settings_add(frontend_of):
    recording = frontend_of(sources={"img-src": ("https://maps.example.org",)})
    for each in recording.of(HEADERS).values():
        csp = each["securityHeadersConfig"]["contentSecurityPolicy"]["contentSecurityPolicy"]
        (images,) = re.findall(r"img-src ([^;]*)", csp)
        assert images.split()[-1] == "https://maps.example.org"
        assert csp.count("https://maps.example.org") == 1


def test_only_named_countries_are_served(distribution, frontend_of):
    assert distribution["restrictions"]["geoRestriction"] == {"restrictionType": "none", "locations": []}
    restricted = frontend_of(countries=("ID",)).one(DISTRIBUTION)["restrictions"]["geoRestriction"]
    assert restricted == {"restrictionType": "whitelist", "locations": ["ID"]}


def test_it_works_without_names(distribution):
    assert distribution["aliases"] == []
    assert distribution["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}


def test_with_names_it_is_found_under_the_public_one(frontend_of):
    recording = frontend_of(domain="smile.example.go.id", path="")
    distribution = recording.one(DISTRIBUTION)
    assert distribution["aliases"] == ["smile.example.go.id"]
    assert distribution["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"
    assert recording.one("acm/certificate:Certificate")["region"] == "us-east-1"
    records = {each["type"]: each for each in recording.of("route53/record:Record").values() if "aliases" in each}
    assert set(records) == {"A", "AAAA"}
    assert {each["name"] for each in records.values()} == {"smile.example.go.id"}
    assert recording.result["host"] == "smile.example.go.id"


@pytest.mark.parametrize(
    ("settings", "key", "valid"),
    [
        ("frontend: {countries: [UK]}", "frontend.countries", "ISO 3166"),
        ("frontend: {countries: [id]}", "frontend.countries", "ISO 3166"),
        ("frontend: {hashed_paths: [assets]}", "frontend.hashed_paths", "/assets/*"),
        ("frontend: {hashed_paths: [/api/*]}", "frontend.hashed_paths", "paths that no service has"),
        ("frontend: {hashed_seconds: 60}", "frontend.hashed_seconds", "86400 to 31536000"),
        ("frontend: {sources: {img-src: ['*']}}", "frontend.sources", "https://maps.example.org"),
        ("frontend: {sources: {default-src: [data:]}}", "frontend.sources", "connect-src"),
        ("frontend: {web_acl: false}", "frontend.web_acl", "development only"),
    ],
)
def test_bad_settings_are_refused(mistakes, settings, key, valid):
    section, _, rest = settings.partition(":")
    lines = mistakes(f"config:\n  smile:{section}:{rest}\n")
    assert [line for line in lines if key in line and valid in line], lines


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_controls_ask_for_countries_where_the_settings_name_some(stack):
    """docs/adr/0017: both, or neither."""
    settings = load_from_files(stack)
    levels = pack_configuration(settings)
    named = {
        "RES-CLOUDFRONT-001": settings.frontend.countries,
        "RES-WAF-002": settings.ingress.firewall.countries,
    }
    for control, countries in named.items():
        off = levels.get(control, {}).get("enforcementLevel") == "disabled"
        assert off is not bool(countries), control


def test_paths_that_make_too_many_behaviours_are_refused(mistakes, load):
    def catalogue(path):
        return ", ".join(f"s{number}: {{path: {path}/s{number}}}" for number in range(37))

    text = "config: {{smile:services: {{catalogue: {{{}}}}}}}".format
    (line,) = mistakes(text(catalogue("")))
    assert "their paths make 80 cache behaviours of the distribution; valid: up to 75" in line
    assert load(text(catalogue("/api")))


def test_a_health_check_from_abroad_does_not_go_with_named_countries(mistakes):
    text = "config:\n  smile:frontend: {countries: [ID]}\n  smile:dns: {domain: smile.example.go.id}\n"
    assert any("smile:dns.health_check" in line for line in mistakes(text))


def test_the_document_names_what_the_code_does():
    text = (COMPONENT_DOCS / "frontend.md").read_text()
    for name in ("PriceClass_200", "us-east-1", "x-api-key", f"`{DISTRIBUTIONS}/`", "Managed-CachingDisabled"):
        assert name in text


@pytest.fixture(scope="module")
def rendering(frontend_of):
    """An origin renders the pages, and the bucket has files alone."""
    pages = {502: "/static/away.html", 503: "/static/away.html"}
    return frontend_of(services=(), given={"renders_pages": True}, hashed_paths=["/static/*"], error_pages=pages)


def test_an_origin_that_renders_pages_answers_all_but_files_and_no_edge_keeps_it(rendering):
    made = rendering.one(DISTRIBUTION)
    found = behaviours(made)
    assert {path: each["targetOriginId"] for path, each in found.items()} == {"*": "api", "/static/*": "assets"}
    assert found["*"]["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert "POST" in found["*"]["allowedMethods"]
    assert found["*"]["viewerProtocolPolicy"] == "redirect-to-https"
    assert "functionAssociations" not in found["*"]
    assert "defaultRootObject" not in made


def test_error_pages_are_shown_with_the_status_that_the_origin_gave(rendering):
    shown = rendering.one(DISTRIBUTION)["customErrorResponses"]
    assert [(each["errorCode"], each["responseCode"], each["responsePagePath"]) for each in shown] == [
        (502, 502, "/static/away.html"),
        (503, 503, "/static/away.html"),
    ]


def test_a_site_can_have_the_build_in_place_of_the_bucket(frontend_of):
    recording = frontend_of(given={"site_host": "main.d1.amplifyapp.com"})
    origins = {each["originId"]: each for each in recording.one(DISTRIBUTION)["origins"]}
    assert origins["assets"]["domainName"] == "main.d1.amplifyapp.com"
    assert origins["assets"]["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    assert recording.of("cloudfront/originAccessControl:OriginAccessControl") == {}


@pytest.mark.parametrize(
    ("pages", "says"),
    [({503: "/away.html"}, "503: /away.html lies below none of hashed_paths"), ({418: "/static/a.html"}, "418")],
)
def test_error_pages_that_the_bucket_does_not_answer_are_refused(pages, says):
    with pytest.raises(SettingsError, match=says):
        FrontendSettings(error_pages=pages)


def test_media_come_from_a_bucket_of_their_own_which_the_distribution_alone_reads(context):
    storage = load_from_files("prod").storage

    def program():
        made = ObjectStorage(
            "smile", ObjectStorageArgs(context=context, settings=storage, policy_later=["assets", "documents"])
        )
        Frontend(
            "smile",
            FrontendArgs(
                context=context,
                settings=FrontendSettings(media_seconds=600),
                firewall=Firewall(),
                assets=made.buckets["assets"],
                media=made.buckets["documents"],
                documents_bucket=made.bucket_name("documents"),
                logs=made.buckets["logs"],
                firewall_logs=made.buckets["firewall-logs"],
                api=ApiOrigin(host="api.example", path="", secret=SECRET, paths=["/api"]),
                names=None,
                host=None,
            ),
        )

    made = record(program)
    distribution = made.one("cloudfront/distribution:Distribution")
    (media,) = (each for each in distribution["orderedCacheBehaviors"] if each["targetOriginId"] == "media")
    assert (media["pathPattern"], media["viewerProtocolPolicy"]) == ("/media/*", "redirect-to-https")
    assert made.of("cloudfront/cachePolicy:CachePolicy")["smile-media"]["defaultTtl"] == 600
    policy = json.loads(made.of("s3/bucketPolicy:BucketPolicy")["smile-documents"]["policy"])
    (reads,) = (each for each in policy["Statement"] if each["Sid"] == "DistributionReads")
    assert reads["Condition"] == {"StringEquals": {"aws:SourceArn": "arn:of:Distribution/smile"}}


def test_without_a_bucket_of_media_there_is_no_path_to_one(distribution):
    assert "media" not in {each["targetOriginId"] for each in distribution["orderedCacheBehaviors"]}
