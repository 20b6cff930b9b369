"""OpenTelemetry in a cluster: the CloudWatch agent on each node takes traces, and what services must know of it.

AWS ends its X-Ray SDKs and daemon; services are instrumented with OpenTelemetry
(https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-migration.html). The agent shares its node's network: a pod
sends to the address of its own node, and nothing leaves the node before the agent encrypts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.core.environment import Environment
from components.tracing.tracing import ANNOTATION

TRACES_PORT = 4318
"""OTLP over HTTP."""
SAMPLING_PORT = 2000
"""Where samplers ask for X-Ray's sampling rules; the agent signs the request, so that services need no permission."""
NODE = "NODE_IP"
"""The environment variable with the address of the pod's node; the others name it, so it stands before them."""


def collector(environment: Environment) -> dict[str, Any]:
    """What the agent does besides AWS's configuration, in that of the OpenTelemetry Collector.

    Each span gets the environment, as an annotation, which the group of the stack's traces is made of. Names have a
    part of their own: the agent refuses one that its own configuration has with another meaning.
    """
    region = environment.region
    return {
        "extensions": {"awsproxy/services": {"endpoint": f"0.0.0.0:{SAMPLING_PORT}", "region": region}},
        "receivers": {"otlp/services": {"protocols": {"http": {"endpoint": f"0.0.0.0:{TRACES_PORT}"}}}},
        "processors": {
            "attributes/services": {
                "actions": [{"key": ANNOTATION, "value": environment.name, "action": "upsert"}],
            },
            "batch/services": {"timeout": "1s"},
        },
        "exporters": {"awsxray/services": {"region": region, "indexed_attributes": [ANNOTATION]}},
        "service": {
            "extensions": ["awsproxy/services"],
            "pipelines": {
                "traces/services": {
                    "receivers": ["otlp/services"],
                    "processors": ["attributes/services", "batch/services"],
                    "exporters": ["awsxray/services"],
                }
            },
        },
    }


def variables(service: str, version: str, environment: str) -> Mapping[str, str]:
    """Environment variables of OpenTelemetry's SDKs; metrics and logs go their own ways.

    https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://$({NODE}):{TRACES_PORT}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_PROPAGATORS": "xray,tracecontext,baggage",
        "OTEL_RESOURCE_ATTRIBUTES": f"deployment.environment.name={environment},service.version={version}",
        "OTEL_SERVICE_NAME": service,
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_TRACES_SAMPLER": "xray",
        "OTEL_TRACES_SAMPLER_ARG": f"endpoint=http://$({NODE}):{SAMPLING_PORT}",
    }
