"""The page about the comment on a pull request shows what `smile report` writes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from report.markdown import render
from report.place import Place
from report.run import Cost
from tests.event_log import Log
from tests.paths import ROOT

PAGE = (ROOT / "docs" / "pull-request.md").read_text()
DATABASE, QUEUE, INGRESS = (
    "aws:rds/instance:Instance",
    "aws:sqs/queue:Queue",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
)
GROUP, ROLE = "aws:ec2/securityGroup:SecurityGroup", "aws:iam/role:Role"


def exempted(log):
    return log.finding(
        "LP-SG-011",
        GROUP,
        "smile-runner",
        "Every security group is in use: no resource of this stack uses it.",
        level="advisory",
        severity="low",
        more=["Exempted until 2027-02-20 by smile-platform: the pipeline's runners carry it"],
    )


def change(folder, stack):
    """A pull request that a reviewer should stop."""
    log = Log(folder, stack)
    large = "db.r6i.large" if stack == "prod" else "db.t3.medium"
    before, after = {"dbName": "smile", "instanceClass": large}, {"dbName": "health", "instanceClass": "db.r6i.xlarge"}
    log.resource(
        "replace",
        DATABASE,
        "smile-database",
        before,
        after,
        changed=list(before),
        because=["dbName"],
        protect=stack == "prod",
    )
    log.resource("delete", QUEUE, "smile-returns")
    log.resource("create", INGRESS, "smile-bastion-ssh", after={"cidrIpv4": "0.0.0.0/0", "fromPort": 22})
    log.finding(
        "LP-SG-001",
        INGRESS,
        "smile-bastion-ssh",
        "No ingress from the internet to port 22 (SSH): allows 0.0.0.0/0 on port 22: SSH (at cidrIpv4).",
        severity="critical",
        more=["Fix: Name the group that may connect (referencedSecurityGroupId), or use Session Manager."],
    )
    for number in range(40):
        tags = ({"tags": {"Owner": owner}} for owner in ("smile", "logistics"))
        log.resource("update", ROLE, f"smile-service-{number}", *tags, changed=["tags.Owner"])
    for number in range(800):
        log.resource("same", ROLE, f"smile-other-{number}")
    run = exempted(log).read()
    found = [replace(each, places=() if each.exempted else (Place("layers/access.py", 41),)) for each in run.findings]
    cost = Cost(
        before=Decimal("3933.26"), after=Decimal("4220.10"), unpriced=("rds.mysql.db.r6i.xlarge.multi 0 → 730",)
    )
    base = exempted(Log(folder, stack, "base")).read()
    return replace(run, findings=tuple(found), cost=cost if stack == "prod" else None, base=base)


def test_the_example_is_what_the_command_writes(tmp_path):
    text = render([change(tmp_path, stack) for stack in ("dev", "prod", "staging")], date(2027, 1, 30))
    shown = PAGE.partition("<!-- example -->\n\n")[2].partition("\n<!-- /example -->")[0]
    assert shown == text
