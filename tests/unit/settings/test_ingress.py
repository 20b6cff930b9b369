"""Settings of names, load balancer, API and release: what is refused, and in which words."""

import pytest

from components.edge.ingress_settings import LONGEST_DRAIN, Ingress
from components.workloads.pod import END_SECONDS
from settings import load_from_files, loader
from tests.stacks import IN_A_REAL_ACCOUNT, STACKS

DOMAIN = "{domain: smile.example.go.id"
CASES = [
    ("dns: {domain: smile}", 'dns.domain: got "smile"; valid: lower-case labels'),
    ("dns: {domain: Smile.example.go.id}", "dns.domain: got"),
    ("dns: {domain: -smile.example.go.id}", "dns.domain: got"),
    ("dns: {domain: '*.example.go.id'}", "dns.domain: got"),
    (f"dns: {{domain: {'a' * 64}.id}}", "dns.domain: got"),
    (f"dns: {{domain: {'a' * 55}.go.id}}", "characters; valid: origin_host of up to 64"),
    (f"dns: {DOMAIN}, zone_id: smile}}", "dns.zone_id: got"),
    (f"dns: {DOMAIN}, weight: 256}}", "dns.weight: got 256; valid: 0 to 255"),
    ("dns: {domain: null}", "dns.domain: not given; valid: a zone of the stack's own, as in smile:dns: {domain: prod."),
    (f"dns: {DOMAIN}, public_host: smile.example.org}}", "dns.public_host: smile.example.org is outside the zone"),
    (f"dns: {DOMAIN}, origin_host: badsmile.example.go.id}}", "dns.origin_host: badsmile.example.go.id is outside"),
    (f"dns: {DOMAIN}, origin_host: smile.example.go.id}}", "is the public name too; valid: a name of its own"),
    ("ingress: {priorities: {orders: 0}}", "ingress.priorities.orders: got 0"),
    ("ingress: {priorities: {orders: 50001}}", "ingress.priorities.orders: got 50001"),
    ("ingress: {priorities: {order: 5}}", "ingress.priorities.order: no public service, did you mean orders?"),
    ("ingress: {priorities: {notifications: 5}}", "ingress.priorities.notifications: no public service"),
    ("ingress: {priorities: {orders: 5, reports: 5}}", "reports: 5 is the priority of orders's rule"),
    ("services: {catalogue: {new: {path: /live/new}}}", "new.path: /live/new begins like the stage of the API gateway"),
    ("api: {vpc_link: v3}", 'api.vpc_link: got "v3"'),
    ("ingress: {health_path: health}", "ingress.health_path: got"),
    ("ingress: {health_interval_seconds: 4}", "ingress.health_interval_seconds: got 4; valid: 5 to 300"),
    ("ingress: {drain_seconds: 61}", "ingress.drain_seconds: got 61; valid: 0 to 60, when a pod ends"),
    ("ingress: {firewall: {rate_limit: 9}}", "ingress.firewall.rate_limit: got 9; valid: 10 to"),
    ("ingress: {firewall: {mode: off}}", "ingress.firewall.mode: got"),
    ("ingress: {firewall: {countries: [Indonesia]}}", "ingress.firewall.countries[0]: got"),
    ("ingress: {firewall: {countries: [UK]}}", 'ingress.firewall.countries[0]: got "UK"; valid: ISO 3166'),
    (
        "ingress: {alarms: {enabled: false}}",
        "ingress.alarms.enabled: got false in production; valid: true; false in development",
    ),
    ("ingress: {alarms: {failed_percent: 0}}", "ingress.alarms.failed_percent: got 0; valid: 1 to 50"),
    ("ingress: {alarms: {failed_least: 0}}", "ingress.alarms.failed_least: got 0; valid: 1 to 10000"),
    ("ingress: {alarms: {response_milliseconds: 9}}", "ingress.alarms.response_milliseconds: got 9; valid: 10 to"),
    ("ingress: {secret_generation: 0}", "ingress.secret_generation: got 0"),
    ("api: {throttle: {rate: 10001}}", "api.throttle.rate: got 10001; valid: 1 to 10000"),
    ("api: {throttle: {burst: 0}}", "api.throttle.burst: got 0; valid: 1 to 5000"),
    ("api: {timeout_seconds: 30}", "api.timeout_seconds: got 30; valid: 1 to 29"),
    ("api: {authorizer: basic}", 'api.authorizer: got "basic"; valid: none, iam, cognito, lambda'),
    ("api: {authorizer: cognito}", "api.user_pool_arns: nothing, but authorizer is cognito"),
    ("api: {authorizer: lambda}", "api.function_arn: nothing, but authorizer is lambda"),
    (
        "api: {function_arn: 'arn:aws:lambda:ap-southeast-3:123456789012:function:check'}",
        "api.function_arn: authorizer is none; valid: none, or authorizer: lambda",
    ),
    (
        "api: {authorizer: lambda, function_arn: 'arn:aws:lambda:ap-southeast-3:210987654321:function:check'}",
        "is of another account; valid: ARNs of account 123456789012",
    ),
    (
        "api: {authorizer: lambda, function_arn: 'arn:aws:lambda:us-east-1:123456789012:function:check'}",
        "is in another Region; valid: ARNs of ap-southeast-3",
    ),
    ("release: {steps: [10, 50]}", "release.steps: got [10, 50]; valid: rising numbers that end with 100"),
    ("release: {steps: [50, 10, 100]}", "release.steps: got [50, 10, 100]"),
    ("release: {underway: green}", 'release.underway: got "green"; valid: services of weights, such as orders: green'),
    ("release: {steps: []}", "release.steps: got"),
    ("release: {weights: {orders: {blue: 90}}}", "orders: blue 90 and green 0 make 90; valid: shares that make 100"),
    ("release: {weights: {orders: {blue: 90, green: 11}}}", "orders: blue 90 and green 11 make 101"),
    ("release: {weights: {orders: {blue: 110, green: -10}}}", "orders.blue: got 110; valid: 0 to 100"),
    ("release: {weights: {order: {blue: 90, green: 10}}}", "order: no public service, did you mean orders?"),
    ("release: {weights: {notifications: {blue: 90, green: 10}}}", "notifications: no public service"),
]


