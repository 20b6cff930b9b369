"""A web server with a load balancer and a database, a static website, a function behind an API."""

from components.core import sdk_performance

sdk_performance.apply()
import json

import pulumi
import pulumi_aws as aws
import pulumi_random as random

jakarta = aws.Provider("jakarta", region="ap-southeast-3", default_tags={"tags": {"Project": "offline"}})
options = pulumi.ResourceOptions(provider=jakarta)
lookup = pulumi.InvokeOptions(provider=jakarta)

# A network of its own.
zones = aws.get_availability_zones(state="available", opts=lookup)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, opts=options)
gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, opts=options)
table = aws.ec2.RouteTable(
    "table", vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id}], opts=options
)
subnets = [
    aws.ec2.Subnet(
        f"subnet-{zone[-1]}", vpc_id=vpc.id, cidr_block=f"10.0.{i}.0/24", availability_zone=zone, opts=options
    )
    for i, zone in enumerate(zones.names)
]
for i, subnet in enumerate(subnets):
    aws.ec2.RouteTableAssociation(f"route-{i}", subnet_id=subnet.id, route_table_id=table.id, opts=options)
nat = aws.ec2.NatGateway(
    "nat", allocation_id=aws.ec2.Eip("nat", domain="vpc", opts=options).id, subnet_id=subnets[0].id, opts=options
)

# A web server behind a load balancer, and its database.
group = aws.ec2.SecurityGroup(
    "web",
    vpc_id=vpc.id,
    ingress=[{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"]}],
    opts=options,
)
image = aws.ec2.get_ami(
    most_recent=True, owners=["amazon"], filters=[{"name": "name", "values": ["al2023-ami-*-x86_64"]}], opts=lookup
)
server = aws.ec2.Instance(
    "server",
    ami=image.id,
    instance_type="t3.micro",
    subnet_id=subnets[0].id,
    vpc_security_group_ids=[group.id],
    opts=options,
)
balancer = aws.lb.LoadBalancer("web", security_groups=[group.id], subnets=[s.id for s in subnets], opts=options)
targets = aws.lb.TargetGroup("web", port=80, protocol="HTTP", vpc_id=vpc.id, opts=options)
aws.lb.TargetGroupAttachment("web", target_group_arn=targets.arn, target_id=server.id, opts=options)
aws.lb.Listener(
    "web",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
    opts=options,
)
password = random.RandomPassword("database", length=24, special=False)
database = aws.rds.Instance(
    "database",
    engine="mysql",
    instance_class="db.t3.micro",
    allocated_storage=20,
    username="app",
    password=password.result,
    db_subnet_group_name=aws.rds.SubnetGroup("database", subnet_ids=[s.id for s in subnets], opts=options).name,
    skip_final_snapshot=True,
    opts=options,
)

# A static website.
bucket = aws.s3.Bucket("Website", opts=options)
aws.s3.BucketVersioning("website", bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=options)
page = aws.s3.BucketObjectv2(
    "index.html", bucket=bucket.id, content="<h1>Halo</h1>", content_type="text/html", opts=options
)
access = aws.cloudfront.OriginAccessControl(
    "website",
    origin_access_control_origin_type="s3",
    signing_behavior="always",
    signing_protocol="sigv4",
    opts=options,
)
distribution = aws.cloudfront.Distribution(
    "website",
    enabled=True,
    default_root_object="index.html",
    origins=[
        {
            "origin_id": "s3",
            "domain_name": bucket.bucket_regional_domain_name,
            "origin_access_control_id": access.id,
        }
    ],
    default_cache_behavior={
        "target_origin_id": "s3",
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": aws.cloudfront.get_cache_policy(name="Managed-CachingOptimized", opts=lookup).id,
    },
    restrictions={"geo_restriction": {"restriction_type": "none"}},
    viewer_certificate={"cloudfront_default_certificate": True},
    opts=options,
)
aws.s3.BucketPolicy(
    "website",
    bucket=bucket.id,
    policy=aws.iam.get_policy_document_output(
        statements=[
            {
                "actions": ["s3:GetObject"],
                "resources": [pulumi.Output.concat(bucket.arn, "/*")],
                "principals": [{"type": "Service", "identifiers": ["cloudfront.amazonaws.com"]}],
                "conditions": [
                    {"test": "StringEquals", "variable": "AWS:SourceArn", "values": [distribution.arn]},
                ],
            }
        ],
        opts=pulumi.InvokeOutputOptions(provider=jakarta),
    ).json,
    opts=options,
)

# A function behind an API.
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = aws.iam.Role("function", assume_role_policy=json.dumps(trust), opts=options)
aws.iam.RolePolicyAttachment(
    "function",
    role=role.name,
    policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    opts=options,
)
function = aws.lambda_.Function(
    "function",
    runtime="python3.13",
    handler="main.handler",
    role=role.arn,
    code=pulumi.AssetArchive({"main.py": pulumi.StringAsset("def handler(event, context): return 'halo'")}),
    opts=options,
)
api = aws.apigatewayv2.Api("api", protocol_type="HTTP", target=function.arn, opts=options)
aws.lambda_.Permission(
    "api",
    action="lambda:InvokeFunction",
    function=function.name,
    principal="apigateway.amazonaws.com",
    source_arn=pulumi.Output.concat(api.execution_arn, "/*/*"),
    opts=options,
)

pulumi.export("account", aws.get_caller_identity(opts=lookup).account_id)
pulumi.export("vpc", vpc.id)
pulumi.export("subnets", [s.id for s in subnets])
pulumi.export("balancer", balancer.dns_name)
pulumi.export("balancer_vpc", balancer.vpc_id)
pulumi.export("database", database.endpoint)
pulumi.export("bucket", bucket.bucket)
pulumi.export("website", distribution.domain_name)
pulumi.export("api", api.api_endpoint)
pulumi.export("function", function.arn)
pulumi.export("tags", vpc.tags_all)
pulumi.export("password", password.result)
