"""The workloads' settings: what each stack gets, and what is refused, in which words."""

import pytest

from settings import load_from_files

SERVICES = "  smile:services: {catalogue: {orders: {path: /orders}, mails: {kind: worker}}}\n"
QUEUES = "  smile:queues: {queues: {jobs: {}, stock-movements.fifo: {kind: fifo}}}\n"

PROD = load_from_files("prod")
ORDERED = ("dev", "staging", "prod")


def written(text):
    return f"config:\n{SERVICES}  smile:workloads: {{{text}}}\n"


@pytest.mark.requirement("SMILE-NS-01")
@pytest.mark.requirement("SMILE-NS-02")
@pytest.mark.requirement("SMILE-NS-03")
def test_stacks_have_the_documented_replicas_and_namespaces():
    assert {stack: load_from_files(stack).workloads.count() for stack in ORDERED} == {
        "dev": (1, 2),
        "staging": (2, 3),
        "prod": (3, 10),
    }
    assert [load_from_files(stack).namespace for stack in ORDERED] == ["smile5-dev", "smile5-staging", "smile5-prod"]


@pytest.mark.requirement("SMILE-PERF-08")
def test_what_a_stack_says_is_ordered_from_dev_to_prod():
    fewest, most = zip(*(load_from_files(stack).workloads.count() for stack in ORDERED), strict=True)
    assert list(fewest) == sorted(set(fewest))
    assert list(most) == sorted(set(most))


REFUSED = [
    ("replicas: {fewest: 2}", "workloads.replicas.fewest: got 2; valid: 3 to 50 in production"),
    ("replicas: {fewest: 5, most: 4}", "workloads.replicas.most: got 4; valid: 5 to 50 in production"),
    ("replicas: {fewest: 0}", "workloads.replicas.fewest: got 0; valid: 1 to 50; most at most"),
    ("replicas: {most: 51}", "workloads.replicas.most: got 51"),
    ("replicas_of: {orders: {fewest: 2}}", "replicas_of.orders.fewest: got 2; valid: 3 to 50 in production"),
    ("replicas_of: {order: {}}", "replicas_of.order: no service order, did you mean orders?"),
    ("cpu_target_percent: 100", "cpu_target_percent: got 100; valid: 10 to 95"),
    ("api: {cpu_request: 500}", "api.cpu_request: got 500"),
    ("api: {cpu_request: 0.5Gi}", "not a quantity of processors; valid: in quotes, cores such as 2 or 0.5"),
    ("api: {cpu_request: '0.0005'}", "not a quantity of processors"),
    ("api: {cpu_request: '0'}", "nothing at all"),
    ("api: {memory_request: 512M}", "not a quantity of memory; valid: a whole number with Mi or Gi"),
    ("api: {memory_request: 512m}", "not a quantity of memory"),
    ("api: {memory_request: 0Mi}", "not a quantity of memory"),
    (
        "api: {cpu_request: 1500m, cpu_limit: '1'}",
        "api.cpu_request: got 1500m, more than the limit, 1; valid: 500m to 1",
    ),
    ("worker: {memory_request: 2Gi, memory_limit: 1Gi}", "worker.memory_request: got 2Gi, more than the limit, 1Gi"),
    ("api: {cpu_request: 499m}", "api.cpu_request: got 499m; valid: 500m to 2000m"),
    ("api: {memory_limit: 5Gi}", "api.memory_limit: got 5Gi; valid: 512Mi to 4Gi"),
    ("worker: {cpu_limit: 1001m}", "worker.cpu_limit: got 1001m; valid: 250m to 1000m"),
    ("version: v1+2", "workloads.version: got"),
    (f"version: {'v' * 64}", "workloads.version: got"),
    ("version: v1.", "workloads.version: got"),
    ("versions: {order: {blue: v1}}", "versions.order: no service order, did you mean orders?"),
    ("versions: {mails: {}}", "versions.mails: no version; valid: an image tag for blue, green or both"),
    ("versions: {orders: {green: v2}}", "versions.orders.blue: blue gets 100 % of the requests, and has no pods"),
    ("versions: {orders: {red: v2}}", "versions.orders.red: unknown key; valid: blue, green"),
    (
        "charts: {cluster_autoscaler: 9.59.1}",
        'cluster_autoscaler: got "9.59.1", did you mean 9.59.0? valid: 9.59.0, 9.58.0',
    ),
    ("charts: {secrets_provider: 2.2.0}", 'charts.secrets_provider: got "2.2.0"'),
]


