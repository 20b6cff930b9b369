"""Web sites, APIs and what is behind them."""

import json

import pulumi_aws as aws

from tests.policies.programs.basis import ACCOUNT, KEY, allow, bucket, document, network, options, role, trusted_by


def static_website(*, flawed):
    """Pages in a bucket, handed out by CloudFront."""
    bucket("pages", is_public=flawed)
    control = aws.cloudfront.OriginAccessControl(
        "pages",
        origin_access_control_origin_type="s3",
        signing_behavior="always",
        signing_protocol="sigv4",
        opts=options(),
    )
    certificate = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/a"
    behavior = {
        "targetOriginId": "pages",
        "allowedMethods": ["GET", "HEAD"],
        "cachedMethods": ["GET", "HEAD"],
        "viewerProtocolPolicy": "allow-all" if flawed else "redirect-to-https",
        "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "responseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03",
    }
    tls = (
        {"cloudfrontDefaultCertificate": True}
        if flawed
        else {
            "acmCertificateArn": certificate,
            "minimumProtocolVersion": "TLSv1.2_2021",
            "sslSupportMethod": "sni-only",
        }
    )
    aws.cloudfront.Distribution(
        "site",
        enabled=True,
        default_root_object="index.html",
        aliases=[] if flawed else ["example.id"],
        origins=[
            {
                "originId": "pages",
                "domainName": "pages.s3.ap-southeast-3.amazonaws.com",
                "originAccessControlId": control.id,
            }
        ],
        default_cache_behavior=behavior,
        viewer_certificate=tls,
        restrictions={"geoRestriction": {"restrictionType": "whitelist", "locations": ["ID"]}},
        web_acl_id=f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/site/1",
        opts=options(),
    )


def serverless_api(*, flawed):
    """A REST API whose answers come from a function."""
    logs = aws.cloudwatch.LogGroup(
        "answer", name="/aws/lambda/answer", kms_key_id=KEY, retention_in_days=365, opts=options()
    )
    worker = role("answer", "lambda.amazonaws.com", allow(["logs:PutLogEvents"], "*" if flawed else logs.arn))
    function = aws.lambda_.Function(
        "answer",
        runtime="python3.8" if flawed else "python3.13",
        handler="main.handle",
        role=worker.arn,
        s3_bucket="code",
        s3_key="a.zip",
        kms_key_arn=KEY,
        reserved_concurrent_executions=10,
        tracing_config={"mode": "Active"},
        dead_letter_config={"targetArn": f"arn:aws:sqs:ap-southeast-3:{ACCOUNT}:dead"},
        vpc_config={"subnetIds": ["subnet-a", "subnet-b"], "securityGroupIds": ["sg-1"]},
        environment={"variables": {"DATABASE_PASSWORD": "hunter2hunter2"} if flawed else {"STAGE": "prod"}},
        opts=options(),
    )
    api = aws.apigateway.RestApi("api", endpoint_configuration={"types": "REGIONAL"}, opts=options())
    aws.apigateway.Method(
        "get",
        rest_api=api.id,
        resource_id=api.root_resource_id,
        http_method="GET",
        authorization="NONE" if flawed else "AWS_IAM",
        opts=options(),
    )
    aws.lambda_.Permission(
        "api",
        action="lambda:InvokeFunction",
        function=function.name,
        principal="apigateway.amazonaws.com",
        source_arn=None if flawed else f"arn:aws:execute-api:ap-southeast-3:{ACCOUNT}:abc/*/GET/",
        opts=options(),
    )


def raw_table_behind_function(*, flawed):
    """Counts visits in a table."""
    table = aws.dynamodb.Table(
        "visits",
        hash_key="id",
        attributes=[{"name": "id", "type": "S"}],
        billing_mode="PAY_PER_REQUEST",
        server_side_encryption={"enabled": True, "kmsKeyArn": KEY} if not flawed else None,
        point_in_time_recovery={"enabled": not flawed},
        deletion_protection_enabled=True,
        opts=options(protect=True),
    )
    actions = ["dynamodb:*"] if flawed else ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    role("count", "lambda.amazonaws.com", allow(actions, "*" if flawed else table.arn))


def web_server(*, flawed):
    """One instance with a web server."""
    subnets, vpc = network()
    group = aws.ec2.SecurityGroup(
        "web",
        vpc_id=vpc.id,
        description="Web server",
        ingress=[
            {
                "protocol": "tcp",
                "fromPort": 22 if flawed else 443,
                "toPort": 22 if flawed else 443,
                "cidrBlocks": ["0.0.0.0/0"] if flawed else ["10.0.0.0/16"],
                "description": "Entry",
            }
        ],
        opts=options(),
    )
    script = "#!/bin/sh\nexport DB_PASSWORD=hunter2hunter2\n" if flawed else "#!/bin/sh\nsystemctl start nginx\n"
    aws.ec2.Instance(
        "web",
        ami="ami-0a1b2c3d4e5f60718",
        instance_type="t4g.small",
        subnet_id=subnets[0].id,
        user_data=script,
        vpc_security_group_ids=[group.id],
        associate_public_ip_address=flawed,
        iam_instance_profile="web",
        monitoring=True,
        metadata_options={"httpTokens": "optional" if flawed else "required", "httpPutResponseHopLimit": 1},
        root_block_device={"encrypted": not flawed, "kmsKeyId": None if flawed else KEY},
        opts=options(),
    )


def slack_bot(*, flawed):
    """A topic and a queue that a bot reads."""
    aws.sns.Topic("said", kms_master_key_id=None if flawed else KEY, opts=options())
    queue = aws.sqs.Queue(
        "said",
        kms_master_key_id=None if flawed else KEY,
        message_retention_seconds=1209600,
        redrive_policy=json.dumps(
            {"deadLetterTargetArn": f"arn:aws:sqs:ap-southeast-3:{ACCOUNT}:dead", "maxReceiveCount": 5}
        ),
        opts=options(),
    )
    sends = {
        "Effect": "Allow",
        "Principal": "*" if flawed else {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": f"arn:aws:sqs:ap-southeast-3:{ACCOUNT}:said",
    } | (
        {} if flawed else {"Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:ap-southeast-3:{ACCOUNT}:said"}}}
    )
    insecure = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": f"arn:aws:sqs:ap-southeast-3:{ACCOUNT}:said",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    aws.sqs.QueuePolicy(
        "said", queue_url=queue.id, policy=document(sends, *([] if flawed else [insecure])), opts=options()
    )


def role_to_assume(*, flawed):
    """A role that a person of the same account takes on."""
    trust = trusted_by({"AWS": "*" if flawed else f"arn:aws:iam::{ACCOUNT}:role/people"})
    taken = aws.iam.Role(
        "operator",
        assume_role_policy=trust,
        max_session_duration=3600,
        description="What operators do",
        permissions_boundary=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        opts=options(),
    )
    if flawed:
        aws.iam.RolePolicyAttachment(
            "all", role=taken.name, policy_arn="arn:aws:iam::aws:policy/AdministratorAccess", opts=options()
        )
        aws.iam.AccessKey("operator", user="operator", opts=options())
