"""Production's whole program under mocks: what only all layers together show, without an engine.

What the resources really get, and whether each permission is for the right resource, the engine's tests say.
"""

import json
import re
from fnmatch import fnmatchcase

import pytest
from google.protobuf.json_format import MessageToDict
from moto.iam.aws_managed_policies import aws_managed_policies_data
from pipeline_needs import needed
from policy_sentry.querying.actions import get_action_data
from role_needs import expression, written

from cli.docs.access.policy_documents import as_list
from settings import load_from_files
from tests.paths import ROOT
from tests.policies.judged_program import Broken, judged_registrations, registered
from tests.unit.components.core.test_component_tags import takes_tags

pytestmark = pytest.mark.xdist_group("program")  # recorded once
OURS = "arn:of:Policy/"
PIPELINE = ("smile-delivery-deploy", "smile-delivery-preview")
"""What they may do follows from the types of the resources, not from what is written of the role."""
BOUNDARY = "aws:iam/policy:Policy::smile-delivery-boundary"
ELSEWHERE = {"insight", "*-waiting"}
"""Names that ring, but no alarm of production: a notice of X-Ray's, and Karpenter's queue."""
KNOWN_LATER = {
    *(Broken(f"LP-IAM-{number}", BOUNDARY) for number in ("003", "009", "011", "012", "013", "014", "015", "017")),
    *(Broken(f"LP-IAM-{number}", "aws:iam/policy:Policy::smile-rotate-mysql-users-by-id") for number in ("013", "018")),
    Broken("LP-CLOUDFRONT-004", "aws:cloudfront/distribution:Distribution::smile-frontend"),
    Broken("LP-S3-012", "aws:s3/bucketPolicy:BucketPolicy::smile-assets"),
    Broken("LP-SQS-004", "aws:sqs/queue:Queue::smile-jobs-dead"),
    Broken("LP-SQS-004", "aws:sqs/queue:Queue::smile-stock-movements-dead.fifo"),
    Broken("LP-VPC-004", "aws:ec2/route:Route::smile-public-default"),
    Broken("LP-VPCE-001", "aws:ec2/routeTable:RouteTable::smile-public"),
}
"""What the mocks' ids and ARNs make the packs say of a stack that is green on the engine: they are of no AWS form."""


@pytest.fixture(scope="module")
def settings():
    return load_from_files("prod")


@pytest.fixture(scope="module")
def seen():
    return registered("prod")


@pytest.fixture(scope="module")
def resources(seen):
    """(type, logical name, inputs, URN of the parent) of each."""
    return [(request.type, request.name, MessageToDict(request.object), request.parent) for request, _ in seen]


def of_type(resources, type_):
    return {name: inputs for kind, name, inputs, _ in resources if kind == type_}


@pytest.mark.long
def test_the_packs_find_nothing_but_what_the_mocks_answer(seen, settings):
    assert sorted(judged_registrations(seen, settings) - KNOWN_LATER) == []


def test_every_resource_belongs_to_a_component(resources):
    lone = [f"{type_} {name}" for type_, name, _, parent in resources if is_of_a_cloud(type_) and not is_part(parent)]
    assert lone == []


def is_of_a_cloud(type_):
    return type_.startswith(("aws:", "kubernetes:"))


def is_part(parent):
    """Whether a resource's parent is one of the program's components, and not the stack."""
    return "platform:" in parent.split("::")[2] if parent else False


def test_every_resource_that_takes_tags_says_whose_it_is(resources):
    asked = {"Name", "Component", "DataClass"}
    taggable = [each for each in resources if each[0].startswith("aws:") and takes_tags(each[0])]
    assert len(taggable) > 300
    assert {
        f"{type_} {name}" for type_, name, inputs, _ in taggable if not asked <= set(inputs.get("tags", {}))
    } == set()


@pytest.fixture(scope="module")
def alarms(resources):
    """Name of each alarm in CloudWatch -> what it says."""
    single = of_type(resources, "aws:cloudwatch/metricAlarm:MetricAlarm").values()
    of_several = of_type(resources, "aws:cloudwatch/compositeAlarm:CompositeAlarm").values()
    return {each.get("name") or each["alarmName"]: each["alarmDescription"] for each in (*single, *of_several)}


