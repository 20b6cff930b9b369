"""Runs and findings as an event log gives them."""

import pytest

from report.finding import Finding
from report.place import Place
from report.run import Run

URN = "urn:pulumi:{stack}::p::aws:s3/bucket:Bucket::{name}"


@pytest.fixture
def finding_of():
    def made(name="data", stack="prod", **said):
        defaults = {
            "control": "LP-S3-001", "level": "mandatory", "severity": "high", "title": "Buckets are private",
            "what": "it is public", "path": "acl", "fix": "Close it", "family": "least_privilege",
            "message": "LP-S3-001 Buckets are private: it is public (at acl).", "places": (Place("layers/data.py", 7),),
        }  # fmt: skip
        return Finding(urn=URN.format(stack=stack, name=name), **(defaults | said))

    return made


@pytest.fixture
def run_of():
    def made(*findings, **said):
        defaults = {"stack": "prod", "steps": (), "errors": (), "seconds": 3, "is_preview": True, "is_finished": True}
        return Run(findings=findings, **(defaults | said))

    return made
