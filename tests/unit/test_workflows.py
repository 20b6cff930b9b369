"""The workflows of GitHub Actions: what runs when, with which role, and what stands between a change and prod."""

import json
import os
import re
import subprocess

import pytest
import yaml

from components.delivery.deployment_roles import LONGEST_SECONDS, SHORTEST_SECONDS
from report.markdown import MARKER
from report.run import read
from settings import load_from_files, loader
from settings.deployment import IMAGE_WORKFLOW
from tests.paths import ROOT
from tests.stacks import STACKS

FOLDER = ROOT / ".github" / "workflows"
FILES = {path.name: path.read_text() for path in sorted(FOLDER.glob("*.yml"))}
# YAML 1.1 reads the key `on` as true.
WORKFLOWS = {name: yaml.safe_load(re.sub(r"(?m)^on:", '"on":', text)) for name, text in FILES.items()}
JOBS = [(f"{name}:{job}", body) for name, each in WORKFLOWS.items() for job, body in each["jobs"].items()]
ACTION = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
ROLE = re.compile(r"arn:aws:iam::\$\{\{ [\w.]+ \}\}:role/(.+)")

every_job = pytest.mark.parametrize(("name", "job"), JOBS, ids=[name for name, _ in JOBS])


def steps(job, uses):
    return [step for step in job["steps"] if step.get("uses", "").startswith(f"{uses}@")]


def commands(job):
    return "\n".join(step.get("run", "") for step in job["steps"])


def role(job):
    """The role that a job takes on, None where it takes on none."""
    found = steps(job, "aws-actions/configure-aws-credentials")
    assert len(found) <= 1
    return ROLE.fullmatch(found[0]["with"]["role-to-assume"])[1] if found else None


def deploy(job):
    return WORKFLOWS["deploy.yml"]["jobs"][job]


def test_every_action_is_pinned_to_a_commit():
    lines = [line.strip().removeprefix("- ") for text in FILES.values() for line in text.splitlines()]
    used = [line for line in lines if line.startswith("uses: ")]
    assert len(used) > 10
    assert [line for line in used if not ACTION.fullmatch(line)] == []
    assert len({line.partition("@")[0] for line in used}) == len(set(used))  # one version of each


@every_job
def test_jobs_have_no_more_rights_than_they_need_and_an_end(name, job):
    workflow = WORKFLOWS[name.partition(":")[0]]
    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert job["timeout-minutes"] <= (240 if "apply" in commands(job) else 90)
    assert "concurrency" in workflow
    assert all(step["with"]["persist-credentials"] is False for step in steps(job, "actions/checkout"))


@pytest.mark.requirement("SMILE-DEPLOY-15")
@every_job
def test_credentials_are_of_roles_last_as_long_as_the_job_and_are_never_stored(name, job):
    rights = job.get("permissions", {})
    assert (role(job) is not None) == (rights.get("id-token") == "write")
    for step in steps(job, "aws-actions/configure-aws-credentials"):
        assert set(step["with"]) == {"role-to-assume", "role-duration-seconds", "aws-region"}
        task = role(job).rpartition("-")[2]
        longest = LONGEST_SECONDS.get(task, SHORTEST_SECONDS)
        assert job["timeout-minutes"] * 60 <= step["with"]["role-duration-seconds"] <= longest
        assert step["with"]["aws-region"] == "ap-southeast-3"
    assert "secrets." not in str(job)


@every_job
def test_what_looks_into_clusters_may_run_where_they_are_reached(name, job):
    runner = job["runs-on"]
    if name in {"drift.yml:drift", "preview.yml:preview"}:
        assert runner == "${{ vars[format('RUNNER_{0}', matrix.suffix)] || 'ubuntu-24.04' }}"
    elif role(job) in (None, "${{ inputs.project }}-ci") or not role(job).startswith("smile-"):
        assert runner == "ubuntu-24.04"
    else:
        assert runner == f"${{{{ vars.RUNNER_{role(job).split('-')[1].upper()} || 'ubuntu-24.04' }}}}"


def test_nothing_runs_with_rights_on_what_outsiders_wrote():
    assert not any("pull_request_target" in text or "workflow_run" in text for text in FILES.values())
    assert [role(job) for job in WORKFLOWS["checks.yml"]["jobs"].values()] == [None] * 5
    assert "!github.event.pull_request.head.repo.fork" in WORKFLOWS["preview.yml"]["jobs"]["stacks"]["if"]


