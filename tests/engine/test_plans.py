"""``smile deploy`` and ``smile drift`` on the real engine: a plan is applied as it is or not at all, drift is found."""

import json
import sqlite3

import pytest
from engine_runs import PROD, copy_of_program, edit

from cli import deploy
from cli.deploy_plans import plan_of, unplannable, without_values
from cli.program import smile

PROGRAM = """
from components.core import sdk_performance

sdk_performance.apply()
import pulumi
from pulumi_aws import ssm

from components.core.environment import Environment
from components.core.provider import aws_provider
from settings import load_for_program

settings = load_for_program()
environment = Environment(name=settings.stack, account_id=settings.account.id, region="ap-southeast-3", project="smile")
opts = pulumi.ResourceOptions(provider=aws_provider(environment, settings.default_tags))
tags = environment.tags(component="plans", data_class="internal")


def parameter(name, description, value="1"):
    path = f"/smile/{settings.stack}/{name}"
    return ssm.Parameter(
        name, name=path, type="String", value=value, description=description, tags=tags(name), opts=opts
    )


branch = parameter("branch", settings.deployment.branch)
parameter("computed", branch.arn)
parameter("hidden", "of a secret value", pulumi.Output.secret("first-value"))
"""
HOLDER = """
class Holder(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("platform:plans:Holder", "holder")
        self.register_outputs({"held": parameter("held", "given out as a whole")})


Holder()
"""
pytestmark = pytest.mark.xdist_group("plans")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A small program with prod's settings."""
    program = copy_of_program(tmp_path_factory.mktemp("plans"))
    (program.cwd / "__main__.py").write_text(PROGRAM)
    return program


@pytest.fixture(scope="module")
def does(program):
    """Runs a step of ``smile deploy`` in its own words, packs included, but offline; gives exit code and output."""

    def run(step):
        done = program.smile("offline", "--", *deploy.command(smile(), step, "prod"))
        return done.returncode, done.stdout + done.stderr

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deploy, "ROOT", program.cwd)
        yield run


@pytest.fixture(scope="module")
def planned(program, does):
    """The first plan, for the branch ``main``; nothing is applied yet."""
    set_branch(program, "main")
    code, said = does("plan")
    assert code == 0, said


@pytest.fixture(scope="module")
def applied(does, planned):
    """That plan is applied."""
    code, said = does("apply")
    assert code == 0, said


def state(program):
    return [(each["urn"], each.get("inputs")) for each in program.resources("prod")]


def set_branch(program, branch):
    (program.cwd / "Pulumi.prod.yaml").write_text(
        json.dumps({"config": PROD | {"smile:deployment": {"branch": branch}}})
    )


def change_behind_the_programs_back(program, statement):
    with sqlite3.connect(program.folder / "cloud.sqlite") as cloud:
        assert cloud.execute(statement).rowcount == 1


@pytest.mark.requirement("SMILE-DEPLOY-17")
@pytest.mark.usefixtures("planned")
def test_a_plan_for_other_settings_is_refused_before_anything_changes(program, does):
    set_branch(program, "other")
    code, said = does("apply")
    set_branch(program, "main")
    assert code != 0
    assert "parameter:Parameter::branch violates plan: properties changed" in said
    assert state(program) == []


@pytest.mark.requirement("SMILE-DEPLOY-17")
@pytest.mark.usefixtures("applied")
def test_the_plan_is_applied_where_nothing_changed_since(program):
    made = {urn.rpartition("::")[2]: (inputs or {}).get("description") for urn, inputs in state(program)}
    assert made["branch"] == "main"
    assert made["computed"].endswith("/smile/prod/branch")  # not known when the plan was made


@pytest.mark.requirement("SMILE-DEPLOY-17")
@pytest.mark.usefixtures("applied")
def test_a_resource_that_the_plan_does_not_have_is_refused(program, does):
    before = state(program)
    (program.cwd / "__main__.py").write_text(f'{PROGRAM}\nparameter("extra", "of nobody")')
    code, said = does("apply")
    (program.cwd / "__main__.py").write_text(PROGRAM)
    assert code != 0
    assert "create is not allowed by the plan" in said
    assert state(program) == before


