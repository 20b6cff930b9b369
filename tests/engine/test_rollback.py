"""``smile rollback`` on the real engine: a stack goes back to an earlier commit, but never where data would be lost."""

import json
import subprocess
import sys

import pytest
import test_database_changes
from engine_runs import PROD, Offline, edit

from tests.project_copy import copy_project

GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
DATABASE = "aws:rds/instance:Instance"
pytestmark = pytest.mark.xdist_group("rollback")


class Repository(Offline):
    """A copy of the project with a history of its own, and a database as its program."""

    def smile(self, *words, **variables):
        command = [sys.executable, "-m", "cli", *words]
        environment = self.environment(**variables)
        return subprocess.run(command, cwd=self.cwd, env=environment, capture_output=True, text=True, check=False)

    def commit(self, **settings):
        """Commit these settings of the database."""
        content = {"config": PROD | {"smile:database": settings}}
        (self.cwd / "Pulumi.prod.yaml").write_text(json.dumps(content))
        for words in (["add", "--all"], ["commit", "--quiet", "--message", "x"]):
            subprocess.run([*GIT, *words], cwd=self.cwd, check=True)

    def database(self):
        (found,) = (each["inputs"] for each in self.resources("prod") if each["type"] == DATABASE)
        return found

    def rollback(self, to, *words):
        done = self.smile("rollback", "--to", to, "--stack", "prod", "--offline", *words)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """Three commits, of which the last one is applied."""
    folder = tmp_path_factory.mktemp("rollback")
    copy_project(folder / "smile")
    made = Repository(folder / "offline", folder / "smile")
    (made.cwd / "__main__.py").write_text(test_database_changes.PROGRAM)
    edit(made.cwd / "cli" / "preview.py", 'PACKS = ("all",)', "PACKS = ()")  # a database alone breaks controls
    subprocess.run([*GIT, "init", "--quiet"], cwd=made.cwd, check=True)
    made.commit(admin_user="another")
    made.commit()
    made.commit(enhanced_monitoring_seconds=30)
    made.succeeds("up", "--stack", "prod", "--yes", "--skip-preview")
    return made


def test_a_commit_that_would_replace_the_database_is_refused_by_name(repository):
    before = repository.resources("prod")
    code, said = repository.rollback("HEAD~2", "--yes")
    assert code == 1, said
    assert "smile rollback: refused, for this holds data that would be gone:\n" in said
    assert f"± {DATABASE} smile-database since username changed (holds data)" in said
    assert "docs/runbooks/deployment.md" in said
    assert repository.resources("prod") == before


def test_a_preview_changes_nothing(repository):
    before = repository.resources("prod")
    code, said = repository.rollback("HEAD~1", "--preview-only")
    assert code == 0, said
    assert f"~ {DATABASE} smile-database: monitoringInterval" in said
    assert repository.resources("prod") == before


def test_the_stack_is_as_the_commit_has_it_afterwards(repository):
    assert repository.database()["monitoringInterval"] == 30
    code, said = repository.rollback("HEAD~1", "--yes")
    assert code == 0, said
    assert repository.database()["monitoringInterval"] == 60
    code, said = repository.rollback("HEAD~1", "--yes")  # there is nothing more to do
    assert code == 0, said
    assert " updated" not in said
    changed = subprocess.run([*GIT, "status", "--porcelain"], cwd=repository.cwd, check=True, capture_output=True)
    assert changed.stdout == b""  # the clone itself stays at its commit


def test_a_commit_of_another_branch_and_changed_files_are_refused_before_anything_runs(repository):
    branch = subprocess.run(
        [*GIT, "commit-tree", "HEAD^{tree}", "-m", "x"], cwd=repository.cwd, check=True, capture_output=True, text=True
    ).stdout.strip()
    for to, ends, says in ((branch, 1, "no commit in common"), ("nowhere", 2, "no commit 'nowhere'; valid: a branch")):
        code, said = repository.rollback(to, "--yes")
        assert code == ends
        assert says in said
    (repository.cwd / "README.md").write_text("changed")
    code, said = repository.rollback("HEAD~1", "--yes")
    subprocess.run([*GIT, "checkout", "--quiet", "README.md"], cwd=repository.cwd, check=True)
    assert code == 1
    assert "1 files are changed, such as README.md; commit or stash them first" in said
