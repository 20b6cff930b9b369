"""Containers, clusters and pipelines."""

import json

import pulumi
import pulumi_aws as aws

from tests.policies.programs.basis import ACCOUNT, KEY, allow, bucket, network, options, role

REGISTRY = f"{ACCOUNT}.dkr.ecr.ap-southeast-3.amazonaws.com"
CERTIFICATE = f"arn:aws:acm:ap-southeast-3:{ACCOUNT}:certificate/a"


def fargate_service(*, flawed):
    """A container behind a load balancer."""
    subnets, vpc = network()
    entry = aws.ec2.SecurityGroup(
        "entry",
        vpc_id=vpc.id,
        description="Load balancer",
        opts=options(),
        ingress=[
            {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/16"], "description": "Users"}
        ],
    )
    balancer = aws.lb.LoadBalancer(
        "entry",
        internal=not flawed,
        subnets=[each.id for each in subnets],
        security_groups=[entry.id],
        access_logs={"bucket": "logs", "enabled": True},
        enable_deletion_protection=True,
        drop_invalid_header_fields=True,
        opts=options(),
    )
    to = {"type": "forward", "targetGroupArn": f"arn:aws:elasticloadbalancing:ap-southeast-3:{ACCOUNT}:targetgroup/a/1"}
    listens = (
        {"port": 80, "protocol": "HTTP"}
        if flawed
        else {
            "port": 443,
            "protocol": "HTTPS",
            "certificate_arn": CERTIFICATE,
            "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        }
    )
    aws.lb.Listener("entry", load_balancer_arn=balancer.arn, default_actions=[to], **listens, opts=options())
    container = {
        "name": "shop",
        "image": f"{REGISTRY}/shop:1.2.3",
        "essential": True,
        "privileged": flawed,
        "user": "1000",
        "readonlyRootFilesystem": True,
        "portMappings": [{"containerPort": 8080}],
        "environment": [{"name": "DB_PASSWORD", "value": "hunter2hunter2"}] if flawed else [],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "shop"}},
    }
    task = aws.ecs.TaskDefinition(
        "shop",
        family="shop",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        task_role_arn=f"arn:aws:iam::{ACCOUNT}:role/shop",
        execution_role_arn=f"arn:aws:iam::{ACCOUNT}:role/start",
        container_definitions=json.dumps([container]),
        opts=options(),
    )
    aws.ecs.Service(
        "shop",
        cluster=f"arn:aws:ecs:ap-southeast-3:{ACCOUNT}:cluster/shop",
        task_definition=task.arn,
        launch_type="FARGATE",
        desired_count=2,
        deployment_circuit_breaker={"enable": True, "rollback": True},
        network_configuration={
            "subnets": [each.id for each in subnets],
            "securityGroups": ["sg-1"],
            "assignPublicIp": flawed,
        },
        opts=options(),
    )


def kubernetes_cluster(*, flawed):
    """A cluster with a group of nodes."""
    subnets, _ = network()
    master = role("cluster", "eks.amazonaws.com", allow(["ec2:DescribeVpcs"], "*"))
    aws.cloudwatch.LogGroup("shop", name="/aws/eks/shop/cluster", kms_key_id=KEY, retention_in_days=365, opts=options())
    cluster = aws.eks.Cluster(
        "shop",
        role_arn=master.arn,
        name="shop",
        version="1.35",
        enabled_cluster_log_types=["api", "audit", "authenticator", "controllerManager", "scheduler"],
        access_config={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        opts=options(),
        encryption_config=None if flawed else {"provider": {"keyArn": KEY}, "resources": ["secrets"]},
        vpc_config={
            "subnetIds": [each.id for each in subnets],
            "endpointPrivateAccess": not flawed,
            "endpointPublicAccess": flawed,
            "publicAccessCidrs": ["0.0.0.0/0"] if flawed else [],
        },
    )
    template = aws.ec2.LaunchTemplate(
        "nodes",
        metadata_options={"httpTokens": "optional" if flawed else "required", "httpPutResponseHopLimit": 1},
        block_device_mappings=[{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "kmsKeyId": KEY}}],
        opts=options(),
    )
    aws.eks.NodeGroup(
        "nodes",
        cluster_name=cluster.name,
        node_role_arn=f"arn:aws:iam::{ACCOUNT}:role/nodes",
        subnet_ids=[each.id for each in subnets],
        scaling_config={"minSize": 2, "maxSize": 4, "desiredSize": 2},
        launch_template={"id": template.id, "version": "1"},
        opts=options(),
        remote_access={"ec2SshKey": "laptop"} if flawed else None,
    )