@every_job
def test_what_others_write_reaches_no_shell_as_program_text(name, job):
    assert "${{" not in commands(job)


@pytest.mark.requirement("SMILE-DEPLOY-01")
def test_a_push_to_main_starts_the_pipeline():
    assert WORKFLOWS["deploy.yml"]["on"] == {"push": {"branches": ["main"]}}


@pytest.mark.requirement("SMILE-DEPLOY-03")
def test_everything_waits_for_the_tests():
    assert "make test" in commands(deploy("test"))
    order = ["test", "staging", "plan", "prod"]
    assert list(WORKFLOWS["deploy.yml"]["jobs"]) == order
    assert [deploy(job).get("needs") for job in order] == [None, *order[:-1]]
    assert WORKFLOWS["deploy.yml"]["concurrency"] == {"group": "deploy", "cancel-in-progress": False}


@pytest.mark.requirement("SMILE-DEPLOY-05")
def test_staging_is_deployed_by_itself():
    job = deploy("staging")
    assert (role(job), job["environment"]) == ("smile-staging-deploy", "staging")
    assert "make plan apply STACK=staging" in commands(job)


@pytest.mark.requirement("SMILE-DEPLOY-06")
def test_whatever_changes_prod_waits_in_its_environment():
    changing = {name: job for name, job in JOBS if role(job) == "smile-prod-deploy"}
    assert set(changing) == {"deploy.yml:prod", "release.yml:release"}
    assert all(job["environment"] == "prod" for job in changing.values())
    runbook = (ROOT / "docs" / "runbooks" / "first-deployment.md").read_text()
    assert "Required reviewers" in runbook


@pytest.mark.requirement("SMILE-DEPLOY-17")
def test_prod_applies_the_plan_that_was_looked_at():
    plan, apply = deploy("plan"), deploy("prod")
    assert role(plan) == "smile-prod-preview"
    assert "environment" not in plan  # it is there before the approval
    assert "make plan STACK=prod" in commands(plan)
    assert re.search(r"make report EVENTS=\.smile/plans/prod\.events\.json\n.*cat \.smile/report\.md", commands(plan))
    assert "GITHUB_STEP_SUMMARY" in commands(plan)
    (kept,), (taken,) = steps(plan, "actions/upload-artifact"), steps(apply, "actions/download-artifact")
    assert kept["with"]["name"] == taken["with"]["name"]
    assert kept["with"]["path"] == f"{taken['with']['path']}/prod.json"
    assert kept["with"]["if-no-files-found"] == "error"
    assert "make apply STACK=prod" in commands(apply)
    assert "make plan" not in commands(apply)


@pytest.mark.requirement("SMILE-DEPLOY-17")
def test_pull_requests_are_tested_and_previewed_with_the_packs():
    checks = WORKFLOWS["checks.yml"]
    assert "pull_request" in checks["on"]
    assert "make test" in commands(checks["jobs"]["test"])
    assert "make test-browser" in commands(checks["jobs"]["browser"])
    assert "make preview" in commands(checks["jobs"]["preview"])
    preview = WORKFLOWS["preview.yml"]["jobs"]["preview"]
    assert preview["strategy"]["matrix"] == {"include": "${{ fromJSON(needs.stacks.outputs.stacks) }}"}
    assert role(preview) == "smile-${{ matrix.stack }}-preview"


def test_pull_requests_are_compared_with_what_they_are_based_on_and_main_with_nothing():
    job = WORKFLOWS["checks.yml"]["jobs"]["preview"]
    assert job["env"] == {"AGAINST": "${{ github.event.pull_request.base.sha }}"}
    assert steps(job, "actions/checkout")[0]["with"]["fetch-depth"] == 0
    assert 'make preview AGAINST="$AGAINST"' in commands(job)
    assert 'make report AGAINST="$AGAINST"' in commands(job)
    for given, words in (("0123abc", ["--against", "0123abc"]), ("", [])):
        asked = ["make", "-n", "--old-file=setup", "preview", "report", f"AGAINST={given}"]
        said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert [each.split() for each in re.findall(r"smile ([^;\n]*)", said)] == [
            ["preview", *words],
            ["report", *words, "--format", "sarif", "--output", ".smile/report.sarif"],
            ["report", *words, "--output", ".smile/report.md"],
        ]


