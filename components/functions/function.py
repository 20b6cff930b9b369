"""A Lambda function: code of ``functions/``, a role of its own, encrypted logs, a dead letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import lambda_

from components.core.context import StackContext
from components.core.environment import DataClass, Environment
from components.core.iam import ANY, Statement
from components.core.log_group import log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.functions.alarms import function_alarms
from components.functions.code import archive
from components.functions.code_signing import sign
from components.functions.settings import Runtime
from components.secrets.settings import check_plain_names

RUNTIME: Runtime = "python3.13"
RETRIES = 2
OLDEST_SECONDS = 3600
"""An event that waited longer isn't tried any more: it goes to the critical topic as a dead letter."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where in the VPC a function runs.

    Attributes:
        subnet_ids: one in each zone.
        security_group_ids: what it may reach.
    """

    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """What a function needs.

    Attributes:
        component: the component it works for, as a tag.
        data_class: how sensitive the data is that it touches.
        description: of the work it does.
        code: folder under ``functions/``; its ``handler.py`` has the function ``handle(event, context)``.
        packages: pure Python packages of the virtual environment that go with the code, such as ``pymysql``.
        statements: what it may do, besides writing its own logs and traces.
        environment: plain settings it reads; never a secret.
        runtime: the language.
        timeout_seconds: after which Lambda ends it, at most 900.
        memory_mib: 128 to 10,240; CPU grows with it.
        ephemeral_mib: of ``/tmp``, 512 to 10,240; None is 512.
        concurrency: how many run at once at most, where the context reserves them.
        placement: in the VPC; None outside it, where only AWS's own interfaces are in reach.

    Raises:
        ValueError: the name of a variable in ``environment`` promises a secret.
    """

    context: StackContext
    component: str
    data_class: DataClass
    description: str
    code: str
    statements: Sequence[Statement]
    packages: Sequence[str] = ()
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    runtime: Runtime = RUNTIME
    timeout_seconds: int = 60
    memory_mib: int = 256
    ephemeral_mib: int | None = None
    concurrency: int = 1
    placement: Placement | None = None

    def __post_init__(self) -> None:
        check_plain_names(self.environment)


class Function(pulumi.ComponentResource):
    """The function, its log group and its role. What fails for good goes to the topic of critical alarms.

    Attributes:
        arn: of the function.
        name: of the function, such as ``acme-prod-snapshot-cache``.
        role_arn: what it takes on.
        log_group_name: where its output is.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:function:Function", name, None, opts)
        self.args = args
        context = args.context
        role_name = name.removeprefix(f"{context.environment.project}-")
        self.physical_name = f"{context.environment.prefix}-{role_name}"
        self.log_path = f"/aws/lambda/{self.physical_name}"
        tags = context.environment.tags(component=args.component, data_class=args.data_class)(role_name)
        logs = log_group(name, context, self.log_path, tags, self)
        role = ServiceRole(
            name,
            ServiceRoleArgs(
                environment=context.environment,
                service="lambda.amazonaws.com",
                names_source=False,
                description=args.description,
                statements=[*self.baseline(), *args.statements],
                tags=tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        code, signing = archive(args.code, args.packages), context.code_signing
        signed = sign(name, context, self.physical_name, code, self)
        function = lambda_.Function(
            name,
            name=self.physical_name,
            description=args.description,
            runtime=args.runtime,
            architectures=["arm64"],
            handler="handler.handle",
            code=None if signed else code,
            s3_bucket=signed and signed.bucket,
            s3_key=signed and signed.key,
            code_signing_config_arn=signing and signing.config_arn,
            role=role.arn,
            timeout=args.timeout_seconds,
            memory_size=args.memory_mib,
            ephemeral_storage={"size": args.ephemeral_mib} if args.ephemeral_mib else None,
            reserved_concurrent_executions=args.concurrency if context.reserve_concurrency else None,
            kms_key_arn=context.keys["functions"],
            source_kms_key_arn=context.keys["functions"],
            environment={"variables": dict(args.environment)} if args.environment else None,
            tracing_config={"mode": "Active"},
            logging_config={"log_format": "JSON", "log_group": self.log_path},
            dead_letter_config={"target_arn": context.topics["critical"]},
            vpc_config=(
                {
                    "subnet_ids": list(args.placement.subnet_ids),
                    "security_group_ids": list(args.placement.security_group_ids),
                }
                if args.placement
                else None
            ),
            tags=tags,
            # Its permissions and its log group first: what it wrote before would be lost, or unencrypted.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role, logs]),
        )
        lambda_.FunctionEventInvokeConfig(
            name,
            function_name=function.name,
            maximum_retry_attempts=RETRIES,
            maximum_event_age_in_seconds=OLDEST_SECONDS,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.watch(name)
        self.arn = function.arn
        self.name = function.name
        self.role_arn, self.log_group_name = role.arn, logs.name
        self.register_outputs(
            {"arn": self.arn, "name": self.name, "roleArn": self.role_arn, "logGroupName": self.log_group_name}
        )

    def watch(self, name: str) -> None:
        """Its alarms."""
        args = self.args
        function_alarms(
            name, args.context, self.physical_name, args.component, args.data_class, args.timeout_seconds, self
        )

    def baseline(self) -> list[Statement]:
        """What every function may do: write its logs and traces, report a failure, and live in the VPC."""
        context = self.args.context
        logs = context.environment.arn("logs", f"log-group:{self.log_path}:*")
        statements = [
            Statement(
                sid="WriteLogs",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[logs],
            ),
            Statement(
                sid="WriteTraces",
                actions=["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                resources=[ANY],
                allow_any="traces have no ARN",
            ),
            Statement(
                sid="ReportFailure",
                actions=["sns:Publish"],
                resources=[context.topics["critical"]],
            ),
            Statement(
                sid="EncryptReport",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[context.keys["queues"]],
            ),
        ]
        if self.args.placement:
            statements += network_interfaces(context.environment, self.physical_name)
        return statements


def network_interfaces(environment: Environment, function: str) -> list[Statement]:
    """What Lambda does with a function's role to attach it to the VPC, and the function's own code may not do.

    Lambda checks for the changes on every network interface, subnet and group of the account, by ARN.
    """
    look = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
    change = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
    ]
    return [
        Statement(sid="FindNetworkInterfaces", actions=look, resources=[ANY], allow_any="they take nothing narrower"),
        Statement(sid="AttachToVpc", actions=change, resources=[environment.arn("ec2", "*/*")]),
        Statement(
            sid="DenyNetworkInterfacesToCode",
            effect="Deny",
            actions=[*look, *change],
            resources=[ANY],
            conditions={"ArnEquals": {"lambda:SourceFunctionArn": environment.arn("lambda", f"function:{function}")}},
        ),
    ]