@pytest.fixture(scope="module")
def dashboards(resources):
    """Name -> widgets."""
    made = of_type(resources, "aws:cloudwatch/dashboard:Dashboard").values()
    return {each["dashboardName"]: json.loads(each["dashboardBody"])["widgets"] for each in made}


@pytest.fixture(scope="module")
def what_rang():
    """The table of docs/runbooks/README.md: the patterns of each row, and its page; the first row that fits counts."""
    text = (ROOT / "docs" / "runbooks" / "README.md").read_text().partition("| rings |")[2].partition("## ")[0]
    rows = re.findall(r"^\| (.+) \| \[[^]]+\]\((\w+\.md)\) \|$", text, re.MULTILINE)
    assert len(rows) == len([line for line in text.splitlines() if line.startswith("| ")]) - 1  # the dashes
    return [(re.findall(r"`([^`]+)`", row), page) for row, page in rows]


def test_the_table_of_what_rang_leads_every_alarm_to_the_page_that_it_names(alarms, what_rang):
    assert len(alarms) > 150
    wrong = {}
    for name, text in alarms.items():
        short, page = name.removeprefix("smile-prod-"), text.rpartition("/")[2]
        found = next((to for patterns, to in what_rang if any(fnmatchcase(short, each) for each in patterns)), None)
        if found != page:
            wrong[short] = (found, page)
    assert wrong == {}


def test_the_table_of_what_rang_names_nothing_that_does_not(alarms, what_rang):
    names = [name.removeprefix("smile-prod-") for name in alarms]
    patterns = {pattern for row, _ in what_rang for pattern in row} - ELSEWHERE
    assert {each for each in patterns if not any(fnmatchcase(name, each) for name in names)} == set()


def shown(widgets, kind):
    return [each["properties"] for each in widgets if each["type"] == kind]


def test_overview_shows_whether_each_alarm_rings_composite_ones_too(alarms, dashboards):
    arns = [arn for states in shown(dashboards["smile-prod-overview"], "alarm") for arn in states["alarms"]]
    assert sorted(arn.rpartition(":")[2] for arn in arns) == sorted(alarms)


def test_no_two_graphs_of_a_dashboard_have_one_title(dashboards):
    assert len(dashboards) == 5
    for widgets in dashboards.values():
        titles = [each["title"] for each in shown(widgets, "metric")]
        assert {title for title in titles if titles.count(title) > 1} == set()


def test_what_stands_without_an_alarm_has_none(resources, dashboards):
    watched = {
        (metric["namespace"], metric["metricName"])
        for alarm in of_type(resources, "aws:cloudwatch/metricAlarm:MetricAlarm").values()
        for metric in (alarm, *(query.get("metric", {}) for query in alarm.get("metricQueries", ())))
        if "metricName" in metric
    }
    (heading,) = [
        (dashboard, at)
        for dashboard, widgets in dashboards.items()
        for at, each in enumerate(widgets)
        if each["properties"].get("markdown") == "## Without an alarm"
    ]
    below = dashboards[heading[0]][heading[1] + 1 :]
    besides = below[: next(at for at, each in enumerate(below) if each["type"] == "text")]
    rows = [tuple(row[:2]) for each in besides for row in each["properties"]["metrics"]]
    assert rows
    assert [row for row in rows if row in watched] == []


def test_users_come_first_with_the_canary(dashboards):
    titles = [each["title"] for each in shown(dashboards["smile-prod-overview"], "metric")]
    assert titles.index("canary") < 3
    of_edge = [each["title"] for each in shown(dashboards["smile-prod-edge"], "metric")]
    assert "canary" in of_edge
    assert any(title.startswith("slo availability") for title in of_edge)