@pytest.mark.parametrize("workflow", ["checks.yml", "preview.yml"])
@pytest.mark.parametrize(("name", "right"), [("comment", "pull-requests"), ("alerts", "security-events")])
def test_what_may_write_runs_nothing_of_the_pull_request_and_not_for_forks(workflow, name, right):
    jobs = WORKFLOWS[workflow]["jobs"]
    job = jobs[name]
    assert job["permissions"] == {right: "write"}
    used = [step.get("uses", "").partition("@")[0] for step in job["steps"]]
    assert used == ["actions/download-artifact", *[""] * (len(used) - 1)]
    assert "make" not in commands(job)
    first = jobs["stacks"] if workflow == "preview.yml" else job  # the others wait for it
    assert "!github.event.pull_request.head.repo.fork" in first["if"]
    writers = [name for name, each in JOBS if "write" in each.get("permissions", {}).values() and role(each) is None]
    assert writers == [f"{name}:{job}" for name in ("checks.yml", "preview.yml") for job in ("comment", "alerts")]


def test_accounts_previews_are_one_report_of_all_stacks_with_no_credentials():
    jobs = WORKFLOWS["preview.yml"]["jobs"]
    report, preview = jobs["report"], jobs["preview"]
    assert (report["needs"], report["permissions"], role(report)) == ("preview", {"contents": "read"}, None)
    (taken,), (kept,) = steps(report, "actions/download-artifact"), steps(preview, "actions/upload-artifact")
    assert taken["with"] == {"pattern": "events-*", "path": ".smile/plans", "merge-multiple": True}
    assert kept["with"]["name"] == "events-${{ matrix.stack }}"
    assert kept["with"]["path"].splitlines() == [
        f".smile/plans/${{{{ matrix.stack }}}}{suffix}" for suffix in (".events.json", ".positions.json")
    ]
    assert kept["if"] == "${{ !cancelled() }}"  # a plan that is refused is reported as well
    asked = ["make", "-n", "--old-file=setup", "report", "EVENTS=.smile/plans/*.events.json"]
    assert 'make report EVENTS=".smile/plans/*.events.json"' in commands(report)
    said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"smile report --events (\S+) ", said) == [".smile/plans/*.events.json"] * 2
    assert "GITHUB_STEP_SUMMARY" in commands(report)


@pytest.mark.parametrize("there", ["", '{"summaryEvent": {}}'])
def test_a_stack_that_could_not_be_looked_at_is_reported_as_failed(tmp_path, there):
    job = WORKFLOWS["preview.yml"]["jobs"]["preview"]
    script = script_of(job, "A stack that could not be looked at is in the comment as well")
    log = tmp_path / ".smile" / "plans" / "qa.events.json"
    log.parent.mkdir(parents=True)
    log.write_text(there)
    assert shell(tmp_path, script, {}, LOG=str(log)).returncode == 0
    assert log.read_text() == there or read(log).failed
    assert read(log).errors == (() if there else ("it could not be looked at; the run says why",))


def test_comment_on_accounts_is_another_one_and_says_so(tmp_path):
    (tmp_path / "report.md").write_text(f"## Green: 2 changes\n\n## not this\n{MARKER}\n")
    script = script_of(WORKFLOWS["preview.yml"]["jobs"]["comment"], "Beside the comment of checks.yml")
    assert shell(tmp_path, script, {}).returncode == 0
    said = (tmp_path / "report.md").read_text()
    assert said == "## In the accounts: Green: 2 changes\n\n## not this\n<!-- smile preview -->\n"


def test_accounts_alerts_do_not_take_the_place_of_those_without_an_account(tmp_path):
    runs = {"runs": [{"automationDetails": {"id": "guardrails/dev/"}}]}
    (tmp_path / "report.sarif").write_text(json.dumps(runs))
    script = script_of(WORKFLOWS["preview.yml"]["jobs"]["alerts"], "Each finding at its line")
    variables = {"SARIFS": "repos/o/r/code-scanning/sarifs", "GITHUB_SHA": "0" * 40, "GITHUB_REF": "refs/pull/5/merge"}
    done = shell(tmp_path, script, {"gh": UPLOAD}, **variables)
    assert done.returncode == 0, done.stderr
    sent = (tmp_path / "calls").read_text().partition("\n")[2]
    assert json.loads(sent) == {"runs": [{"automationDetails": {"id": "guardrails-account/dev/"}}]}


