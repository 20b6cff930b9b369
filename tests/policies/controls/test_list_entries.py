"""Each entry of a list that decides a control decides it by itself: ports, claims, condition keys, endings of names."""

import json
from itertools import pairwise

import pytest

from guardrails.engine.configuration import ConfigurationError, configure
from guardrails.engine.packs import load_controls
from guardrails.iam.conditions import constrains_to_account, constrains_to_network, is_narrowed
from guardrails.iam.document import parse
from guardrails.iam.sharing import outsiders

RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ACCOUNT = "111122223333"


def port(number, cidr):
    return {"type": RULE, "properties": {"ipProtocol": "tcp", "fromPort": number, "toPort": number, "cidrIpv4": cidr}}


# https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19, then what our data stores listen on
HIGH_RISK = "20 21 22 23 25 110 135 143 445 1433 1434 3000 3306 3389 4333 5000 5432 5500 5601 8080 8088 8888 9200 9300"


@pytest.mark.parametrize("number", [*map(int, HIGH_RISK.split()), 2049, 6379, 11211, 27017])
def test_a_high_risk_port_is_not_open_to_the_internet(judge, number):
    assert judge("LP-SG-006", port(number, "0.0.0.0/0")).violations
    assert judge("LP-SG-006", port(number, "10.0.0.0/16")).diagnostics == ()


@pytest.mark.parametrize(
    "number",
    [
        *(1433, 1521, 3306, 5432, 27017),  # SQL Server, Oracle, MySQL, PostgreSQL, DocumentDB
        *(5439, 8182, 6379, 11211),  # Redshift, Neptune, Redis, Memcached
        *(9092, 9094, 9096, 9098, 2049),  # MSK's four, NFS
    ],
)
def test_a_data_port_takes_no_address_range(judge, number):
    assert judge("LP-SG-007", port(number, "10.0.0.0/16")).violations


def trust(subject):
    provider = "token.actions.githubusercontent.com"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{provider}:aud": "sts.amazonaws.com", f"{provider}:sub": subject}},
    }
    return {"type": "aws:iam/role:Role", "properties": {"assumeRolePolicy": json.dumps({"Statement": [statement]})}}


@pytest.mark.parametrize("claim", ["workflow", "environment", "ref", "context", "head_ref", "base_ref", "event_name"])
def test_a_claim_that_any_repository_can_make_pins_no_subject(judge, claim):
    assert judge("LP-IAM-028", trust(f"{claim}:main")).violations


def test_a_repository_pins_the_subject(judge):
    assert judge("LP-IAM-028", trust("repo:smile/infrastructure:ref:refs/heads/main")).diagnostics == ()


def key_policy(condition):
    statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "kms:Decrypt"}
    policy = {"Statement": [{**statement, "Resource": "*", "Condition": condition}]}
    return {"type": "aws:kms/key:Key", "properties": {"policy": json.dumps(policy)}}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kms:ViaService", "sns.ap-southeast-3.amazonaws.com"),
        ("kms:CallerAccount", ACCOUNT),
        ("aws:SourceAccount", ACCOUNT),
        ("aws:SourceArn", f"arn:aws:sns:ap-southeast-3:{ACCOUNT}:orders"),
        ("aws:SourceOrgID", "o-a1b2c3d4e5"),
    ],
)
def test_a_service_is_tied_to_the_account_by_each_of_these_keys(judge, key, value):
    assert judge("LP-KMS-004", key_policy({"StringEquals": {key: value}})).diagnostics == ()
    assert judge("LP-KMS-004", key_policy({"StringNotEquals": {key: value}})).violations


