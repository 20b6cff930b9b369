"""What a reviewer reads of ten pull requests."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from report.markdown import MARKER, render
from report.run import Cost
from tests.event_log import SECRET, Log

TODAY = date(2027, 1, 30)
BUCKET, QUEUE, DATABASE = "aws:s3/bucket:Bucket", "aws:sqs/queue:Queue", "aws:rds/instance:Instance"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
ROLE, POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"


@pytest.fixture
def log(tmp_path):
    """A log of a stack in which one queue stays as it is."""

    def begun(stack="prod", name="events"):
        return Log(tmp_path, stack, name).resource("same", QUEUE, "smile-orders", {"name": "smile-prod-orders"})

    return begun


def comment(*logs, base=None, cost=None):
    runs = [replace(each.read(), base=base and base.read(), cost=cost) for each in logs]
    return render(runs, TODAY)


def facts(text):
    """The lines that aren't folded."""
    return [line.removeprefix("- ") for line in text.partition("\n|")[0].splitlines()[2:] if line]


def test_a_public_bucket(log):
    head = log().resource(
        "update",
        BLOCK,
        "smile-exports",
        {"blockPublicAcls": True},
        {"blockPublicAcls": False},
        changed=["blockPublicAcls"],
    )
    head.finding(
        "LP-S3-002",
        BLOCK,
        "smile-exports",
        "Buckets block public access: blockPublicAcls is false (at blockPublicAcls).",
        more=["Fix: Set blockPublicAcls to true."],
    )
    text = comment(head, base=log(name="base"))
    assert text.startswith("## Refused: 1 violation of mandatory controls\n")
    assert facts(text) == [
        (
            f"`prod` **Mandatory, high** `LP-S3-002` on `{BLOCK} smile-exports` at `blockPublicAcls`: "
            "Buckets block public access: blockPublicAcls is false. **Fix**: Set blockPublicAcls to true"
        ),
        f"`prod` **Updated**: `{BLOCK}` `smile-exports`: `blockPublicAcls` `true` → `false`",
    ]


def test_a_replaced_database(log):
    before, after = {"engine": "mysql", "password": SECRET}, {"engine": "postgres", "password": "geheim"}
    head = log().resource(
        "replace",
        DATABASE,
        "smile-database",
        before,
        after,
        changed=["engine", "password"],
        because=["engine", "password"],
    )
    head.resource("replace", ROLE, "smile-monitoring", {"name": "a"}, {"name": "b"}, changed=["name"], because=["name"])
    text = comment(head, base=log(name="base"))
    assert text.startswith("## Data is at stake: deletes or replaces 1 resource that holds data, and 1 other\n")
    assert facts(text) == [
        (
            "`prod` **Replaced, holds data**: `aws:rds/instance:Instance` `smile-database`, "
            "since `engine` `mysql` → `postgres`, `password` changed"
        ),
        "`prod` **Replaced**: `aws:iam/role:Role` `smile-monitoring`, since `name` `a` → `b` changed",
    ]
    assert "geheim" not in text
    assert "| `prod` | 0 | 0 | 2 | 0 | 2 | 0 | 0 | 0 |" in text


def test_a_deleted_queue_in_every_stack_is_one_line_and_protection_is_said(log):
    heads = [
        log(stack).resource("delete", QUEUE, "smile-returns", protect=stack == "prod")
        for stack in ("dev", "qa", "prod")
    ]
    text = comment(*heads)
    assert text.startswith("## Data is at stake: deletes or replaces 3 resources that hold data\n")
    assert facts(text) == [
        "`dev, qa` **Deleted, holds data**: `aws:sqs/queue:Queue` `smile-returns`",
        "`prod` **Deleted, holds data**: `aws:sqs/queue:Queue` `smile-returns`; **protected: the engine refuses**",
    ]


def test_an_opened_port_is_news_and_what_the_base_has_is_folded(log):
    def old(to):
        text = "Ingress is narrow: allows 10.0.0.0/8 on port 443 (at cidrIpv4)."
        return to.finding("LP-SG-005", INGRESS, "smile-old", text, level="advisory", severity="low")

    head = old(log()).resource("create", INGRESS, "smile-ssh", after={"cidrIpv4": "0.0.0.0/0", "fromPort": 22})
    head.finding(
        "LP-SG-001",
        INGRESS,
        "smile-ssh",
        "No ingress from the internet to port 22 (SSH): allows 0.0.0.0/0 on port 22 (at cidrIpv4).",
        severity="critical",
        more=["Fix: Name the group (referencedSecurityGroupId)."],
    )
    text = comment(head, base=old(log(name="base")))
    assert facts(text)[0].startswith("`prod` **Mandatory, critical** `LP-SG-001` on ")
    assert "**Fix**: Name the group (referencedSecurityGroupId)" in facts(text)[0]
    assert not any("LP-SG-005" in each for each in facts(text))
    folded = text.partition("<details><summary>Violations that were there before: 1</summary>")[2]
    assert "`prod` **Advisory, low** `LP-SG-005`" in folded