@pytest.mark.parametrize(("text", "says"), REFUSED)
def test_workloads_that_cannot_run_are_refused(mistakes, text, says):
    (line,) = mistakes(written(text))
    assert line.startswith("Pulumi.prod.yaml:3: smile:workloads.")
    assert says in line


@pytest.mark.parametrize(
    ("stack", "replicas", "says"),
    [
        ("dev", "{fewest: 1, most: 3}", "most: got 3; valid: 1 to 2 in development"),
        ("dev", "{fewest: 3, most: 3}", "fewest: got 3; valid: 1 to 2 in development"),
        ("staging", "{fewest: 1, most: 3}", "fewest: got 1; valid: 2 to 3 in staging"),
        ("staging", "{fewest: 2, most: 4}", "most: got 4; valid: 2 to 3 in staging"),
    ],
)
def test_replicas_outside_the_stacks_range_are_refused(mistakes, stack, replicas, says):
    lines = mistakes(written(f"replicas: {replicas}"), stack)
    assert any(f"smile:workloads.replicas.{says}" in line for line in lines)


USES = [
    ("{sends: [job]}", "orders.sends[0]: no queue job, did you mean jobs?"),
    ("{receives: [xyz]}", f"orders.receives[0]: no queue xyz; valid: {', '.join(PROD.queues.queues)}"),
    ("{sends: [jobs, jobs]}", "orders.sends[1]: got jobs again; valid: each of them once"),
    ("{reads: [logs]}", f"orders.reads[0]: no bucket logs; valid: {', '.join(PROD.storage.of_services)}"),
    ("{writes: [document]}", "orders.writes[0]: no bucket document, did you mean documents?"),
    ("{secrets: [mysql/aplication]}", "orders.secrets[0]: no secret mysql/aplication, did you mean mysql/application?"),
    ("{secrets: [application]}", "orders.secrets[0]: no secret application"),
    ("{files: [reports]}", "orders.files[0]: no access point reports; valid: shared"),
    ("{kind: worker, path: null, schedule: hourly}", "orders.schedule: got"),
    ("{kind: worker, path: null, schedule: '* * * * *'}", "not a cron expression with one minute"),
    ("{kind: worker, path: null, schedule: '0 24 * * *'}", "not a cron expression"),
    ("{kind: worker, path: null, schedule: '0 1 * * ? *'}", "not a cron expression"),
    ("{schedule: '0 1 * * *'}", "orders.schedule: a service of kind api always runs; valid: none, or kind: worker"),
]


@pytest.mark.parametrize(("text", "says"), USES)
def test_a_service_that_uses_what_is_not_there_is_refused(mistakes, text, says):
    (line,) = mistakes(f"config:\n  smile:services: {{catalogue: {{orders: {text}}}}}\n{QUEUES}")
    assert line.startswith("Pulumi.prod.yaml:2: smile:services.catalogue.orders")
    assert says in line


def test_a_job_in_two_colours_is_refused(mistakes):
    services = "  smile:services: {catalogue: {closing: {kind: worker, schedule: 0 1 * * 1-5}}}\n"
    (line,) = mistakes(f"config:\n{services}  smile:workloads: {{versions: {{closing: {{blue: a, green: b}}}}}}\n")
    assert "versions.closing: a job in two colours is done twice; valid: blue or green" in line


def test_a_service_has_what_is_said_of_it_then_of_all_then_what_is_documented(load):
    text = "replicas: {most: 20}, replicas_of: {orders: {fewest: 4}}"
    workloads = load(written(text)).workloads
    assert workloads.count("orders") == (4, 20)
    assert workloads.count("mails") == (3, 20)


def test_requests_may_be_written_in_cores(load):
    assert load(written("api: {cpu_request: '0.5', cpu_limit: '2'}")).workloads.api.cpu_limit == "2"
