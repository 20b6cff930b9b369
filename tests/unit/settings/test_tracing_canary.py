"""What the sections of tracing and of the canary take, and what a stack has where nobody says anything."""

import pytest

from components.core.settings.problems import SettingsError
from tests.stacks import configured


@pytest.mark.parametrize(
    ("section", "values", "key", "valid"),
    [
        ("tracing", {"sampling_percent": 0}, "sampling_percent", "1 to 100"),
        ("tracing", {"sampling_percent": 101}, "sampling_percent", "1 to 100"),
        ("tracing", {"reservoir": -1}, "reservoir", "0 to 1000"),
        ("tracing", {"encryption": "mine"}, "encryption", "stack, account, none"),
        ("canary", {"every_minutes": 0}, "every_minutes", "1 to 60"),
        ("canary", {"runtime": "syn-python-selenium-5.1"}, "runtime", "syn-python-selenium-14.0"),
        ("canary", {"probes": {"site": {"target": "http://smile.example.go.id/"}}}, "probes.site.target", "a path"),
        ("canary", {"probes": {"site": {"target": "/?token=x"}}}, "probes.site.target", "without a query"),
        ("canary", {"probes": {"site": {"target": "/../x"}}}, "probes.site.target", "a path"),
        ("canary", {"probes": {"site": {"target": "https://smile.example.go.id"}}}, "probes.site.target", "a path"),
        (
            "canary",
            {"probes": {"site": {"target": "https://evil.example/x"}}},
            "probes.site.target",
            "of smile.example",
        ),
        ("canary", {"probes": {"site": {"target": "/", "status": 503}}}, "probes.site.status", "200 to 499"),
        ("canary", {"probes": {"Site": {"target": "/"}}}, "probes.Site", "small letters"),
        ("canary", {"probes": {"site": {}}}, "probes.site.target", "such as"),
    ],
)
def test_a_value_that_is_none_is_refused_with_key_and_what_is_valid(section, values, key, valid):
    with pytest.raises(SettingsError) as caught:
        configured({f"smile:{section}": values})
    (said,) = [line for line in str(caught.value).splitlines() if f"smile:{section}.{key}" in line]
    assert valid in said


def test_a_url_elsewhere_is_shown_as_it_is_written():
    with pytest.raises(SettingsError, match=r'got "https://evil\.example/x": evil\.example isn\'t the stack\'s'):
        configured({"smile:canary": {"probes": {"site": {"target": "https://evil.example/x"}}}})


@pytest.mark.parametrize("target", ["/", "/a/", "/.well-known/a.b", "/a..b", "https://smile.example.go.id/x"])
def test_a_path_may_have_dots_in_its_parts(target):
    probes = configured({"smile:canary": {"probes": {"site": {"target": target}}}}).canary.probes
    assert probes["site"].target == target


@pytest.mark.requirement("SMILE-OBS-07")
@pytest.mark.requirement("SMILE-OBS-08")
@pytest.mark.parametrize(("stack", "share"), [("dev", 100), ("staging", 50), ("prod", 10)])
def test_the_kind_of_environment_says_how_much_is_traced_where_nobody_else_does(stack, share):
    tracing = configured({}, stack).tracing
    assert (tracing.sampling_percent, tracing.reservoir) == (share, 1)
    assert configured({"smile:tracing": {"sampling_percent": 7}}, stack).tracing.sampling_percent == 7
