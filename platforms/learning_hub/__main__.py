"""Learning Hub: thirteen services on EKS behind CloudFront, with PostgreSQL, Redis and RabbitMQ; staging on one host.

Reads like the document's diagram: the way in, the services, the stores, the pipeline, what watches over them.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))  # where the library isn't installed, it lies beside

import pulumi

from components.core import sdk_performance

sdk_performance.apply()  # before SDKs are imported

from platforms.learning_hub.base import base_of
from platforms.learning_hub.data import data_of
from platforms.learning_hub.edge import edge_of
from platforms.learning_hub.loader import loader
from platforms.learning_hub.operations import backups, cost, network_logs, observability
from platforms.learning_hub.pipeline import jenkins_role, pipeline_of
from platforms.learning_hub.services import cluster_of, services_on
from platforms.learning_hub.staging import staging

settings = loader.for_program()
base = base_of(settings)

if settings.is_production:
    # Stores: PostgreSQL and its reader, Redis, RabbitMQ, buckets, the event bus, secrets, parameters, images.
    data = data_of(base)
    network_logs(base, data.storage)
    # The way in: Route 53, CloudFront with files and media, web ACLs, the load balancer. And mail, the way out.
    edge = edge_of(base, data)
    # CI/CD: Jenkins starts CodeBuild, which pushes images; then it deploys.
    pipeline = pipeline_of(base, data, edge)
    # The services, on nodes of which some are spot instances.
    cluster = cluster_of(base, data, [jenkins_role(settings)])
    workloads = services_on(cluster, base, data, edge)
    # What brings it back, what it costs, what shows how it is.
    backups(base, data)
    cost(base)
    observability(base, data, edge, cluster)

    pulumi.export("url", pulumi.Output.concat("https://", edge.frontend.host))
    pulumi.export("distribution_id", edge.frontend.distribution_id)
    pulumi.export("name_servers", edge.names.name_servers)
    pulumi.export("cluster", cluster.name)
    pulumi.export("namespace", workloads.namespace)
    pulumi.export("database_endpoint", data.database.endpoint)
    pulumi.export("broker_url", data.broker.console_url)
    pulumi.export("build_project", pipeline.build.name)
    pulumi.export("jenkins_role", pipeline.jenkins_role_arn)
    pulumi.export("jenkins_host", pipeline.host_id)
    pulumi.export("static_bucket", data.storage.bucket_name("static"))
    pulumi.export("media_bucket", data.storage.bucket_name("media"))
else:
    staging(base)
