"""``smile publish``: what is in the bucket and what edges are told, whenever somebody pulls the plug."""

import hashlib
import json
import time
from datetime import timedelta

import boto3
import pytest
import yaml
from moto import mock_aws
from moto.cloudfront import models
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.s3.models import s3_backends

from cli import publish as command
from cli.__main__ import main
from cli.publish_build import read
from cli.publish_site import MOST_PATHS, find
from tests.paths import PROJECT_FILE, ROOT
from tests.unit.cli.documents import documented

REGION = "ap-southeast-3"
BUCKET = f"smile5-assets-prod-{ACCOUNT}"
STORAGE = yaml.safe_load(PROJECT_FILE.read_text())["config"]["smile:storage"]["value"]
STACK = json.dumps({"config": {"smile:account": {"id": ACCOUNT}, "smile:storage": STORAGE}})
OLD = {"index.html": "<old>", "favicon.ico": "old", "assets/app-1.js": "one", "assets/shared-1.css": "both"}
NEW = {
    "index.html": "<new>",
    "favicon.ico": "new",
    "robots.txt": "all",
    "about/index.html": "<about>",
    "assets/app-2.js": "two",
    "assets/shared-1.css": "both",
}
DOCS = ROOT / "docs"


class Invalidation(models.Invalidation):
    """moto writes its status in capitals."""

    def __init__(self, *words, **more):
        super().__init__(*words, **more)
        self.status = "Completed"


class CutOffError(Exception):
    """Stands in for a process that is killed."""


@pytest.fixture
def aws(monkeypatch):
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(models, "Invalidation", Invalidation)
    with mock_aws():
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield s3


@pytest.fixture
def distribution(aws):
    return distribution_of(f"{BUCKET}.s3.{REGION}.amazonaws.com")


def distribution_of(origin):
    config = {
        "CallerReference": "test",
        "Comment": "test",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [{"Id": "assets", "DomainName": origin, "S3OriginConfig": {"OriginAccessIdentity": ""}}],
        },
        "DefaultCacheBehavior": {"TargetOriginId": "assets", "ViewerProtocolPolicy": "https-only"},
    }
    return boto3.client("cloudfront").create_distribution(DistributionConfig=config)["Distribution"]["Id"]


@pytest.fixture
def settings(load):
    return load(STACK)


@pytest.fixture
def site(distribution, settings):
    return find(settings, {"bucket_names": {"assets": BUCKET}, "distribution_id": distribution})


@pytest.fixture
def build(tmp_path):
    """A folder with these files."""

    def make(files, name="build"):
        for key, content in files.items():
            path = tmp_path / name / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return tmp_path / name

    return make


@pytest.fixture
def publish(site, settings, build):
    """Publish files; each time is an hour after the last, as far as S3 knows."""

    def run(files, *, dry_run=False):
        age(site.s3)
        command.publish(
            site, read(build(files, hashlib.sha256(repr(files).encode()).hexdigest()), settings), dry_run=dry_run
        )

    return run


def age(s3):
    """Make everything in the bucket an hour older."""
    for _, versions in s3_backends[ACCOUNT]["aws"].buckets[BUCKET].keys.lists():
        for version in versions:
            version.last_modified -= timedelta(hours=1)


def contents(s3):
    listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read().decode() for each in listed}


def works(s3, files):
    """Whether whoever has these pages finds all that they ask for."""
    there = contents(s3)
    hashed = {key: content for key, content in files.items() if key.startswith("assets/")}
    return there["index.html"] == files["index.html"] and hashed.items() <= there.items()


def invalidated(site):
    listed = site.cloudfront.list_invalidations(DistributionId=site.distribution)["InvalidationList"]["Items"]
    made = [
        site.cloudfront.get_invalidation(DistributionId=site.distribution, Id=each["Id"])["Invalidation"]
        for each in listed
    ]
    return [each["InvalidationBatch"]["Paths"]["Items"] for each in made]


