"""Workloads: whatever is set, the quota has room for it, and quantities mean what Kubernetes takes them to mean."""

from hypothesis import given
from hypothesis import strategies as st

from components.workloads.capacity import limits, pods, quota
from components.workloads.network_policies import service_policy
from components.workloads.quantities import mebibytes, millicores
from components.workloads.services_settings import Service
from components.workloads.settings import Replicas, Versions, Workloads
from layers.compute import surroundings
from settings.network import Network

NAMES = st.sampled_from(["orders", "portal", "mails", "closing"])
SERVICES = st.dictionaries(
    NAMES,
    st.builds(Service, kind=st.sampled_from(["api", "web", "worker"]), cache=st.booleans(), partners=st.booleans()),
)
COUNTS = st.tuples(st.integers(1, 50), st.integers(1, 50)).map(sorted)
REPLICAS = COUNTS.map(lambda pair: Replicas(fewest=pair[0], most=pair[1]))
VERSIONS = st.sampled_from([Versions(blue="a"), Versions(green="b"), Versions(blue="a", green="b")])
WORKLOADS = st.builds(
    Workloads,
    replicas=REPLICAS,
    replicas_of=st.dictionaries(NAMES, REPLICAS),
    versions=st.dictionaries(NAMES, VERSIONS),
)


@given(WORKLOADS, SERVICES)
def test_quota_has_room_for_every_pod_and_one_more_of_each_while_it_is_replaced(workloads, services):
    hard = quota(workloads, services)
    running = cores = memory = 0
    for name, service in services.items():
        size = workloads.resources(service.kind)
        number = len(workloads.versions_of(name)) * (workloads.count(name).most + 1)
        running += number
        cores += number * millicores(size.cpu_limit)
        memory += number * mebibytes(size.memory_limit)
    assert int(hard["pods"]) == running == sum(number for _, number in pods(workloads, services))
    assert hard["limits.cpu"] == f"{cores}m"
    assert hard["limits.memory"] == f"{memory}Mi"
    assert int(hard["requests.cpu"].removesuffix("m")) <= cores


@given(WORKLOADS)
def test_a_container_that_says_nothing_is_let_in(workloads):
    found = limits(workloads)
    for measure, amount in (("cpu", millicores), ("memory", mebibytes)):
        request, limit, most = (amount(found[key][measure]) for key in ("default_request", "default", "max"))
        assert request <= limit <= most


@given(st.integers(1, 10**6))
def test_a_quantity_of_processors_is_the_same_in_cores_and_in_thousandths(number):
    assert millicores(f"{number}m") == number == millicores(f"{number / 1000:.3f}")


@given(st.integers(1, 10**6))
def test_a_gibibyte_is_1024_mebibytes(number):
    assert mebibytes(f"{number}Gi") == mebibytes(f"{number * 1024}Mi")


@given(st.builds(Service, kind=st.sampled_from(["api", "web", "worker"]), cache=st.booleans(), partners=st.booleans()))
def test_no_rule_of_a_service_is_open_to_all_ports_or_lets_anybody_in(service):
    spec = service_policy("orders", service, surroundings(Network()))
    assert all(rule["ports"] for rule in (*spec["ingress"], *spec["egress"]))
    sources = [end for rule in spec["ingress"] for end in rule["from_"]]
    assert all(end.get("ip_block", {}).get("cidr") != "0.0.0.0/0" for end in sources)
    assert bool(sources) == (service.kind != "worker")
    open_ends = [
        end for rule in spec["egress"] for end in rule["to"] if end.get("ip_block", {}).get("cidr") == "0.0.0.0/0"
    ]
    assert bool(open_ends) == service.partners
    assert all("10.0.0.0/16" in end["ip_block"]["except_"] for end in open_ends)
