"""SMILE on AWS: settings in, tiers wired, outputs out."""

import pulumi

from components.core import sdk_performance, source_positions
from components.core.early_registration import begun

sdk_performance.apply()  # before SDKs are imported
from layers import (
    analytics_layer,
    base_layer,
    compute_layer,
    data_layer,
    delivery_layer,
    edge_layer,
    observability_layer,
    operations_layer,
    patching_layer,
)
from settings import load_for_program


async def program() -> dict[str, object]:
    """The layers, each on those before it; returns what the stack exports."""
    base = await begun(base_layer(load_for_program()))
    data = await begun(data_layer(base))
    edge = await begun(edge_layer(base, data))
    delivery = await begun(delivery_layer(base, data))
    compute = await begun(compute_layer(base, data, edge, delivery))
    analytics = await begun(analytics_layer(base, data, compute))
    operations = await begun(operations_layer(base, data))
    await begun(patching_layer(base, data, compute))
    observability_layer(base, data, edge, compute)

    outputs = {
        "vpc_id": base.network.vpc_id,
        "subnet_ids": base.network.subnet_ids,
        "security_group_ids": base.network.security_group_ids,
        "nat_public_ips": base.network.nat_public_ips,
        "key_arns": base.keys.arns,
        "database_endpoint": data.database.endpoint,
        "database_master_secret_arn": data.database.master_secret_arn,
        "queue_urls": data.queues.urls,
        "stream_names": data.streams.names,
        "stream_consumer_arns": data.streams.consumer_arns,
        "lake_database": analytics.lake and analytics.lake.database,
        "lake_workgroup": analytics.lake and analytics.lake.workgroup,
        "spark_virtual_cluster_id": analytics.spark and analytics.spark.virtual_cluster_id,
        "spark_job_template_ids": analytics.spark and analytics.spark.job_template_ids,
        "secret_arns": data.secrets.arns,
        "cache_endpoint": data.cache.endpoint,
        "file_system_id": data.files.id,
        "bucket_names": {purpose: bucket.name for purpose, bucket in data.storage.buckets.items()},
        "bucket_arns": {purpose: bucket.arn for purpose, bucket in data.storage.buckets.items()},
        "image_urls": data.images.urls,
        "image_cache_urls": data.images.cache_urls,
        "name_servers": edge.names and edge.names.name_servers,
        "target_group_arns": edge.ingress.target_group_arns,
        "api_domain": edge.api and edge.api.invoke_domain,
        "distribution_id": edge.frontend.distribution_id,
        "public_host": edge.frontend.host,
        "cluster_endpoints": {purpose: cluster.endpoint for purpose, cluster in compute.clusters.items()},
        "function_arns": compute.functions.arns,
        "bastion_instance_id": compute.bastion and compute.bastion.instance_id,
        "bastion_operator_policy_arn": compute.bastion and compute.bastion.operator_policy_arn,
        "workload_role_arns": compute.identities and compute.identities.role_arns,
        "namespace": compute.workloads and compute.workloads.namespace,
        "deployment_role_arns": delivery and delivery.arns,
        "restore_role_arn": operations.backup and operations.backup.restore_role_arn,
    }
    return {name: value for name, value in outputs.items() if value is not None}


source_positions.record()
pulumi.run(program)