def statement(**condition):
    written = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    return parse({"Statement": [written]}).statements[0]


ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:SourceAccount", ACCOUNT),
        ("aws:SourceArn", f"arn:aws:sns:ap-southeast-3:{ACCOUNT}:orders"),
        ("aws:SourceOwner", ACCOUNT),
        ("aws:SourceOrgID", "o-a1b2c3d4e5"),
        ("aws:SourceOrgPaths", "o-a1b2c3d4e5/r-ab12/*"),
        ("aws:PrincipalAccount", ACCOUNT),
        ("aws:PrincipalArn", ROLE),
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/*"),
        ("aws:VpceAccount", ACCOUNT),
        ("aws:VpceOrgID", "o-a1b2c3d4e5"),
        ("aws:VpceOrgPaths", "o-a1b2c3d4e5/r-ab12/*"),
        ("kms:CallerAccount", ACCOUNT),
        ("s3:DataAccessPointAccount", ACCOUNT),
        ("aws:userid", f"{ACCOUNT}:*"),
    ],
)
def test_a_condition_on_each_of_these_keys_constrains_to_an_account(key, value):
    assert constrains_to_account(statement(StringLike={key: value}))
    assert not constrains_to_account(statement(StringNotLike={key: value}))
    assert not constrains_to_account(statement(StringLike={key: "*"}))


@pytest.mark.parametrize(
    "key", ["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:SourceIp", "s3:DataAccessPointArn"]
)
def test_a_condition_on_each_of_these_keys_constrains_to_a_network(key):
    assert constrains_to_network(statement(StringEquals={key: "x"}))
    assert not constrains_to_network(statement(StringNotEquals={key: "x"}))


@pytest.mark.parametrize("key", ["aws:SecureTransport", "aws:UserAgent", "aws:Referer"])
def test_a_condition_on_how_a_request_is_made_narrows_nothing(key):
    assert not is_narrowed(statement(StringEquals={key: "true"}))
    assert is_narrowed(statement(StringEquals={"aws:SourceVpc": "vpc-1"}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:PrincipalAccount", "999988887777"),
        ("aws:SourceAccount", "999988887777"),
        ("aws:SourceOwner", "999988887777"),
        ("aws:VpceAccount", "999988887777"),
        ("kms:CallerAccount", "999988887777"),
        ("s3:DataAccessPointAccount", "999988887777"),
        ("aws:PrincipalArn", "arn:aws:iam::999988887777:role/x"),
        ("aws:SourceArn", "arn:aws:iam::999988887777:role/x"),
        ("s3:DataAccessPointArn", "arn:aws:s3:ap-southeast-3:999988887777:accesspoint/x"),
        ("aws:PrincipalOrgID", "o-zzzzzzzzzz"),
        ("aws:SourceOrgID", "o-zzzzzzzzzz"),
        ("aws:PrincipalOrgPaths", "o-zzzzzzzzzz/*"),
        ("aws:SourceOrgPaths", "o-zzzzzzzzzz/*"),
    ],
)
def test_each_of_these_keys_tells_who_is_let_in_from_outside(key, value):
    outside = outsiders(statement(StringEquals={key: value}), {ACCOUNT}, {"o-a1b2c3d4e5"})
    assert any("999988887777" in each or "o-zzzzzzzzzz" in each for each in outside)


ENDINGS = (
    "arn name id url uri path ttl length policy days expiry rotation enabled endpoint host port user version alias"
)


@pytest.mark.parametrize("ending", ENDINGS.split())
def test_what_is_said_about_a_secret_is_none(judge, ending):
    parameter = {
        "type": "aws:ssm/parameter:Parameter",
        "properties": {"name": f"/db/password/{ending}", "type": "String"},
    }
    assert judge("ENC-SSM-001", parameter).diagnostics == ()


@pytest.mark.parametrize("control_id", ["LP-RDS-005", "LP-RDS-006"])
def test_refused_names_are_given_in_lower_case(control_id):
    control = load_controls()[control_id]
    with pytest.raises(ConfigurationError, match=rf"{control_id}\.names: \[0\] 'Admin' does not match"):
        configure("least_privilege", [control], {control_id: (None, {"names": ["Admin"]})})


def one(type_, **properties):
    return {"type": type_, "properties": properties}


@pytest.mark.parametrize(
    ("control_id", "property_", "accepted", "refused"),
    [
        (
            "ENC-KMS-004",
            "aws:kms/key:Key customerMasterKeySpec",
            "SYMMETRIC_DEFAULT RSA_3072 ECC_NIST_P256 ECC_NIST_P384 HMAC_256 HMAC_384 HMAC_512 ML_DSA_44",
            "RSA_2048 ECC_SECG_P256K1 HMAC_224 SM2",
        ),
        (
            "ENC-ACM-001",
            "aws:acm/certificate:Certificate keyAlgorithm",
            "RSA_2048 RSA_3072 RSA_4096 EC_prime256v1 EC_secp384r1 EC_secp521r1",
            "RSA_1024",
        ),
        ("LP-ALB-003", "aws:lb/loadBalancer:LoadBalancer desyncMitigationMode", "defensive strictest", "monitor"),
        (
            "LP-RDS-005",
            "aws:rds/instance:Instance username",
            "smile_owner root",  # what AWS doesn't propose
            "admin postgres Admin POSTGRES",
        ),
    ],
)
def test_each_value_is_accepted_or_refused(judge, control_id, property_, accepted, refused):
    type_, name = property_.split()
    for value in accepted.split():
        assert judge(control_id, one(type_, **{name: value})).diagnostics == (), value
    for value in refused.split():
        assert judge(control_id, one(type_, **{name: value})).violations, value


@pytest.mark.parametrize(
    ("engine", "number"),
    [
        *(("mysql", 3306), ("mariadb", 3306), ("aurora", 3306), ("aurora-mysql", 3306), ("postgres", 5432)),
        *(("aurora-postgresql", 5432), ("oracle-ee", 1521), ("custom-oracle-ee", 1521), ("sqlserver-se", 1433)),
        *(("custom-sqlserver-se", 1433), ("db2-se", 50000)),
    ],
)
def test_the_default_port_of_each_engine_is_advised_against(judge, engine, number):
    instance = "aws:rds/instance:Instance"
    assert judge("LP-RDS-007", one(instance, engine=engine, port=number)).violations
    assert judge("LP-RDS-007", one(instance, engine=engine, port=number + 1)).diagnostics == ()


LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


@pytest.mark.parametrize("log", LOGS)
def test_no_log_of_a_control_plane_may_be_missing(judge, log):
    cluster = "aws:eks/cluster:Cluster"
    assert judge("RSL-EKS-006", one(cluster, enabledClusterLogTypes=LOGS)).diagnostics == ()
    (why,) = judge(
        "RSL-EKS-006", one(cluster, enabledClusterLogTypes=[each for each in LOGS if each != log])
    ).violations
    assert f"not logged: {log} " in why


@pytest.mark.parametrize(
    ("snapshot", "original", "names"),
    [
        ("aws:rds/snapshot:Snapshot", "aws:rds/instance:Instance", "dbInstanceIdentifier"),
        ("aws:rds/clusterSnapshot:ClusterSnapshot", "aws:rds/cluster:Cluster", "dbClusterIdentifier"),
        ("aws:docdb/clusterSnapshot:ClusterSnapshot", "aws:docdb/cluster:Cluster", "dbClusterIdentifier"),
        ("aws:neptune/clusterSnapshot:ClusterSnapshot", "aws:neptune/cluster:Cluster", "dbClusterIdentifier"),
    ],
)
def test_a_snapshot_is_encrypted_as_what_it_is_of(judge, snapshot, original, names):
    def case(*, encrypted):
        source = one(original, storageEncrypted=encrypted, engine="mysql", identifier="it", clusterIdentifier="it")
        return {"resources": [{**source, "name": "it"}, {**one(snapshot, **{names: "it"}), "name": "copy"}]}

    assert judge("ENC-RDS-014", case(encrypted=False)).violations
    assert not judge("ENC-RDS-014", case(encrypted=True)).violations


# https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html: what filters name at least
TRAIL_EVENTS = {
    "use of the root user": ("$.userIdentity.type", "Root"),
    "changes of IAM policies": ("PutRolePolicy", "AttachRolePolicy"),
    "disabling and deletion of keys": ("DisableKey", "ScheduleKeyDeletion"),
    "changes of security groups": ("AuthorizeSecurityGroupIngress",),
    "changes of network ACLs": ("CreateNetworkAclEntry",),
    "changes of gateways": ("AttachInternetGateway",),
    "changes of routes": ("CreateRoute", "ReplaceRoute"),
    "changes of VPCs": ("CreateVpc", "DeleteVpc"),
}


def watched_trail(words):
    kind, metric = "aws:cloudwatch/logMetricFilter:LogMetricFilter", {"name": "Risky", "namespace": "Trail"}
    found = one(kind, pattern=" || ".join(words), metricTransformation=metric) | {"name": "filter"}
    alarm = one("aws:cloudwatch/metricAlarm:MetricAlarm", metricName="Risky", namespace="Trail") | {"name": "alarm"}
    group = "arn:aws:logs:ap-southeast-3:111122223333:log-group:trail:*"
    trail = one("aws:cloudtrail/trail:Trail", s3BucketName="trail", cloudWatchLogsGroupArn=group)
    return {"resources": [trail, found, alarm]}


@pytest.mark.parametrize(
    ("events", "left_out"), [(event, word) for event, words in TRAIL_EVENTS.items() for word in words]
)
def test_a_filter_that_leaves_one_event_out_covers_it_not(judge, events, left_out):
    words = [word for each in TRAIL_EVENTS.values() for word in each]
    assert judge("RSL-CLOUDWATCH-005", watched_trail(words)).diagnostics == ()
    [said] = judge("RSL-CLOUDWATCH-005", watched_trail([each for each in words if each != left_out])).violations
    assert f"covers {events}" in said


# Each is a thousand of the one before, or 1024:
# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
DECIMAL, BINARY = ("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


@pytest.mark.parametrize(
    ("larger", "smaller"),
    [(f"1{unit}", f"1000{below}") for below, unit in pairwise(DECIMAL)]
    + [(f"1{unit}", f"1024{below}") for below, unit in pairwise(BINARY)]
    + [("1.5k", "15e2"), (".5", "500m"), ("1E3", "1k")],
)
def test_a_quantity_is_the_same_in_each_unit(judge, larger, smaller):
    for limit, bound in ((larger, smaller), (smaller, larger)):
        container = {"resources": {"limits": {"cpu": limit, "memory": "1Gi"}}}
        pod = {"type": "kubernetes:core/v1:Pod", "properties": {"spec": {"containers": [container]}}}
        bounds = {"minimumCpu": bound, "maximumCpu": bound}
        assert judge("RSL-KUBERNETES-001", {**pod, "parameters": bounds}).diagnostics == ()
