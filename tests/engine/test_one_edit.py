"""One edit each: what CONTRIBUTING says to edit is edited in one copy of the project, and run as a person would."""

import re
import subprocess

import pytest
from engine_runs import PACKS, Offline, edit

from tests.project_copy import copy_project

pytestmark = pytest.mark.xdist_group("one-edit")

CONTROL = "ENC-SQS-005"
ENTRIES = {
    "      application:\n        groups:\n": "          print: {instance_types: [m5.large]}\n",
    "        jobs: {}\n": "        emails: {}\n",
    "      buckets:\n": "        letters: {holds: Letters, data_class: personal, key: objects, services: true}\n",
    "      catalogue:\n": "        post: {path: /api/post, sends: [emails], writes: [letters]}\n",
}
"""Where Pulumi.yaml says this, it gets one entry more: a node group, a queue, a bucket, a service."""
FUNCTION = """\
  smile:functions:
    value:
      application:
        printer: {receives: [emails], reads: [letters]}
"""
HANDLER = "def handle(event, context):\n    return event\n"
ENVIRONMENT = """\
config:
  smile:environment: {kind: development}
  smile:account: {id: "555566667777"}
  smile:dns: {domain: qa.smile.example}
"""
TESTS = (
    "tests/policies/controls/test_controls.py",
    "tests/policies/engine/test_catalogue.py",
    "tests/unit/cli/test_docs.py",
    "tests/unit/test_workflows.py",
    "tests/unit/components/workloads/test_workloads.py::test_quota_holds_every_pod_at_its_most_and_no_more",
)
"""Those that look at the project's entries, and don't take minutes."""
FIXTURES = f"""\
{CONTROL}:
  compliant:
    - {{type: *queue, properties: {{kmsMasterKeyId: *key}}}}
  violating:
    - {{type: *queue, properties: {{}}, at: kmsMasterKeyId, says: no customer managed key}}
  unknown:
    - {{type: *queue, properties: {{kmsMasterKeyId: !unknown}}}}
"""
CARELESS = 'sqs.Queue("smile-suggestions", opts=inside)'
CAREFUL = """MessageQueues(
            "smile", MessageQueuesArgs(context=args.context, queues=Queues(queues={"suggestions": Queue()})), inside
        )"""
COMPONENT = f'''"""What users suggest, until somebody reads it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import sqs

from components.core.context import StackContext
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.queues.settings import Queue, Queues


@dataclass(frozen=True, kw_only=True)
class SuggestionsArgs:
    """What suggestions need."""

    context: StackContext


class Suggestions(pulumi.ComponentResource):
    """A queue of suggestions."""

    def __init__(self, name: str, args: SuggestionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:suggestions:Suggestions", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        {CARELESS}
        self.register_outputs({{}})
'''
LAYER = '    Suggestions(f"{NAME}-suggestions", SuggestionsArgs(context=base.context), base.options())\n'
IMPORT = "from components.suggestions.suggestions import Suggestions, SuggestionsArgs\n"

EVERYWHERE = {
    "aws:sqs:Queue smile-emails",
    "aws:sqs:Queue smile-emails-dead",
    "aws:sqs:Queue smile-suggestions",
    "aws:s3:Bucket smile-letters",
    "aws:eks:NodeGroup smile-application-print",
    "aws:lb:TargetGroup smile-ingress-post-blue",
    "aws:eks:PodIdentityAssociation smile-workload-post",
    "kubernetes:apps/v1:Deployment smile-workloads-post-blue",
    "aws:lambda:Function smile-function-printer",
    "aws:lambda:EventSourceMapping smile-function-printer-emails",
    "platform:suggestions:Suggestions smile-suggestions",
}
"""What the edits add to every stack."""


