"""VPC flow logs."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.references import logging
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource
from guardrails.network.subnet_tiers import VPCS

FLOW_LOG = "aws:ec2/flowLog:FlowLog"


@control(
    id="RSL-VPC-003",
    title="Every VPC has a flow log",
    why="Without one, nobody can reconstruct what an intruder reached or what left the VPC.",
    fix="Add an aws.ec2.FlowLog with this vpcId and trafficType ALL.",
    severity=Severity.MEDIUM,
    types=VPCS,
    scope=Scope.STACK,
    references=logging(checkov=("CKV2_AWS_11",), security_hub=("EC2.6",)),
)
def vpc_has_flow_log(vpc: Resource, context: Context) -> Findings:
    if not named_by(vpc, context.everything, (FLOW_LOG,), "vpcId", VPCS):
        yield Violation("no flow log of this stack records it")


@control(
    id="RSL-VPC-004",
    title="Flow logs record all traffic",
    why="Accepted traffic shows what was reached, rejected traffic who is looking for a way in.",
    fix="Set trafficType to ALL.",
    severity=Severity.LOW,
    types=(FLOW_LOG,),
    references=logging(),
)
def flow_log_records_all(log: Resource, _: Context) -> Findings:
    # A transit gateway's log has no traffic type: it always records all.
    traffic = log.get("trafficType", "ALL")
    if traffic != "ALL":
        yield Violation(f"it records {traffic} only", "trafficType")