UPLOAD = """#!/bin/sh
echo "$@" >> "$CALLS"
base64 --decode sarif | gunzip >> "$CALLS"
"""


def test_findings_are_uploaded_as_code_scanning_takes_them(tmp_path):
    (tmp_path / "report.sarif").write_text('{"version": "2.1.0"}')
    script = script_of(WORKFLOWS["checks.yml"]["jobs"]["alerts"], "Each finding at its line")
    variables = {"SARIFS": "repos/o/r/code-scanning/sarifs", "GITHUB_SHA": "0" * 40, "GITHUB_REF": "refs/pull/5/merge"}
    done = shell(tmp_path, script, {"gh": UPLOAD}, **variables)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "calls").read_text() == (
        "api --silent --method POST repos/o/r/code-scanning/sarifs --raw-field commit_sha=" + "0" * 40 + " "
        '--raw-field ref=refs/pull/5/merge --field sarif=@sarif\n{"version": "2.1.0"}'
    )


COMMENTS = """#!/bin/sh
case "$*" in
  *--paginate*) printf '%s' "$THERE" ;;
  *) echo "$*" >> "$CALLS" ;;
esac
"""


@pytest.mark.parametrize(
    ("there", "does"),
    [("", "POST repos/o/r/issues/5/comments"), ("41\n42\n", "PATCH repos/o/r/issues/comments/42")],
)
@pytest.mark.parametrize(("workflow", "marker"), [("checks.yml", MARKER), ("preview.yml", "<!-- smile preview -->")])
def test_there_is_one_comment_which_is_edited_in_place(tmp_path, there, does, workflow, marker):
    script = script_of(WORKFLOWS[workflow]["jobs"]["comment"], "One comment, edited in place")
    done = shell(tmp_path, script, {"gh": COMMENTS}, ISSUES="repos/o/r/issues", NUMBER="5", THERE=there)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "calls").read_text() == f"api --silent --method {does} --field body=@report.md\n"
    assert f'contains("{marker}")' in script


@pytest.mark.requirement("SMILE-DEPLOY-13")
def test_drift_is_looked_for_every_night_in_every_stack_and_somebody_hears_of_it():
    workflow = WORKFLOWS["drift.yml"]
    job = workflow["jobs"]["drift"]
    ((minute, hour, *days),) = [each["cron"].split() for each in workflow["on"]["schedule"]]
    assert (minute.isdigit(), hour.isdigit(), days) == (True, True, ["*", "*", "*"])
    assert job["strategy"]["matrix"] == {"include": "${{ fromJSON(needs.stacks.outputs.stacks) }}"}
    assert role(job) == "smile-${{ matrix.stack }}-preview"
    assert 'make drift STACK="$STACK" 2>&1 | tee drift.txt' in commands(job)
    tell = job["steps"][-1]
    assert tell["if"] == "always()"
    assert job["permissions"]["issues"] == "write"


def test_drift_is_looked_for_in_every_stack_that_has_a_file(tmp_path):
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.qa-2.yaml"):
        (tmp_path / name).touch()
    stacks = [{"stack": "dev", "suffix": "DEV"}, {"stack": "qa-2", "suffix": "QA_2"}]
    assert listed(tmp_path, "drift.yml", "Each Pulumi.STACK.yaml is a stack") == stacks


@pytest.mark.requirement("SMILE-DEPLOY-17")
@pytest.mark.parametrize(("said", "found"), [("true", [{"stack": "qa-2", "suffix": "QA_2"}]), ("false", [])])
def test_pull_requests_look_at_the_stacks_whose_files_let_them(tmp_path, said, found):
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        (tmp_path / name).write_text("config:\n  smile:deployment: {enabled: true}\n")
    (tmp_path / "Pulumi.qa-2.yaml").write_text(f"config:\n  smile:deployment: {{pull_requests: {said}}}\n")
    assert listed(tmp_path, "preview.yml", "Each Pulumi.STACK.yaml that says so is a stack to look at") == found


def listed(folder, workflow, step):
    """The stacks that a workflow finds in a folder."""
    script = script_of(WORKFLOWS[workflow]["jobs"]["stacks"], step)
    done = shell(folder, script, {}, GITHUB_OUTPUT=str(folder / "output"))
    assert done.returncode == 0, done.stderr
    key, _, value = (folder / "output").read_text().strip().partition("=")
    assert key == "stacks"
    return json.loads(value)