def image_pipeline(*, flawed):
    """A repository of images, and what builds them."""
    images = aws.ecr.Repository(
        "shop",
        name="shop",
        image_tag_mutability="MUTABLE" if flawed else "IMMUTABLE",
        opts=options(),
        image_scanning_configuration={"scanOnPush": not flawed},
        encryption_configurations=[] if flawed else [{"encryptionType": "KMS", "kmsKey": KEY}],
    )
    old = {
        "rulePriority": 1,
        "action": {"type": "expire"},
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": 14,
        },
    }
    aws.ecr.LifecyclePolicy("shop", repository=images.name, policy=json.dumps({"rules": [old]}), opts=options())
    builder = role(
        "build",
        "codebuild.amazonaws.com",
        allow(["ecr:PutImage"], f"arn:aws:ecr:ap-southeast-3:{ACCOUNT}:repository/shop"),
    )
    secret = {"name": "GITHUB_TOKEN", "value": "ghp_0123456789abcdefghijklmnopqrstuvwxyz", "type": "PLAINTEXT"}
    aws.codebuild.Project(
        "shop",
        service_role=builder.arn,
        encryption_key=KEY,
        artifacts={"type": "NO_ARTIFACTS"},
        source={"type": "GITHUB", "location": "https://github.com/example/shop.git", "buildspec": "buildspec.yaml"},
        environment={
            "type": "ARM_CONTAINER",
            "computeType": "BUILD_GENERAL1_SMALL",
            "image": f"{REGISTRY}/builder:1",
            "privilegedMode": flawed,
            "environmentVariables": [secret] if flawed else [],
        },
        logs_config={"cloudwatchLogs": {"groupName": "build", "status": "ENABLED"}},
        opts=options(),
    )


def copied_archives(*, flawed):
    """A bucket that tells a function of new objects."""
    uploads = bucket("uploads")
    reads = ["s3:*"] if flawed else ["s3:GetObject"]
    worker = role(
        "copy", "lambda.amazonaws.com", allow(reads, "*" if flawed else pulumi.Output.concat(uploads.arn, "/*"))
    )
    function = aws.lambda_.Function(
        "copy",
        runtime="nodejs22.x",
        handler="index.handle",
        role=worker.arn,
        s3_bucket="code",
        s3_key="a.zip",
        kms_key_arn=KEY,
        vpc_config={"subnetIds": ["subnet-a", "subnet-b"], "securityGroupIds": ["sg-1"]},
        opts=options(),
    )
    aws.lambda_.Permission(
        "uploads",
        action="lambda:InvokeFunction",
        function=function.name,
        opts=options(),
        principal="*" if flawed else "s3.amazonaws.com",
        source_account=None if flawed else ACCOUNT,
        source_arn=None if flawed else uploads.arn,
    )
    aws.s3.BucketNotification(
        "uploads",
        bucket=uploads.id,
        opts=options(),
        lambda_functions=[{"lambdaFunctionArn": function.arn, "events": ["s3:ObjectCreated:*"]}],
    )


def state_machine(*, flawed):
    """Two steps, one after the other."""
    function = f"arn:aws:lambda:ap-southeast-3:{ACCOUNT}:function:hello"
    runner = role(
        "steps",
        "states.amazonaws.com",
        allow(["lambda:*"] if flawed else ["lambda:InvokeFunction"], "*" if flawed else function),
    )
    steps = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": function, "End": True}}}
    aws.sfn.StateMachine(
        "hello",
        role_arn=runner.arn,
        definition=json.dumps(steps),
        opts=options(),
        encryption_configuration={
            "type": "CUSTOMER_MANAGED_KMS_KEY",
            "kmsKeyId": KEY,
            "kmsDataKeyReusePeriodSeconds": 300,
        },
        logging_configuration={
            "level": "OFF" if flawed else "ALL",
            "includeExecutionData": False,
            "logDestination": f"arn:aws:logs:ap-southeast-3:{ACCOUNT}:log-group:steps:*",
        },
    )


def shared_role_of_a_pipeline(*, flawed):
    """A role that GitHub's workflows take on."""
    issuer = "token.actions.githubusercontent.com"
    ours = "repo:example/shop:ref:refs/heads/main"
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com"},
            "StringLike": {f"{issuer}:sub": "repo:*" if flawed else ours},
        },
    }
    aws.iam.Role(
        "pipeline",
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        max_session_duration=3600,
        description="What pipelines do",
        permissions_boundary=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        opts=options(),
    )
    role(
        "deploy",
        "codebuild.amazonaws.com",
        allow("*", "*") if flawed else allow(["s3:PutObject"], "arn:aws:s3:::pages/*"),
    )
