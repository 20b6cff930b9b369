"""Quotas are compared with what the stack's own settings take: too small for its least blocks, for its most warns."""

import pytest

from doctor import needs
from doctor.checks.quotas import CHECKS
from settings import load_from_files
from settings.stack import Settings

ALONE, ADDRESSES, VPCS, CONCURRENCY = CHECKS
OURS = [{"Key": "Project", "Value": "smile5"}, {"Key": "Environment", "Value": "prod"}]


def quota(code, value, service="ec2"):
    which = {"ServiceCode": service, "QuotaCode": code}
    return ("get_service_quota", {"Quota": which | {"Value": float(value)}}, which)


def values(vcpus, rules=60, endpoints=50):
    return [quota("L-1216C47A", vcpus), quota("L-0EA8095F", rules, "vpc"), quota("L-29B6F2EB", endpoints, "vpc")]


@pytest.mark.parametrize(("vcpus", "verdict"), [(5, "blocks"), (35, "blocks"), (36, "warning"), (1102, "fine")])
def test_vcpus_at_the_fewest_and_at_the_most_nodes(says, vcpus, verdict):
    result = says(ALONE, {"service-quotas": values(vcpus)})[needs.STANDARD.what]
    assert (result.verdict, result.found) == (verdict, str(vcpus))
    if verdict != "fine":
        assert result.needed == "36, 1102 at its largest"
        assert "smile bootstrap --stack prod, which asks AWS for 1102 (ec2 L-1216C47A)" in result.fix


def test_a_quota_that_the_account_never_raised_has_aws_own_value(says):
    default = ("get_aws_default_service_quota", {"Quota": {"Value": 5.0}})
    answers = [("get_service_quota", "NoSuchResourceException"), default, *values(0)[1:]]
    assert says(ALONE, {"service-quotas": answers})[needs.STANDARD.what].found == "5"


def test_rules_of_a_group_and_endpoints_of_a_vpc(says):
    told = says(ALONE, {"service-quotas": values(2000, rules=10, endpoints=16)})
    assert told[needs.RULES.what].verdict == told[needs.ENDPOINTS.what].verdict == "blocks"
    assert told[needs.RULES.what].needed == "11"
    assert told[needs.ENDPOINTS.what].needed == "18"


@pytest.mark.parametrize(("others", "verdict"), [(2, "fine"), (3, "blocks")])
def test_addresses_of_others_count_and_own_ones_do_not(says, others, verdict):
    addresses = [{"Tags": OURS}] * 3 + [{"Tags": [{"Key": "Environment", "Value": "dev"}]}] + [{}] * (others - 1)
    answers = {"ec2": [("describe_addresses", {"Addresses": addresses})], "service-quotas": [quota("L-0263D0A3", 5)]}
    result = says(ADDRESSES, answers)[needs.ADDRESSES.what]
    assert (result.verdict, result.found) == (verdict, f"5, {others} of it taken by others")


def test_vpcs_of_others_count(says):
    vpcs = ("describe_vpcs", {"Vpcs": [{"VpcId": f"vpc-{each}"} for each in range(5)]})
    answers = {"ec2": [vpcs], "service-quotas": [quota("L-F678F1CE", 5, "vpc")]}
    assert says(VPCS, answers)[needs.VPCS.what].verdict == "blocks"


@pytest.mark.parametrize(("value", "verdict"), [(10, "blocks"), (1000, "fine")])
def test_reserved_concurrency_leaves_what_lambda_keeps(says, value, verdict):
    functions = [{"FunctionName": "smile-prod-export"}, {"FunctionName": "another"}]
    reserved = ("get_function_concurrency", {"ReservedConcurrentExecutions": 7}, {"FunctionName": "another"})
    answers = {
        "lambda": [("list_functions", {"Functions": functions}), reserved],
        "service-quotas": [quota("L-B99A9384", value, "lambda")],
    }
    result = says(CONCURRENCY, answers, functions={"reserve_concurrency": True})[needs.CONCURRENCY.what]
    assert (result.verdict, result.found) == (verdict, f"{value}, 7 of it taken by others")


def test_a_missing_permission_hides_only_its_own_quota(says):
    answers = {
        "lambda": [("list_functions", "AccessDeniedException")],
        "service-quotas": [quota("L-B99A9384", 1000, "lambda")],
    }
    (result,) = says(CONCURRENCY, answers).values()
    assert result.verdict == "not checked"
    assert "lambda:ListFunctions" in result.needed


def test_a_group_with_spot_instances_needs_their_quota_and_their_role():
    settings = load_from_files("prod")
    cluster = settings.clusters["application"]
    groups = {"spot": cluster.groups["web"].model_copy(update={"capacity": "SPOT"})}
    changed: Settings = settings.model_copy(
        update={"clusters": {"application": cluster.model_copy(update={"groups": groups})}}
    )
    assert {need.quota for need in needs.needs(changed)} >= {*needs.VCPUS[:2]}
    assert needs.SPOT in {role.service for role in needs.service_linked_roles(changed)}
    assert needs.SPOT not in {role.service for role in needs.service_linked_roles(settings)}


def test_the_list_of_cloudfronts_addresses_fills_a_group():
    settings = load_from_files("prod")
    network = settings.network.model_copy(update={"ingress": "cloudfront"})
    assert needs.most_rules(settings.model_copy(update={"network": network})) >= needs.CLOUDFRONT_RULES