@pytest.mark.requirement("SMILE-DEPLOY-17")
def test_a_plan_that_breaks_a_control_is_none(program, does):
    edit(program.cwd / "__main__.py", 'type="String"', 'type="SecureString"')
    code, said = does("plan")
    edit(program.cwd / "__main__.py", 'type="SecureString"', 'type="String"')
    assert code != 0
    assert "[mandatory]" in said
    assert not plan_of(program.cwd, "prod").exists()


@pytest.mark.usefixtures("applied")
def test_secrets_are_in_no_plan_and_in_no_log(program, does):
    edit(program.cwd / "__main__.py", "first-value", "second-value")
    code, said = does("plan")
    assert code == 0, said
    plan = plan_of(program.cwd, "prod").read_text()
    assert "::hidden" in plan
    edit(program.cwd / "__main__.py", "second-value", "third-value")
    code, refused = does("apply")
    edit(program.cwd / "__main__.py", "third-value", "first-value")
    assert code != 0
    assert "third-value" in refused  # that is what pulumi does
    shown = "".join(without_values(iter(refused.splitlines(keepends=True))))
    assert "hidden violates plan" in shown
    assert not any(value in text for value in ("second-value", "third-value") for text in (plan, said, shown))


@pytest.fixture
def drift(program):
    """What ``smile drift`` finds; gives exit code and its JSON."""

    def run():
        done = program.smile("drift", "--stack", "prod", "--offline", "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    return run


@pytest.mark.usefixtures("applied")
def test_what_is_merged_and_not_applied_yet_is_told_apart_from_drift(program, drift):
    set_branch(program, "other")
    code, said = drift()
    set_branch(program, "main")
    assert (code, said["severity"]) == (3, "low")
    (found,) = said["differences"]
    assert (found["kind"], found["operation"], found["resource"]["name"]) == ("pending", "update", "branch")
    assert found["properties"] == [{"path": "description", "before": "main", "after": "other"}]


@pytest.mark.requirement("SMILE-DEPLOY-13")
@pytest.mark.usefixtures("applied")
def test_drift_is_found_where_there_is_some_and_told_by_property(program, drift):
    assert drift() == (0, {"stack": "prod", "severity": "none", "exit": 0, "differences": [], "notes": []})
    change_behind_the_programs_back(
        program,
        "UPDATE resource SET inputs = replace(inputs, '\"main\"', '\"by-hand\"'),"
        " outputs = replace(outputs, '\"main\"', '\"by-hand\"') WHERE urn LIKE '%::branch'",
    )
    change_behind_the_programs_back(program, "DELETE FROM resource WHERE urn LIKE '%::hidden'")
    code, said = drift()
    assert (code, said["severity"]) == (4, "medium")
    assert [(each["kind"], each["severity"], each["resource"]["name"]) for each in said["differences"]] == [
        ("deleted", "medium", "hidden"),
        ("changed", "low", "branch"),
    ]
    assert [each["properties"] for each in said["differences"]] == [
        [],
        [{"path": "description", "before": "main", "after": "by-hand"}],
    ]
    assert "first-value" not in json.dumps(said)


@pytest.mark.usefixtures("applied")
def test_a_plan_that_pulumi_breaks_by_itself_is_known_as_such(program, does):
    """As for an EKS cluster: the day this update passes, the engine has learned it, and ``unplannable`` can go.

    Last, for it leaves a part of the update behind.
    """
    (program.cwd / "__main__.py").write_text(PROGRAM + HOLDER)
    code, said = does("plan")
    assert code == 0, said
    assert unplannable(plan_of(program.cwd, "prod")) == ["holder"]
    code, said = does("apply")
    (program.cwd / "__main__.py").write_text(PROGRAM)
    assert code != 0
    assert "violates plan: properties changed: ++held" in said
