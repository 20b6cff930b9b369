"""CloudFront, the phases of the rollout, and the costs."""

import pytest

from tests.paths import ROOT

DISTRIBUTION = "cloudfront/distribution:Distribution"
README = (ROOT / "platforms" / "pdfetl" / "README.md").read_text()


@pytest.mark.requirement("ETL-CDN-01")
def test_files_are_kept_for_24_hours_over_https_alone_compressed_and_signed(program):
    distribution = program.one(DISTRIBUTION)
    policy = program.one("cloudfront/cachePolicy:CachePolicy")
    assert policy["defaultTtl"] == 86400
    behaviours = distribution["orderedCacheBehaviors"]
    assert {each["pathPattern"] for each in behaviours} == {"/packages/*", "/vectors/*", "/text/*", "/metadata/*"}
    for each in behaviours:
        assert each["viewerProtocolPolicy"] == "redirect-to-https"
        assert each["compress"] is True
        assert each["trustedKeyGroups"]
    (origin,) = distribution["origins"]
    assert origin["originAccessControlId"]


@pytest.mark.requirement("ETL-CDN-02")
def test_the_function_may_invalidate_this_distribution_and_no_other(program):
    allowed = program.permissions("pdfetl-process")["InvalidateFiles"]
    assert allowed["Resource"] == ["arn:of:Distribution/pdfetl-files"]
    variables = program.one("lambda/function:Function")["environment"]["variables"]
    assert variables["DISTRIBUTION"] == "Distribution/pdfetl-files"


@pytest.mark.requirement("ETL-CDN-03")
def test_the_application_is_told_where_files_are(exported):
    assert exported("prod")["files_url"] == "https://files.pdf.example"
    assert "files_url" not in exported("prod", {"pdfetl:phases": {"delivery": False}})


PHASES = {"tracking": "dynamodb/table:Table", "processing": "lambda/function:Function", "delivery": DISTRIBUTION}


@pytest.mark.requirement("ETL-OPS-01")
@pytest.mark.parametrize(
    "on",
    [(), ("tracking",), ("tracking", "processing"), ("delivery",), ("tracking", "delivery"), tuple(PHASES)],
    ids=lambda on: "+".join(on) or "uploads",
)
def test_each_phase_is_there_when_its_flag_is_set(program_of, on):
    changes = {"pdfetl:phases": {phase: phase in on for phase in PHASES}}
    found = program_of("pdfetl", "dev", changes)
    assert {"pdfetl-uploads", "pdfetl-outputs"} <= set(found.of("s3/bucket:Bucket"))
    assert {phase for phase, kind in PHASES.items() if found.of(kind)} == set(on)


@pytest.mark.requirement("ETL-OPS-02")
def test_the_documents_prices_stand_beside_what_holds_now():
    prices = README.partition("## Costs")[2].partition("\n## ")[0]
    for figure in ("0.023", "0.20", "0.085", "0.25", "40-60 %", "0.0001"):
        assert figure in prices
    assert "unproven" in prices


@pytest.mark.requirement("ETL-OPS-03")
def test_costs_have_a_budget_and_anomalies_are_told(program_of):
    changes = {"pdfetl:cost": {"budget_usd": 77, "anomaly_usd": 7}}
    found = program_of("pdfetl", "prod", changes)
    assert float(found.one("budgets/budget:Budget")["limitAmount"]) == 77
    subscription = found.one("costexplorer/anomalySubscription:AnomalySubscription")
    assert "7" in str(subscription["thresholdExpression"])