class Copy(Offline):
    """The tracked files, with the environment and the engine that set-up made here."""

    def __init__(self, folder):
        copy_project(folder / "smile")
        super().__init__(folder / "offline", folder / "smile")

    def python(self, *words):
        """Run a module of the copy, with the copy's own code."""
        return subprocess.run(
            [".venv/bin/python", "-m", *words],
            cwd=self.cwd,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )

    def add(self, name, text):
        """Write a new file."""
        (self.cwd / name).parent.mkdir(exist_ok=True)
        (self.cwd / name).write_text(text)

    def tests(self, *words):
        """Run tests of the copy, each with its name."""
        return self.python("pytest", "-v", "--color=no", "-p", "no:cacheprovider", *words)

    def refuses(self, stack="qa"):
        """What the settings say that can't be used."""
        done = self.python("cli", "settings", "--stack", stack)
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr
        return done.stderr

    def edited(self, name, old, new):
        """Make one more edit, to be taken back."""
        return Edited(self.cwd / name, old, new)


class Edited:
    """An edit for the time of a ``with``."""

    def __init__(self, file, old, new):
        self.file, self.old, self.new, self.before = file, old, new, file.read_text()

    def __enter__(self):
        edit(self.file, self.old, self.new)

    def __exit__(self, *_):
        self.file.write_text(self.before)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy with every edit made."""
    made = Copy(tmp_path_factory.mktemp("copy"))
    project = made.cwd / "Pulumi.yaml"
    for line, entry in ENTRIES.items():
        edit(project, line, line + entry)
    project.write_text(project.read_text() + FUNCTION)
    made.add("functions/printer/handler.py", HANDLER)
    made.add("Pulumi.qa.yaml", ENVIRONMENT)
    (control,) = re.findall(r"```python\n(@control.+?)```", (made.cwd / "README.md").read_text(), re.DOTALL)
    assert f'id="{CONTROL}"' in control
    sqs = made.cwd / "policies" / "guardrails" / "controls" / "integration" / "sqs" / "encryption.py"
    sqs.write_text(f"{sqs.read_text()}\n\n{control}")
    cases = made.cwd / "tests" / "policies" / "fixtures" / "integration" / "sqs" / "encryption.yaml"
    cases.write_text(cases.read_text() + FIXTURES)
    made.add("components/suggestions/__init__.py", '"""Suggestions of users."""\n')
    made.add("components/suggestions/suggestions.py", COMPONENT)
    layer = made.cwd / "layers" / "operations.py"
    edit(layer, "    storage = data.storage\n", f"    storage = data.storage\n{LAYER}")
    edit(layer, "from layers.base import", f"{IMPORT}from layers.base import")
    return made


def created(said):
    """``TYPE NAME`` of what a preview would make."""
    return set(re.findall(r"^ \+\s+(\S+ \S+) create", said, re.MULTILINE))


def mandatory(said):
    """Control and resource of each finding that ends a preview."""
    return set(re.findall(r"\[mandatory\] \[severity: \w+\]\s+(\S+)\s+\(\S+: (\S+)\)", said))


def test_settings_of_every_stack_load_and_have_the_entries(copy):
    for stack in ("dev", "staging", "prod", "qa"):
        done = copy.python("cli", "settings", "--stack", stack)
        assert done.returncode == 0, done.stderr
        for entry in ("emails=", "letters=", "post=", "print=", "printer="):
            assert entry in done.stdout, entry


def test_a_new_environment_is_complete_and_a_preview_names_what_the_new_control_finds_in_the_new_component(copy):
    done = copy.python("cli", "preview", "qa", "--full")
    assert created(done.stdout) >= EVERYWHERE | {"pulumi:pulumi:Stack smile-qa"}
    found = mandatory(done.stdout)
    assert (CONTROL, "smile-suggestions") in found
    assert {resource for _, resource in found} == {"smile-suggestions"}
    assert done.returncode == 1
    assert "smile5-letters-qa-555566667777" in done.stdout


def test_a_preview_of_prod_from_nothing_is_green_once_the_component_is_mended(copy):
    edit(copy.cwd / "components" / "suggestions" / "suggestions.py", CARELESS, CAREFUL)
    done = copy.python("cli", "preview", "prod", "--full")
    assert done.returncode == 0, done.stdout + done.stderr
    assert created(done.stdout) >= EVERYWHERE
    assert mandatory(done.stdout) == set()
    undecided = re.findall(r"^ *(\S+) .*can't be decided before deployment", done.stdout, re.MULTILINE)
    assert undecided == [CONTROL]  # which is simpler than the project's own, all of which have decided


def test_pages_follow_and_the_tests_that_look_at_entries_pass(copy):
    done = copy.python("cli", "docs")
    assert done.returncode == 0, done.stderr
    assert f"### {CONTROL}" in (copy.cwd / "docs" / "controls" / f"{CONTROL.split('-')[1].lower()}.md").read_text()
    assert "| letters | Letters | personal |" in (copy.cwd / "docs" / "components" / "storage.md").read_text()
    done = copy.tests(*TESTS, "-k", f"not test_controls or {CONTROL}")
    assert done.returncode == 0, done.stdout[-6000:]
    assert f"{CONTROL}-0]" in done.stdout  # the fixtures of the new control were run


HALF = {
    "a bucket without a key": (
        "Pulumi.yaml",
        "letters: {holds: Letters, data_class: personal, key: objects, ",
        "letters: {holds: Letters, data_class: personal, ",
        "smile:storage.buckets.letters.key",
    ),
    "a bucket that is not for services": (
        "Pulumi.yaml",
        "key: objects, services: true}",
        "key: objects}",
        "smile:services.catalogue.post.writes[0]: no bucket letters; valid: documents, archive",
    ),
    "a queue that nobody declares": (
        "Pulumi.yaml",
        "sends: [emails], writes",
        "sends: [mails], writes",
        "smile:services.catalogue.post.sends[0]: no queue mails",
    ),
    "a node group that is not there": (
        "Pulumi.yaml",
        "worker: batch}",
        "worker: printers}",
        "smile:workloads.node_groups.worker: no group printers; valid: ",
    ),
    "a function whose file Lambda cannot call": (
        "functions/printer/handler.py",
        "def handle(",
        "def handler(",
        "functions/printer/handler.py has no handle(event, context)",
    ),
    "an environment without an account": (
        "Pulumi.qa.yaml",
        '  smile:account: {id: "555566667777"}\n',
        "",
        "smile:account",
    ),
    "an environment without a domain": (
        "Pulumi.qa.yaml",
        "  smile:dns: {domain: qa.smile.example}\n",
        "",
        "smile:dns.domain: not given; valid: a zone of the stack's own, as in smile:dns: {domain: qa.smile.example}",
    ),
}


@pytest.mark.parametrize("half", HALF)
def test_what_is_half_there_is_refused_by_name(copy, half):
    name, old, new, said = HALF[half]
    with copy.edited(name, old, new):
        assert said in copy.refuses()


def test_a_control_without_fixtures_is_named(copy):
    with copy.edited("tests/policies/fixtures/integration/sqs/encryption.yaml", FIXTURES, ""):
        done = copy.tests("tests/policies/controls/test_controls.py", "-k", "three_kinds and SQS")
    assert done.returncode == 1
    assert f"{CONTROL} lacks fixtures: compliant, violating, unknown" in done.stdout


def test_the_second_program_moves_to_another_region_with_one_value(copy):
    parcels = Offline(copy.folder, copy.cwd / "platforms" / "parcels")
    edit(parcels.cwd / "Pulumi.yaml", "ap-southeast-1", "eu-west-1")
    controls = [*PACKS, "--policy-pack-config", "policies.json"]
    edit(parcels.cwd / "policies.json", "ap-southeast-1", "eu-west-1")  # the packs' own word on where data may be
    said = parcels.succeeds("preview", "--stack", "dev", *controls)
    assert "[mandatory]" not in said
    assert "eu-west-1a" in said
    assert "ap-southeast" not in said