@pytest.mark.requirement("SMILE-EDGE-02")
def test_files_are_there_with_what_browsers_need_to_know(site, publish):
    publish(NEW)
    assert contents(site.s3) == NEW
    wanted = {
        "index.html": ("text/html; charset=utf-8", "no-cache"),
        "robots.txt": ("text/plain; charset=utf-8", "no-cache"),
        "assets/app-2.js": ("text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
    }
    for key, headers in wanted.items():
        found = site.s3.head_object(Bucket=BUCKET, Key=key)
        assert (found["ContentType"], found["CacheControl"]) == headers


def test_pages_that_somebody_has_open_keep_their_files(site, publish):
    publish(OLD)
    publish(NEW)
    assert contents(site.s3) == OLD | NEW


def test_edges_are_told_of_all_but_hashed_files(site, publish):
    publish(NEW)
    assert invalidated(site) == [["/", "/about/index.html", "/favicon.ico", "/index.html", "/robots.txt"]]


def test_many_paths_are_invalidated_as_one(site, publish):
    publish(NEW | {f"{number}.txt": "" for number in range(MOST_PATHS)})
    assert invalidated(site) == [["/*"]]


def test_names_that_urls_spell_otherwise_are_told_so(site, publish):
    publish({"index.html": "", "buku panduan é.pdf": ""})
    assert invalidated(site) == [["/", "/buku%20panduan%20%C3%A9.pdf", "/index.html"]]


@pytest.mark.parametrize("calls", range(6))
def test_cut_off_at_any_point_the_site_works_and_a_second_run_finishes(site, publish, monkeypatch, calls):
    publish(OLD)
    left = iter(range(calls))
    sent = site.s3.put_object

    def put(**words):
        if next(left, None) is None:
            raise CutOffError
        return sent(**words)

    def invalidate(**_):
        raise CutOffError

    with monkeypatch.context() as patched:
        patched.setattr(site.s3, "put_object", put)
        patched.setattr(site.cloudfront, "create_invalidation", invalidate)
        with pytest.raises(CutOffError):
            publish(NEW)
    assert works(site.s3, OLD) or works(site.s3, NEW)
    publish(NEW)
    assert works(site.s3, NEW)
    assert len(invalidated(site)) == 2


def test_what_is_there_already_is_not_uploaded_again(site, publish):
    publish(NEW)
    before = len(site.s3.list_object_versions(Bucket=BUCKET)["Versions"])
    publish(NEW | {"index.html": "<newer>"})
    assert len(site.s3.list_object_versions(Bucket=BUCKET)["Versions"]) == before + 1


def test_what_another_tool_uploaded_is_uploaded_again(site, publish):
    site.s3.put_object(Bucket=BUCKET, Key="assets/app-2.js", Body=b"?")
    publish(NEW)
    assert contents(site.s3) == NEW


def test_a_hashed_file_with_other_content_is_refused_before_anything_changes(site, publish):
    publish(OLD)
    with pytest.raises(command.ReleaseError, match=r"assets/app-1.js: is published with other content.*another name"):
        publish(NEW | {"assets/app-1.js": "changed"})
    assert contents(site.s3) == OLD


def test_a_dry_run_says_what_it_would_do_and_does_nothing(site, publish, capsys):
    publish(OLD)
    publish(NEW, dry_run=True)
    assert contents(site.s3) == OLD
    assert len(invalidated(site)) == 1
    said = capsys.readouterr().err
    assert "would upload assets/app-2.js" in said
    assert "would make edges ask again for 4 files" in said


def test_a_rollback_brings_back_the_site_as_it_was_and_once_more_changes_nothing(site, publish, settings):
    publish(OLD)
    publish(NEW)
    age(site.s3)
    command.roll_back(site, settings, dry_run=True)
    assert contents(site.s3) == OLD | NEW
    command.roll_back(site, settings, dry_run=False)
    assert contents(site.s3) == NEW | OLD
    assert site.s3.head_object(Bucket=BUCKET, Key="index.html")["CacheControl"] == "no-cache"
    assert invalidated(site)[-1] == ["/", "/favicon.ico", "/index.html"]
    for _ in range(2):
        age(site.s3)
        command.roll_back(site, settings, dry_run=False)
        assert contents(site.s3) == NEW | OLD
    publish(NEW)
    age(site.s3)
    command.roll_back(site, settings, dry_run=False)
    assert contents(site.s3) == NEW | OLD


def test_a_rollback_that_was_cut_off_is_finished_by_the_next(site, publish, settings, monkeypatch):
    publish(OLD)
    publish(NEW)
    age(site.s3)
    copied = site.s3.copy_object

    def copy(**words):
        if words["Key"] == "index.html":
            raise CutOffError
        return copied(**words)

    with monkeypatch.context() as patched:
        patched.setattr(site.s3, "copy_object", copy)
        with pytest.raises(CutOffError):
            command.roll_back(site, settings, dry_run=False)
    assert works(site.s3, NEW)
    command.roll_back(site, settings, dry_run=False)
    assert contents(site.s3) == NEW | OLD


def test_without_an_earlier_build_there_is_nothing_to_bring_back(site, publish, settings):
    publish(OLD)
    with pytest.raises(command.ReleaseError, match="no build before this one"):
        command.roll_back(site, settings, dry_run=False)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"app.js": ""}, "no folder with an index.html"),
        ({"index.html": "", ".env": "SECRET=1"}, "a hidden file"),
        ({"index.html": "", "api/index.html": ""}, "/api/* leads to a service"),
    ],
)
def test_what_is_no_build_is_refused(build, settings, files, said):
    with pytest.raises(command.ReleaseError) as caught:
        read(build(files), settings)
    assert said in str(caught.value)
    assert "nothing was changed" in str(caught.value)