def test_a_mandatory_violation_that_the_base_has_too_is_told_since_it_refuses_the_change(log):
    head, base = (
        each.finding("LP-S3-002", BUCKET, "smile-exports", "Buckets are private: it is public.")
        for each in (log(), log(name="base"))
    )
    text = comment(head, base=base)
    assert text.startswith("## Refused: 1 violation of mandatory controls\n")
    assert facts(text)[0].startswith("`prod` **Mandatory, as before, high** `LP-S3-002`")


def test_a_renamed_service_is_taken_for_what_it_is(log):
    head = log()
    for op, name in (("delete", "smile-parcels"), ("create", "smile-shipments")):
        head.resource(op, ROLE, name).resource(op, POLICY, name)
    head.resource("delete", GROUP, "smile-parcels")
    text = comment(head, base=log(name="base"))
    assert text.startswith("## Look closely: deletes or replaces 3 resources, without data\n")
    assert (
        "`prod` **A rename?** 2 of 3 deleted resources are created under another name: "
        "an alias (`aliases=`) would keep them"
    ) in facts(text)
    assert "smile-shipments" in text


def test_a_changed_tag_on_everything_is_one_line(log):
    head = log()
    for number in range(1200):
        before, after = ({name: {"Owner": owner} for name in ("tags", "tagsAll")} for owner in ("a", "b"))
        head.resource("update", QUEUE, f"smile-{number}", before, after, changed=["tags.Owner", "tagsAll.Owner"])
    text = comment(head, base=log(name="base"))
    assert text.startswith("## Green: 1,200 changes, nothing destroyed\n")
    assert facts(text) == ["`prod` **Updated**: 1,200 resources, such as `aws:sqs/queue:Queue` `smile-0`: `tags.Owner`"]


def test_a_new_stack(tmp_path, log):
    new = Log(tmp_path, "qa")
    new.events.clear()
    new.resource("create", BUCKET, "smile-exports").resource("create", QUEUE, "smile-orders")
    text = comment(log(), new)
    assert text.startswith("## Green: 2 changes, nothing destroyed\n")
    assert facts(text) == [
        "`qa` **From nothing**: all 2 resources are created: 1 `aws:s3/bucket:Bucket`, 1 `aws:sqs/queue:Queue`"
    ]
    assert "| `qa` | 2 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |" in text


def test_an_exemption_that_expires_tomorrow_and_one_that_is_new(log):
    def exempted(to, name, until):
        text, more = "Every security group is in use: nothing uses it.", [f"Exempted until {until} by net: a reason"]
        return to.finding("LP-SG-011", GROUP, name, text, level="advisory", severity="low", more=more)

    base = exempted(exempted(log(name="base"), "smile-runner", "2027-01-31"), "smile-far", "2027-11-30")
    head = exempted(
        exempted(exempted(log(), "smile-runner", "2027-01-31"), "smile-far", "2027-11-30"), "smile-x", "2027-10-01"
    )
    text = comment(head, base=base)
    assert text.startswith("## Nothing changes\n")
    assert facts(text) == [
        f"`prod` **Ends in 1 day**: Exempted `LP-SG-011` on `{GROUP} smile-runner` until 2027-01-31 by net: a reason",
        f"`prod` **New**: Exempted `LP-SG-011` on `{GROUP} smile-x` until 2027-10-01 by net: a reason",
    ]
    assert "<details><summary>Exemptions: 1</summary>\n\n- `prod` Exempted `LP-SG-011` on" in text


def test_a_doubled_cost(log):
    head = log().resource(
        "update", DATABASE, "smile-database", {"instanceClass": "db.m6g.large"}, changed=["instanceClass"]
    )
    cost = Cost(before=Decimal("2100.10"), after=Decimal("4200.20"), unpriced=("rds.gp3-multi-gib 100 → 200",))
    text = comment(head, base=log(name="base"), cost=cost)
    assert (
        "`prod` **Cost**: its known part 2,100.10 → 4,200.20 USD a month (+2,100.10, +100%); "
        "without a price here: `rds.gp3-multi-gib 100 → 200`"
    ) in facts(text)


def test_nothing_at_all(log):
    heads = [log("dev"), log("prod")]
    text = comment(*heads, cost=Cost(before=Decimal(7), after=Decimal(7)))
    assert text == (
        "## Nothing changes\n\n"
        "| Stack | Create | Update | Replace | Delete | Unchanged | Mandatory | Advisory | Exempted |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| `dev` | 0 | 0 | 0 | 0 | 2 | 0 | 0 | 0 |\n"
        "| `prod` | 0 | 0 | 0 | 0 | 2 | 0 | 0 | 0 |\n\n"
        f"{MARKER}\n"
    )
