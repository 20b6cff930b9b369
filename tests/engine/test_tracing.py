"""Every request can leave a trace: each service, function and stage of each stack has the settings for it."""

import pytest
from lives import STACKS, looks_at

from settings import load_from_files

DEPLOYMENT, JOB = "kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:CronJob"
FUNCTION, STAGE = "aws:lambda/function:Function", "aws:apigateway/stage:Stage"
RULE, GROUP = "aws:xray/samplingRule:SamplingRule", "aws:xray/group:Group"
CANARY, ADDON = "aws:synthetics/canary:Canary", "aws:eks/addon:Addon"
SHARES = {"dev": 1.0, "staging": 0.5, "prod": 0.1}


def of(life, *types):
    """The inputs of the resources of some types."""
    return [each["inputs"] for each in life.resources if each["type"] in types]


def containers(life):
    """Name -> variables of each service's container."""
    specs = [each["spec"] for each in of(life, DEPLOYMENT, JOB)]
    pods = [spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"] for spec in specs]
    return {
        container["name"]: {each["name"]: each.get("value") for each in container["env"]}
        for pod in pods
        for container in pod["containers"]
    }


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-06")
def test_every_service_function_and_stage_is_traced(life):
    services = containers(life)
    assert set(services) == set(load_from_files(life.stack).services.catalogue)
    for name, variables in services.items():
        assert (variables["OTEL_SERVICE_NAME"], variables["OTEL_TRACES_EXPORTER"]) == (name, "otlp")
        assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"]
        assert variables["OTEL_TRACES_SAMPLER"] == "xray"
    functions, stages = of(life, FUNCTION), of(life, STAGE)
    assert functions
    assert stages
    assert {each.get("tracingConfig", {}).get("mode") for each in functions} == {"Active"}
    assert {each.get("xrayTracingEnabled") for each in stages} == {True}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-07")
@pytest.mark.requirement("SMILE-OBS-08")
def test_a_share_of_the_requests_is_traced_by_environment(life):
    (rule,) = of(life, RULE)
    assert (rule["fixedRate"], rule["reservoirSize"]) == (SHARES[life.stack], 1)


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-09")
@pytest.mark.requirement("SMILE-OBS-10")
def test_traces_of_the_environment_are_one_group_with_insights_where_there_are_users(life):
    (group,) = of(life, GROUP)
    assert group["filterExpression"] == f'annotation.environment = "{life.stack}"'
    assert group["insightsConfiguration"]["insightsEnabled"] is (life.stack != "dev")


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-02")
def test_container_insights_are_on_in_every_cluster(life):
    clusters = [
        each["clusterName"] for each in of(life, ADDON) if each["addonName"] == "amazon-cloudwatch-observability"
    ]
    assert len(clusters) == len(load_from_files(life.stack).enabled_clusters)


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-18")
def test_site_and_api_are_probed_every_five_minutes_where_there_are_users(life):
    schedules = [each["schedule"]["expression"] for each in of(life, CANARY)]
    assert schedules == ([] if life.stack == "dev" else ["rate(5 minutes)"])
