"""OpenTelemetry on Fargate: a collector beside the container in each task, which sends traces to X-Ray.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/trace-data.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from components.core.environment import Environment
from components.core.iam import ANY, Statement
from components.tracing.tracing import ANNOTATION

NAME = "collector"
ENDPOINT = "127.0.0.1:4318"
"""OTLP over HTTP. The containers of a task share its network, which nothing else reaches."""
CONFIGURATION = "AOT_CONFIG_CONTENT"
USER = "10001"


def collector(environment: Environment, image: str, log_options: Mapping[str, str]) -> dict[str, Any]:
    """The collector's container, as ECS's API has it; without it, the service works on.

    Args:
        environment: whose traces these are.
        image: of the AWS Distro for OpenTelemetry Collector.
        log_options: of the driver ``awslogs``.
    """
    return {
        "name": NAME,
        "image": image,
        "command": [f"--config=env:{CONFIGURATION}"],
        "essential": False,
        "user": USER,
        "privileged": False,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "environment": [{"name": CONFIGURATION, "value": json.dumps(configuration(environment))}],
        "logConfiguration": {"logDriver": "awslogs", "options": {**log_options, "awslogs-stream-prefix": NAME}},
    }


def configuration(environment: Environment) -> dict[str, Any]:
    """What the collector does: each span gets the environment, as an annotation."""
    annotated = {"key": ANNOTATION, "value": environment.name, "action": "upsert"}
    return {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": ENDPOINT}}}},
        "processors": {"attributes": {"actions": [annotated]}, "batch": {"timeout": "1s"}},
        "exporters": {"awsxray": {"region": environment.region, "indexed_attributes": [ANNOTATION]}},
        "service": {
            "pipelines": {
                "traces": {"receivers": ["otlp"], "processors": ["attributes", "batch"], "exporters": ["awsxray"]}
            }
        },
    }


def write_traces() -> Statement:
    """What the task's role needs for it."""
    return Statement(
        sid="WriteTraces",
        actions=["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        resources=[ANY],
        allow_any="traces have no ARN",
    )


def variables(environment: Environment, percent: int) -> Mapping[str, str]:
    """Environment variables of OpenTelemetry's SDKs; metrics and logs go their own ways.

    https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

    Args:
        environment: whose traces these are.
        percent: share of the requests that is traced.
    """
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{ENDPOINT}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_PROPAGATORS": "xray,tracecontext,baggage",
        "OTEL_RESOURCE_ATTRIBUTES": f"deployment.environment.name={environment.name}",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": f"{percent / 100:g}",
    }
