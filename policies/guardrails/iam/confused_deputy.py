"""The services that say for whose resource they act when they assume a role."""

SERVICES_THAT_NAME_THEIR_SOURCE = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        "airflow", "airflow-env", "appsync", "autoscaling", "batch", "bedrock", "bedrock-agentcore",
        "codebuild", "codepipeline", "comprehend", "config", "datasync", "ecs-tasks", "events", "firehose",
        "fis", "forecast", "frauddetector", "grafana", "iot", "kendra", "kinesisanalytics", "lex", "logs",
        "monitoring.rds", "osis-pipelines", "personalize", "pipes", "rekognition", "rolesanywhere",
        "sagemaker", "scheduler", "ssm", "states", "textract", "transcribe", "transfer", "vpc-flow-logs",
    )
)  # fmt: skip
"""Service principals whose user guide documents aws:SourceArn or aws:SourceAccount in the trust policy of a role.

As of November 2026, from the pages "Cross-service confused deputy prevention" of their guides; no package has them.

Others (ec2, lambda, eks, pods.eks, rds ...) don't send them: the condition would make the role unusable.
"""
