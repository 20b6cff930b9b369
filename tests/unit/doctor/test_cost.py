"""An account has one monitor of spending by service, and it is whose the settings say."""

import pytest

from doctor.checks import cost

(SPENDING,) = cost.CHECKS
OURS, AWSS = "smile-prod-services", "Default-Services-Monitor"


def answer(*names):
    monitors = [{"MonitorName": name, "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"} for name in names]
    return {"ce": [("get_anomaly_monitors", {"AnomalyMonitors": [*monitors, CUSTOM]})]}


CUSTOM = {"MonitorName": "team", "MonitorType": "CUSTOM"}


@pytest.mark.parametrize(
    ("whose", "names", "verdict", "fix"),
    [
        ("stack", (), "fine", ""),
        ("stack", (OURS,), "fine", ""),
        ("stack", (AWSS,), "blocks", "anomaly_monitor: account"),
        ("account", (AWSS,), "fine", ""),
        ("account", (), "warning", "anomaly_monitor: stack"),
    ],
)
def test_the_one_monitor_by_service_is_whose_the_settings_say(says, whose, names, verdict, fix):
    result = says(SPENDING, answer(*names), cost={"anomaly_monitor": whose})["anomaly monitor"]
    assert result.verdict == verdict
    assert fix in result.fix


def test_nobodys_monitor_is_not_asked_for(says):
    assert "not needed" in says(SPENDING, cost={"anomaly_monitor": "none"})["anomaly monitor"].found
