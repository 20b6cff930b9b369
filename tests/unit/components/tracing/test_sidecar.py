"""The collector beside a container on Fargate takes its traces and sends them to X-Ray."""

import json

from components.tracing import sidecar
from components.tracing.sidecar import collector, variables, write_traces
from components.tracing.tracing import ANNOTATION

IMAGE = "123456789012.dkr.ecr.ap-southeast-3.amazonaws.com/smile/collector:1"
LOG = {"awslogs-group": "/smile/prod/api", "awslogs-region": "ap-southeast-3"}


def test_the_container_sends_where_the_collector_listens_and_nowhere_else(environment):
    made = collector(environment, IMAGE, LOG)
    (given,) = made["environment"]
    assert made["command"] == [f"--config=env:{given['name']}"]
    configured = json.loads(given["value"])
    endpoint = configured["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    assert variables(environment, 10)["OTEL_EXPORTER_OTLP_ENDPOINT"] == f"http://{endpoint}" == "http://127.0.0.1:4318"


def test_traces_say_of_which_environment_they_are_and_stay_in_the_region(environment):
    configured = sidecar.configuration(environment)
    assert configured["exporters"]["awsxray"] == {"region": "ap-southeast-3", "indexed_attributes": [ANNOTATION]}
    assert configured["processors"]["attributes"]["actions"][0]["value"] == "prod"
    (pipeline,) = configured["service"]["pipelines"].values()
    for part in ("receivers", "processors", "exporters"):
        assert set(pipeline[part]) == set(configured[part])


def test_a_service_lives_on_without_its_collector_which_may_do_nothing_but_write_traces(environment):
    made = collector(environment, IMAGE, LOG)
    assert made["essential"] is False
    assert (made["privileged"], made["readonlyRootFilesystem"]) == (False, True)
    assert set(write_traces().actions) == {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
    assert variables(environment, 5)["OTEL_TRACES_SAMPLER_ARG"] == "0.05"