@pytest.mark.parametrize(("account", "code"), [("123456789012", 0), ("", 1)])
def test_a_stack_whose_account_github_does_not_know_is_named(tmp_path, account, code):
    script = script_of(WORKFLOWS["drift.yml"]["jobs"]["drift"], "The stack's account is known")
    done = shell(tmp_path, script, {}, STACK="qa", ACCOUNT=account, VARIABLE="ACCOUNT_QA")
    assert done.returncode == code
    assert ("ACCOUNT_QA; set it to the account of qa" in done.stdout) == bool(code)


def script_of(job, name):
    """The script of a step."""
    (script,) = (step["run"] for step in job["steps"] if step.get("name") == name)
    return script


ISSUES = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$2" in
  list) printf '%s' "$OPEN" ;;
  create|comment) cat > body ;;
esac
"""


@pytest.mark.requirement("SMILE-DEPLOY-13")
@pytest.mark.parametrize(
    ("result", "open_issue", "does"),
    [
        ("failure", "", "issue create --title Drift: prod"),
        ("failure", "7", "issue comment 7"),
        ("success", "7", "issue close 7"),
        ("success", "", None),
    ],
)
def test_drift_opens_one_issue_and_closes_it(tmp_path, result, open_issue, does):
    script = WORKFLOWS["drift.yml"]["jobs"]["drift"]["steps"][-1]["run"]
    (tmp_path / "drift.md").write_text("high changed in AWS: queue orders\n")
    said = shell(tmp_path, script, {"gh": ISSUES}, STACK="prod", RESULT=result, RUN="https://run", OPEN=open_issue)
    assert said.returncode == 0, said.stderr
    calls = (tmp_path / "calls").read_text().splitlines()[1:]
    assert [call.startswith(does) for call in calls] == [True] * (does is not None)
    body = (tmp_path / "body").read_text() if (tmp_path / "body").exists() else ""
    assert ("high changed in AWS: queue orders" in body) is (result == "failure")


def test_what_drifted_is_in_the_runs_summary_whatever_is_in_it(tmp_path):
    (tmp_path / "drift.txt").write_text("prod: 1 high\n" + "x" * 100_000)
    steps = WORKFLOWS["drift.yml"]["jobs"]["drift"]["steps"]
    (script,) = (step["run"] for step in steps if step.get("if") == "${{ !cancelled() }}")
    done = shell(tmp_path, script, {}, GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))
    assert done.returncode == 0, done.stderr
    summary = (tmp_path / "summary").read_text()
    assert summary.splitlines()[:2] == ["```", "prod: 1 high"]
    assert summary.endswith("\n```\n")
    assert (tmp_path / "drift.md").read_text() == summary
    assert len(summary) < 65_536  # what an issue takes


SCANS = """#!/bin/sh
case "$*" in
  *imageScanStatus.status*) printf '%s' "$STATUS" ;;
  *CRITICAL*) printf '%s' "$CRITICAL" ;;
esac
"""


@pytest.mark.requirement("SMILE-DEPLOY-04")
@pytest.mark.parametrize(
    ("status", "critical", "passes"),
    [
        ("COMPLETE", "None", True),  # basic scans end
        ("ACTIVE", "None", True),  # enhanced ones go on
        ("ACTIVE", "0", True),
        ("ACTIVE", "2", False),
        ("COMPLETE", "1", False),
        ("FAILED", "None", False),
        ("UNSUPPORTED_IMAGE", "None", False),
        ("PENDING", "None", False),  # still, after ten minutes
        ("", "None", False),
        ("ACTIVE", "", False),
    ],
)
def test_an_image_with_a_critical_weakness_or_without_a_scan_ends_the_pipeline(tmp_path, status, critical, passes):
    job = WORKFLOWS["images.yml"]["jobs"]["image"]
    script = next(step["run"] for step in job["steps"] if step.get("name") == "No critical weakness")
    done = shell(
        tmp_path,
        script,
        {"aws": SCANS, "sleep": "#!/bin/sh\n"},
        REPOSITORY="smile/orders",
        TAG="abc",
        STATUS=status,
        CRITICAL=critical,
    )
    assert (done.returncode == 0) is passes, done.stdout + done.stderr


REGISTRY = """#!/bin/sh
case "$*" in
  *describe-images*imageTag=abc*) echo sha256:built ;;
  *describe-images*imageTag=release-7*) test -n "$THERE" && echo "$THERE" ;;
  *batch-get-image*imageTag=abc*) echo '{"layers": []}' ;;
  *) echo "$*" >> "$CALLS" ;;
