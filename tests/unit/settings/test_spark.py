"""Spark as settings: what is documented, and what is refused with its valid range; GPUs are there when asked for."""

import pytest

from settings import loader
from settings.node_types import GPU
from tests.stacks import STACKS

CASES = [
    ("driver: {cpu_request: 1500m}", "driver.cpu_request: got 1500m; valid: 2 to 4"),
    ("executor: {cpu_limit: '5'}", "executor.cpu_limit: got 5; valid: 2 to 4"),
    (
        "executor: {cpu_request: '3', cpu_limit: '2'}",
        "executor.cpu_request: got 3, more than the limit; valid: 2 to cpu_limit,",
    ),
    (
        "at_once: 6",
        "at_once: got 6: drivers and first executors need 24 nodes of memory; valid: 1 to 5, or max_nodes of memory 24",
    ),
    ("executor: {memory: 17Gi}", "executor.memory: got 17Gi; valid: 8Gi to 16Gi"),
    ("driver: {memory: 4Gi}", "driver.memory: got 4Gi; valid: 8Gi to 16Gi"),
    ("fewest_executors: 2", "fewest_executors: got 2; valid: 3 to 5"),
    ("most_executors: 6", "most_executors: got 6; valid: 3 to 5"),
    ("fewest_executors: 5, most_executors: 4", "fewest_executors: got 5; valid: 3 to 4"),
    ("executor: {group: memry}", "executor.group: no group memry, did you mean memory? valid: compute, memory"),
    ("executor: {group: compute}", "executor.group: r5.large of compute holds no pod that asks for 2; valid: a group"),
    ("submitter_group: batch", "submitter_group: no group batch"),
    ("release: emr-6.2.0-latest", "release: got"),
    ("jobs: {nightly: {}}", "jobs.nightly: there is no jobs/nightly/main.py; valid: daily-stock"),
    ("jobs: {daily-stock: {reads: [event]}}", "daily-stock.reads[0]: no table event, did you mean events? valid"),
    ("jobs: {daily-stock: {writes: [events]}}", "writes[0]: a stream is delivered to events; valid: a table without"),
    ("jobs: {daily-stock: {schedule: rate(1 hour)}}", "daily-stock.schedule"),
]


@pytest.mark.requirement("SMILE-DATA-01")
@pytest.mark.requirement("SMILE-DATA-02")
@pytest.mark.parametrize(("spark", "message"), CASES)
def test_wrong_settings_of_spark_are_refused_with_what_is_valid(mistakes, spark, message):
    assert message in " ".join(mistakes(f"config:\n  smile:spark: {{{spark}}}\n"))


@pytest.mark.parametrize(
    ("pod", "keys"),
    [
        ("{cpu_request: '5', cpu_limit: '8'}", ["cpu_request", "cpu_limit"]),
        ("{cpu_request: '4', cpu_limit: '2'}", ["cpu_request"]),
        ("{cpu_request: '4'}", ["cpu_request"]),
    ],
)
def test_each_mistake_of_a_pod_is_one_error_at_the_key_that_was_written(mistakes, pod, keys):
    said = mistakes(f"config:\n  smile:spark: {{executor: {pod}}}\n")
    assert [line.split(": ")[1] for line in said] == [f"smile:spark.executor.{key}" for key in sorted(keys)]


@pytest.mark.requirement("SMILE-DATA-07")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "smile:clusters: {data: {enabled: false}}",
            "spark.enabled: got true without clusters.data.enabled; valid: false",
        ),
        ("smile:lake: {enabled: false}", "spark.enabled: got true without lake.enabled; valid: false, or smile:lake"),
    ],
)
def test_spark_needs_the_data_cluster_and_a_lake(mistakes, text, message):
    assert message in " ".join(mistakes(f"config:\n  {text}\n"))


@pytest.mark.requirement("SMILE-DATA-02")
@pytest.mark.parametrize("stack", STACKS)
def test_spark_is_off_in_dev_alone_with_the_data_cluster(stack):
    settings = loader.from_files(stack)
    assert settings.spark.enabled is ("data" in settings.enabled_clusters) is (stack != "dev")


@pytest.mark.requirement("SMILE-DATA-03")
@pytest.mark.parametrize("stack", STACKS)
def test_no_group_has_gpus_unless_a_stack_asks_for_one(stack):
    groups = [group for cluster in loader.from_files(stack).clusters.values() for group in cluster.groups.values()]
    assert not [group for group in groups if "NVIDIA" in group.ami_type or set(group.instance_types) & set(GPU)]


@pytest.mark.requirement("SMILE-DATA-03")
def test_a_group_with_gpus_is_an_entry_with_the_nvidia_image_and_types_that_jakarta_has(load, mistakes):
    def text(ami, type_):
        group = f"{{ami_type: {ami}, instance_types: [{type_}], min_nodes: 1, max_nodes: 2, volume_gib: 100}}"
        return f"config:\n  smile:clusters: {{data: {{groups: {{gpu: {group}}}}}}}\n"

    group = load(text("AL2023_x86_64_NVIDIA", "g5.xlarge")).clusters["data"].groups["gpu"]
    assert (group.ami_type, group.instance_types) == ("AL2023_x86_64_NVIDIA", ("g5.xlarge",))
    said = " ".join(mistakes(text("AL2023_x86_64_NVIDIA", "p5.48xlarge")))
    assert 'gpu.instance_types[0]: got "p5.48xlarge"; valid: g5.xlarge' in said
    said = " ".join(mistakes(text("AL2023_x86_64_STANDARD", "g5.xlarge")))
    assert 'got "g5.xlarge"' in said
