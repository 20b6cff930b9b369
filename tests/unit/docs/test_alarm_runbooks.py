"""Every alarm points to a runbook that is there and has something to say."""

from typing import get_args

import pytest

from components.core.alarms import Runbook
from components.core.context import Incident
from tests.paths import ROOT

RUNBOOKS = ROOT / "docs" / "runbooks"


@pytest.mark.parametrize("name", get_args(Runbook))
def test_the_page_that_an_alarm_names_is_there(name):
    text = (RUNBOOKS / f"{name}.md").read_text("utf-8")
    assert text.startswith("# ")
    assert text.count("\n## ") >= 1


def test_the_page_of_an_incident_is_called_after_it():
    assert set(get_args(Incident)) <= set(get_args(Runbook))