esac
"""


@pytest.mark.parametrize(
    ("there", "passes", "tagged"), [("", True, True), ("sha256:built", True, False), ("sha256:other", False, False)]
)
def test_a_release_is_a_second_tag_on_the_image_that_was_scanned(tmp_path, there, passes, tagged):
    step = WORKFLOWS["images.yml"]["jobs"]["image"]["steps"][-1]
    assert (step["name"], step["if"]) == ("Release", "inputs.release")
    variables = {"REPOSITORY": "smile/orders", "TAG": "abc", "RELEASE": "release-7", "THERE": there}
    done = shell(tmp_path, step["run"], {"aws": REGISTRY}, **variables)
    assert (done.returncode == 0) is passes, done.stdout + done.stderr
    put = "ecr put-image --repository-name smile/orders --image-tag release-7 --image-digest sha256:built"
    assert (tmp_path / "calls").read_text() == f'{put} --image-manifest {{"layers": []}}\n' * tagged


def shell(folder, script, tools, **environment):
    """Run a step as GitHub does, with stand-ins for the tools it calls."""
    for name, text in tools.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    calls = folder / "calls"
    calls.touch()
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "CALLS": str(calls)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.requirement("SMILE-DEPLOY-02")
def test_images_are_built_and_tagged_with_the_commit():
    workflow = WORKFLOWS["images.yml"]
    job = workflow["jobs"]["image"]
    assert FOLDER / "images.yml" == ROOT / IMAGE_WORKFLOW
    assert set(workflow["on"]) == {"workflow_call"}
    assert job["env"]["TAG"] == "${{ github.sha }}"
    assert role(job) == "${{ inputs.project }}-ci"
    assert workflow["on"]["workflow_call"]["inputs"]["project"]["default"] == "smile"
    done = [step.get("name") for step in job["steps"] if step.get("name")]
    assert done == ["Build", "Push", "No critical weakness", "Release"]
    assert job["outputs"]["tag"] == "${{ inputs.release || github.sha }}"
    assert "docker build" in commands(job)
    assert 'docker push "$REGISTRY/$REPOSITORY:$TAG"' in commands(job)


@pytest.mark.requirement("SMILE-DEPLOY-14")
def test_a_release_goes_step_by_step_and_keeps_the_weights_whatever_happens():
    job = WORKFLOWS["release.yml"]["jobs"]["release"]
    assert "smile release --stack prod" in commands(job)
    keep = job["steps"][-1]
    assert (keep["name"], keep["if"]) == ("Keep the weights", "always()")
    runbook = (ROOT / "docs" / "runbooks" / "deployment.md").read_text()
    assert "last good commit" in runbook


@pytest.mark.requirement("SMILE-DEPLOY-16")
def test_workflows_use_the_state_in_the_country():
    backends = set(re.findall(r"s3://\S+", "".join(FILES.values())))
    bucket = "smile-state-${{ vars.ACCOUNT_PROD }}"
    assert {each.partition(" ")[0] for each in backends} == {"s3://smile-state-${{"}  # others go by smile deploy
    assert f"s3://{bucket}?region=ap-southeast-3" in FILES["release.yml"]


@pytest.mark.requirement("SMILE-DEPLOY-11")
def test_each_environment_is_one_stack():
    files = {path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")}
    assert files == set(loader.stacks()) >= {"dev", "staging", "prod"}
    assert {load_from_files(stack, ROOT).stack for stack in files} == files


@pytest.mark.requirement("SMILE-DEPLOY-12")
@pytest.mark.parametrize("stack", STACKS)
def test_what_differs_by_environment_is_yaml_and_checked(stack):
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    assert yaml.safe_load(text)["config"]
    assert load_from_files(stack, ROOT)  # any key that isn't known, or value out of bounds, is an error
    readme = (ROOT / "README.md").read_text()
    assert "CloudFormation" in readme
    assert "Pulumi" in readme