@pytest.fixture(scope="module")
def granted(resources):
    """Logical name of a role -> (pattern of actions, whether a policy of AWS's own has it)."""
    bodies = {f"{OURS}{name}": each["policy"] for name, each in of_type(resources, "aws:iam/policy:Policy").items()}
    of_aws = {
        f"arn:aws:iam::aws:policy/{n}": each["Document"] for n, each in json.loads(aws_managed_policies_data).items()
    }
    found = {inputs["name"]: [] for inputs in of_type(resources, "aws:iam/role:Role").values()}
    for each in of_type(resources, "aws:iam/rolePolicyAttachment:RolePolicyAttachment").values():
        arn = each["policyArn"]
        for statement in (json.loads(bodies[arn]) if arn in bodies else of_aws[arn])["Statement"]:
            if statement["Effect"] == "Allow":
                found[each["role"]] += [(pattern, arn in of_aws) for pattern in as_list(statement["Action"])]
    return {logical: found[inputs["name"]] for logical, inputs in of_type(resources, "aws:iam/role:Role").items()}


def needs_of(role, user, function):
    """What is written of a role in tests/engine/role_needs, and what its user's settings ask for."""
    entries = [name for name in written()["roles"] if expression(name).fullmatch(role)]
    yield from written()["roles"][max(entries, key=len)].get("needs", ()) if entries else ()
    yield from written()["users"] if user else ()
    for task, needs in written()["tasks"].items():
        yield from as_list(needs) if user and getattr(user, task) else ()
    for need in written()["functions"] if function else ():
        if function.get("vpcConfig") or not need["do"].startswith("ec2:"):
            yield need


def allows(pattern, action):
    return fnmatchcase(action.lower(), pattern.lower())


@pytest.fixture(scope="module")
def asked(resources, settings):
    """Logical name of a role -> the actions that it needs, and those that encryption may add."""
    users = {f"smile-workload-{name}": each for name, each in settings.services.catalogue.items()}
    users |= {f"smile-{name}": each for name, each in settings.functions.application.items()}
    functions = {
        each["role"].rpartition("/")[2]: each for each in of_type(resources, "aws:lambda/function:Function").values()
    }
    found = {}
    for role in of_type(resources, "aws:iam/role:Role"):
        # What AWS signs is allowed by a URL; what may be none, the stack need not have.
        needs = [each for each in needs_of(role, users.get(role), functions.get(role)) if "signed" not in each]
        may = {action for each in needs for action in each["do"].split()}
        must = {action for each in needs if "may_be_none" not in each for action in each["do"].split()}
        encrypting = written()["encryption"]
        found[role] = must, may | {key for each in may if each in encrypting for key in encrypting[each]["do"].split()}
    return found


def test_every_role_may_do_each_thing_that_it_needs(granted, asked):
    assert len(granted) > 30
    missing = {
        role: [action for action in must if not any(allows(pattern, action) for pattern, _ in granted[role])]
        for role, (must, _) in asked.items()
    }
    assert {role: actions for role, actions in missing.items() if actions} == {}


def test_no_role_may_do_what_it_needs_for_nothing(granted, asked):
    beyond = {
        role: [
            pattern
            for pattern, of_aws in granted[role]
            if not of_aws and not any(allows(pattern, each) for each in may)
        ]
        for role, (_, may) in asked.items()
        if role not in PIPELINE
    }
    assert {role: patterns for role, patterns in beyond.items() if patterns} == {}


def is_of_a_resource(action):
    """Whether AWS documents ARNs that it works on; what the pipeline takes for the others, nothing says."""
    service, _, name = action.partition(":")
    known = get_action_data(service, name)
    return any(row["resource_arn_format"] != "*" for row in known[service]) if known else False


def test_the_pipeline_may_do_whatever_the_types_of_the_stack_take(resources, granted):
    """By AWS's resource schemas; on which ARN, the engine's tests say."""
    patterns = [pattern for pattern, _ in granted["smile-delivery-deploy"]]
    actions = {
        type_: filter(is_of_a_resource, needed(type_)) for type_ in {each[0] for each in resources} if "aws:" in type_
    }
    assert len(actions) > 100
    missing = {
        type_: [each for each in found if not any(allows(pattern, each) for pattern in patterns)]
        for type_, found in actions.items()
    }
    assert {type_: lacking for type_, lacking in missing.items() if lacking} == {}
