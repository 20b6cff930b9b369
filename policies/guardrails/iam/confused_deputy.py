"""The services that say for whose resource they act when they assume a role."""

SERVICES_THAT_NAME_THEIR_SOURCE = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        "appsync", "bedrock", "bedrock-agentcore", "codebuild", "codepipeline", "comprehend", "config",
        "datasync", "ecs-tasks", "events", "firehose", "fis", "forecast", "grafana", "iot", "kendra",
        "kinesisanalytics", "lex", "logs", "monitoring.rds", "osis-pipelines", "personalize", "pipes",
        "rekognition", "sagemaker", "scheduler", "ssm", "states", "textract", "transcribe", "transfer",
        "vpc-flow-logs",
    )
)  # fmt: skip
"""Service principals whose user guide documents aws:SourceArn or aws:SourceAccount in the trust policy of a role.

Others (ec2, lambda, eks, pods.eks, rds ...) don't send them: the condition would make the role unusable.
"""