def test_well_known_files_are_no_hidden_ones(build, settings):
    keys = {file.key for file in read(build({"index.html": "", ".well-known/security.txt": ""}), settings)}
    assert ".well-known/security.txt" in keys


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({}, "deploy it first"),
        ({"bucket_names": {"assets": BUCKET}}, "deploy it first"),
        ({"bucket_names": {"assets": "smile5-assets-dev-1"}, "distribution_id": "E1"}, "its settings say"),
        ({"bucket_names": {"assets": BUCKET}, "distribution_id": "E1"}, "can't be reached in account"),
    ],
)
def test_a_stack_that_is_not_there_is_refused(aws, settings, outputs, said):
    with pytest.raises(command.ReleaseError, match=said):
        find(settings, outputs)


def test_a_distribution_of_another_bucket_is_refused(aws, settings):
    other = distribution_of(f"smile5-assets-dev-{ACCOUNT}.s3.{REGION}.amazonaws.com")
    with pytest.raises(command.ReleaseError, match="doesn't serve bucket"):
        find(settings, {"bucket_names": {"assets": BUCKET}, "distribution_id": other})


def test_the_command_reads_the_outputs_of_its_stack(distribution, build, write, monkeypatch, capsys):
    root = write(STACK).parent
    monkeypatch.chdir(root)
    asked = []

    def pulumi(_root, words):
        asked.append(words)
        return json.dumps({"bucket_names": {"assets": BUCKET}, "distribution_id": distribution})

    monkeypatch.setattr(command, "pulumi", pulumi)
    assert main(["publish", "--stack", "prod", str(build(NEW))]) == 0
    assert asked == [["stack", "output", "--json", "--stack", "prod"]]
    assert "every edge has the new pages" in capsys.readouterr().err
    assert main(["publish", "--stack", "prod", str(build(NEW)), "--dry-run", "--json"]) == 0
    said = documented("publish", capsys.readouterr().out)
    assert (said["dry_run"], said["uploaded"], said["refreshed"]) == (
        True,
        [],
        sorted(name for name in NEW if "assets/" not in name),
    )
    assert main(["publish", "--stack", "prod", str(root / "nowhere")]) == 1
    assert "no folder with an index.html" in capsys.readouterr().err


def test_the_documents_say_how(settings):
    runbook, component = ((DOCS / name).read_text() for name in ("runbooks/release.md", "components/frontend.md"))
    assert "smile publish --stack prod build/" in runbook
    assert "smile publish --stack prod --rollback" in runbook
    assert f"{settings.storage.noncurrent_days} days" in runbook
    for action in ("s3:ListBucketVersions", "cloudfront:CreateInvalidation", "cloudfront:GetDistributionConfig"):
        assert action in component