@pytest.mark.parametrize(("text", "says"), CASES)
def test_what_is_wrong_is_refused_with_what_is_valid(mistakes, text, says):
    lines = mistakes(f"config:\n  smile:{text}")
    assert any(line.startswith("Pulumi.prod.yaml") and says in line for line in lines)


def test_a_pod_lasts_as_long_as_its_requests_may():
    assert END_SECONDS >= LONGEST_DRAIN


def test_a_rule_that_hides_another_is_refused(mistakes, alone):
    services = alone({"all": {"path": "/api"}, "orders": {"path": "/api/orders"}})
    lines = mistakes(f"config:\n  {services}\n  smile:ingress: {{priorities: {{all: 5}}}}")
    (line,) = (line for line in lines if "smile:ingress" in line)
    assert "is tried after 5 of all, whose path /api overlaps /api/orders" in line
    assert "valid: 1 to 4" in line


def test_two_services_whose_derived_places_are_the_same_are_told_apart_by_hand(load, mistakes):
    place = Ingress().priority
    first, second = twins(place)
    services = f"smile:services: {{catalogue: {{{first}: {{path: /{first}}}, {second}: {{path: /{second}}}}}}}"
    (line,) = mistakes(f"config:\n  {services}")
    assert f"smile:ingress.priorities.{second}: {place(first, '/a')} is the priority of {first}'s rule" in line
    assert load(f"config:\n  {services}\n  smile:ingress: {{priorities: {{{second}: 7}}}}")


def twins(place):
    """Two names with one derived priority."""
    seen = {}
    for number in range(10_000):
        name = f"s{number}"
        other = seen.setdefault(place(name, "/a"), name)
        if other != name:
            return other, name
    raise AssertionError("none found")


def test_a_health_check_that_would_be_refused_at_the_border_is_refused_here(mistakes, load):
    text = f"config:\n  smile:ingress: {{firewall: {{countries: [ID]}}}}\n  smile:dns: {DOMAIN}"
    (line,) = mistakes(f"{text}}}")
    assert "smile:ingress.firewall: doesn't go with smile:dns.health_check (got true, but only requests from" in line
    assert line.endswith("valid: for smile:dns.health_check, false")
    assert load(f"{text}, health_check: false}}").ingress.firewall.countries == ("ID",)


def test_too_many_public_services_are_refused(mistakes, alone):
    services = alone({f"s{number}": {"path": f"/s{number}"} for number in range(51)})
    priorities = ", ".join(f"s{number}: {number + 1}" for number in range(51))
    text = f"config:\n  {services}\n  smile:ingress: {{priorities: {{{priorities}}}}}"
    assert any("51 services have a path; valid: up to 50 with one" in line for line in mistakes(text))


def test_names_are_made_of_the_domain(load):
    dns = load(f"config:\n  smile:dns: {DOMAIN}}}").dns
    assert (dns.public, dns.origin) == ("smile.example.go.id", "origin.smile.example.go.id")


@pytest.mark.requirement("SMILE-EDGE-09")
def test_rules_count_in_dev_and_block_elsewhere():
    modes = {stack: load_from_files(stack).ingress.firewall.mode for stack in STACKS}
    assert modes == {"dev": "count", "staging": "block", "prod": "block"}


@pytest.mark.requirement("SMILE-DEPLOY-09")
def test_a_release_goes_by_ten_fifty_and_a_hundred_percent():
    assert load_from_files("prod").release.steps == (10, 50, 100)


def test_a_real_account_has_no_example_domain(mistakes, load):
    real = f"{IN_A_REAL_ACCOUNT}  smile:dns: "
    (line,) = mistakes(real + "{domain: smile.example}")
    assert "dns.domain: got smile.example, which nobody owns; valid: a domain that doesn't end in .example" in line
    assert load(real + "{domain: smile.example.go.id}").dns.public == "smile.example.go.id"


def test_every_stack_has_a_name_of_its_own():
    domains = [load_from_files(stack).dns.domain for stack in loader.stacks()]
    assert len(set(domains)) == len(domains)
    assert all(domain and domain.endswith(".example") for domain in domains)
