"""A distribution of files: what is served, for how long, to whom."""

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.core.settings.problems import SettingsError
from components.edge.dns import DnsNames, DnsNamesArgs
from components.edge.dns_settings import Dns
from components.edge.file_distribution import FileDistribution, FileDistributionArgs
from components.edge.file_findings import file_findings
from components.edge.file_settings import P256_BYTES, RSA_2048_BYTES, Files
from components.edge.ingress_settings import Firewall
from components.edge.signed_urls import SignedUrls
from components.storage.bucket import Bucket, BucketArgs, Lifecycle
from tests.recording import record

DISTRIBUTION = "cloudfront/distribution:Distribution"


def pem(size=RSA_2048_BYTES, byte=b"\0"):
    """What looks like a public key of so many bytes."""
    text = b64encode(byte * size).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"


PATHS = {"/public/*": {"days": 30}, "/private/*": {"signed": True}}
SIGNED = {"paths": PATHS, "signing_keys": {"first": pem()}, "signing_key": "first"}


@pytest.fixture(scope="module")
def files_of(context):
    """Record a distribution."""

    def make(**settings):
        def bucket(name, **changes):
            args = {"name": f"smile-{name}", "purpose": name, "data_class": "internal", "key": None}
            return Bucket(f"smile-{name}", BucketArgs(context=context, lifecycle=Lifecycle(), **(args | changes)))

        def program():
            made = FileDistribution(
                "smile-files",
                FileDistributionArgs(
                    context=context,
                    settings=Files(**settings),
                    firewall=Firewall(),
                    bucket=bucket("documents", policy_later=True),
                    framed_by=("https://app.example.org",),
                    logs=bucket("logs"),
                    firewall_logs=bucket("firewall"),
                    names=DnsNames("smile", DnsNamesArgs(context=context, dns=Dns(domain="example.org"))),
                    host="files.example.org",
                ),
            )
            return {"grant": made.grant_invalidate().as_dict(), "signs": made.signed_urls is not None}

        return record(program)

    return make


def test_nothing_is_served_but_the_paths_and_the_bucket_is_not_asked_for_the_rest(files_of):
    made = files_of(**SIGNED)
    distribution = made.one(DISTRIBUTION)
    assert [each["pathPattern"] for each in distribution["orderedCacheBehaviors"]] == list(PATHS)
    (function,) = distribution["defaultCacheBehavior"]["functionAssociations"]
    assert function["eventType"] == "viewer-request"
    assert "404" in made.one("cloudfront/function:Function")["code"]
    for each in (distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]):
        assert each["viewerProtocolPolicy"] == "redirect-to-https"
        assert each["allowedMethods"] == ["GET", "HEAD"]


def test_each_path_is_kept_for_its_days_and_signed_where_it_says_so(files_of):
    made = files_of(**SIGNED)
    by_path = {each["pathPattern"]: each for each in made.one(DISTRIBUTION)["orderedCacheBehaviors"]}
    policies = made.of("cloudfront/cachePolicy:CachePolicy")
    assert policies["smile-files-30-days"]["maxTtl"] == 30 * 86_400
    assert by_path["/public/*"]["cachePolicyId"] == "CachePolicy/smile-files-30-days"
    assert "trustedKeyGroups" not in by_path["/public/*"]
    assert by_path["/private/*"]["trustedKeyGroups"] == ["KeyGroup/smile-files-keys"]


def test_without_a_signed_path_there_is_no_key_group(files_of):
    made = files_of(paths={"/public/*": {}})
    assert not made.of("cloudfront/keyGroup:KeyGroup")
    assert made.result["signs"] is False


def test_the_bucket_lets_this_distribution_read_and_a_role_invalidates_it_alone(files_of):
    made = files_of(**SIGNED)
    policy = json.loads(made.of("s3/bucketPolicy:BucketPolicy")["smile-documents"]["policy"])
    (reads,) = (each for each in policy["Statement"] if each["Effect"] == "Allow")
    assert reads["Condition"] == {"StringEquals": {"aws:SourceArn": "arn:of:Distribution/smile-files"}}
    assert made.result["grant"]["Resource"] == ["arn:of:Distribution/smile-files"]


def test_files_run_nothing_and_are_framed_by_the_programs_pages_alone(files_of):
    headers = files_of(**SIGNED).one("cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")["securityHeadersConfig"]
    csp = headers["contentSecurityPolicy"]["contentSecurityPolicy"]
    assert "script-src 'none'" in csp
    assert "frame-ancestors https://app.example.org" in csp


def test_another_key_under_a_name_is_another_key_in_aws(environment):
    def names(key):
        made = record(lambda: SignedUrls("smile-keys", environment, {"first": key}) and None)
        return made.one("cloudfront/publicKey:PublicKey")["name"]

    assert names(pem()) == names(pem()) != names(pem(byte=b"\1"))
    with pytest.raises(ValueError, match="a key group needs a key"):
        record(lambda: SignedUrls("smile-keys", environment, {}) and None)


@given(st.integers(1, 600))
def test_keys_pass_exactly_if_they_have_the_size_of_one_that_cloudfront_takes(size):
    if size in {RSA_2048_BYTES, P256_BYTES}:
        assert Files(signing_keys={"first": pem(size)}).signing_keys["first"] == pem(size)
        return
    with pytest.raises(SettingsError, match=f"{size} bytes"):
        Files(signing_keys={"first": pem(size)})


def test_a_private_key_is_refused_and_not_shown():
    wrong = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
    with pytest.raises(SettingsError) as caught:
        Files(signing_keys={"first": wrong})
    assert "not a public key in PEM" in str(caught.value)
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, ["got none"]),
        ({"paths": PATHS}, ["got none, and paths are signed"]),
        (SIGNED | {"signing_key": "second"}, ["got second"]),
        (SIGNED | {"signing_key": None}, ["got none"]),
        (SIGNED, []),
        ({"paths": {"/public/*": {}}}, []),
    ],
)
def test_findings_say_what_cloudfront_would_refuse(settings, says):
    assert [each.what for each in file_findings(Files(**settings))] == says
