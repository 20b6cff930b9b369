"""The rules of alarms: somebody gets them."""

import pytest

from settings import loader
from settings.pack_configuration import pack_configuration
from tests.stacks import STACKS, broken, settings_of

NOBODY = {"observability": {"recipients": {"critical": []}}}


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_a_stack_that_people_depend_on_names_who_gets_critical_alarms(stack):
    (finding,) = broken(settings_of(stack, **NOBODY), "observability")
    assert finding.path == ("observability", "recipients", "critical")
    assert "on-call@smile.example" in finding.valid


def test_in_development_nobody_has_to():
    assert broken(settings_of("dev", **NOBODY), "observability") == []


@pytest.mark.parametrize("address", ["on-call@smile.example", "a@example.org", "a@mail.example.com", "a@x.test"])
def test_a_real_account_has_no_example_as_recipient(address):
    section = {"observability": {"recipients": {"critical": ["on-call@health.id"], "warning": [address]}}}
    assert broken(settings_of("prod", **section), "observability") == []  # the account is an example, too
    (finding,) = broken(settings_of("prod", account={"id": "210987654321"}, **section), "observability")
    assert finding.path == ("observability", "recipients", "warning", 0)
    assert address in finding.what


@pytest.mark.parametrize("address", ["on-call@health.id", "a@my.contest", "a@myexample.org", "a@example.org.id"])
def test_a_real_address_is_none_of_the_examples(address):
    section = {"observability": {"recipients": {"critical": [address]}}}
    assert broken(settings_of("prod", account={"id": "210987654321"}, **section), "observability") == []


@pytest.mark.parametrize("stack", STACKS)
def test_previews_show_a_subscription(stack):
    assert loader.from_files(stack).observability.recipients.critical


@pytest.mark.parametrize(
    ("slos", "path", "valid"),
    [
        ({"fast": {"short_minutes": 60}}, ("fast", "short_minutes"), "1 to 59"),
        ({"slow": {"rate": 15}}, ("slow", "rate"), "less than the fast one's 14.4"),
        ({"slow": {"long_minutes": 45}}, ("slow", "long_minutes"), "more than the fast one's 60"),
        ({"latency_percent": 90}, ("fast", "rate"), "less than 10"),
    ],
)
def test_burn_rates_and_windows_that_are_out_of_order_or_impossible_are_refused(slos, path, valid):
    section = {"recipients": {"critical": ["a@smile.example"]}, "slos": slos}
    (finding,) = broken(settings_of("prod", observability=section), "observability")
    assert finding.path == ("observability", "slos", *path)
    assert valid in finding.valid


@pytest.mark.parametrize(
    ("slos", "key", "says"),
    [
        (
            "fast: {rate: 2}",
            "fast.rate: got 2",
            "slow.rate (got 6); valid: for smile:observability.slos.slow.rate, less",
        ),
        ("availability_percent: 90", "availability_percent: got 90", "slos.fast.rate (got 14.4: 144 % of requests"),
        ("slow: {long_minutes: 30}", "slow.long_minutes: got 30", "valid: more than the fast one's 60"),
    ],
)
def test_what_does_not_go_with_a_default_is_one_error_at_the_key_that_was_written(mistakes, slos, key, says):
    recipients = "recipients: {critical: [a@smile.example]}"
    (line,) = mistakes(f"config:\n  smile:observability: {{{recipients}, slos: {{{slos}}}}}\n")
    assert f": smile:observability.slos.{key}" in line
    assert says in line


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.1/chat",
        "http://alarms.smile.example/a",
        "https://user:word@smile.example/a",
        "https://smile.example/a?token=1",
        "smile",
    ],
)
def test_an_endpoint_of_another_form_is_refused_with_what_is_valid(mistakes, url):
    (line,) = mistakes(f'config:\n  smile:observability: {{endpoints: {{critical: ["{url}"]}}}}\n')
    assert "smile:observability.endpoints.critical[0]" in line
    assert "https URLs with a name, such as https://alarms.acme.example/chat" in line


def test_an_endpoint_that_the_settings_name_is_the_only_host_that_the_packs_let_pass():
    section = {"endpoints": {"critical": ["https://alarms.smile.example/chat"]}}
    assert pack_configuration(settings_of("prod", observability=section))["RES-SNS-001"]["httpsHosts"] == [
        "alarms.smile.example"
    ]


@pytest.mark.parametrize("section", ["database", "cache", "files", "clusters"])
def test_alarms_are_off_in_development_alone(load, mistakes, section):
    off = "{application: {alarms: false}}" if section == "clusters" else "{alarms: false}"
    assert load(f"config:\n  smile:{section}: {off}", "dev")
    lines = mistakes(f"config:\n  smile:{section}: {off}", "staging")
    (line,) = (line for line in lines if f"smile:{section}" in line)
    assert line.endswith("alarms: got false; valid: true in staging; false in development only")
