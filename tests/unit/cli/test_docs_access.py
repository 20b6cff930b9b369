"""Who may do what on what: the page says it in the names of the program, whatever ids AWS makes up."""

from cli.docs.access.page import markdown
from cli.docs.access.permissions import ATTACHMENT

ACCOUNT = "123456789012"


def resource(kind, name, inputs=None, /, **outputs):
    return {
        "type": kind,
        "urn": f"urn:pulumi:prod::smile::platform:jobs:Jobs${kind}::{name}",
        "custom": True,
        "inputs": inputs or {},
        "outputs": outputs,
    }


def classed(kind, name, arn, data_class):
    return resource(kind, name, {"tags": {"DataClass": data_class}}, arn=arn) | {"protect": True}


def allow(*actions, on="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def role(name, made_up, trusted, **more):
    trust = {"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole", **more}
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}-{made_up}"
    return resource(
        "aws:iam/role:Role", name, {"assumeRolePolicy": {"Statement": [trust]}}, arn=arn, name=f"{name}-{made_up}"
    )


def policy(name, made_up, *statements):
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}-{made_up}"
    return resource("aws:iam/policy:Policy", name, {"policy": {"Statement": list(statements)}}, arn=arn)


def attached(made_up, of_role, to):
    return resource(ATTACHMENT, f"{of_role}-{to}", {"role": f"{of_role}-{made_up}", "policyArn": to})


def stack(made_up="1a2b"):
    """Two queues, a bucket, a key; a worker in a pod that works on jobs; a database with a secret of its own."""
    jobs, papers = f"arn:aws:sqs:ap-southeast-3:{ACCOUNT}:smile-prod-jobs", "arn:aws:s3:::papers"
    key = f"arn:aws:kms:ap-southeast-3:{ACCOUNT}:key/{made_up}"
    secret = f"arn:aws:secretsmanager:ap-southeast-3:{ACCOUNT}:secret:rds!db-{made_up}"
    own = f"arn:aws:iam::{ACCOUNT}:policy"
    pod = {"eks-cluster-arn": "arn:aws:eks:::cluster/c", "kubernetes-namespace": "n", "kubernetes-service-account": "s"}
    tags = {"StringEquals": {f"aws:RequestTag/{name}": value for name, value in pod.items()}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [papers, f"{papers}/*"]}
    over_tls = {"Bool": {"aws:SecureTransport": "false"}}
    return [
        classed("aws:sqs/queue:Queue", "jobs", jobs, "personal"),
        classed("aws:s3/bucket:Bucket", "papers", papers, "confidential"),
        classed("aws:sqs/queue:Queue", "dead", f"{jobs}-dead", "personal"),
        resource("aws:sqs/queuePolicy:QueuePolicy", "jobs", {"arn": jobs}, arn=jobs),
        resource(
            "aws:s3/bucketPolicy:BucketPolicy", "papers", {"policy": {"Statement": {**deny, "Condition": over_tls}}}
        ),
        resource("aws:kms/key:Key", "queues", arn=key),
        resource("aws:rds/instance:Instance", "db", masterUserSecrets=[{"secretArn": secret}]),
        role("worker", made_up, "pods.eks.amazonaws.com", Condition=tags),
        role("reader", made_up, "lambda.amazonaws.com"),
        policy("worker", made_up, allow("sqs:ReceiveMessage", "sqs:DeleteMessage", on=jobs)),
        policy(
            "worker-by-id", made_up, allow("kms:Decrypt", on=key), allow("secretsmanager:GetSecretValue", on=secret)
        ),
        policy("reader", made_up, allow("s3:Get*", on=f"{papers}/*"), allow("s3:GetObjectAcl", on=f"{papers}/*")),
        policy("operator", made_up, allow("sqs:PurgeQueue", on=jobs)),
        attached(made_up, "worker", f"{own}/worker-{made_up}"),
        attached(made_up, "worker", f"{own}/worker-by-id-{made_up}"),
        attached(made_up, "reader", f"{own}/reader-{made_up}"),
        attached(made_up, "reader", "arn:aws:iam::aws:policy/ReadOnly"),
    ]


def rows(document, heading):
    """The rows of the table under a heading."""
    part = f"\n{document}".partition(f"\n{heading}\n")[2].partition("\n#")[0]
    return [line for line in part.splitlines() if line.startswith("|")][2:]


def test_each_role_shows_what_all_its_policies_allow():
    document = markdown(stack())
    assert "\n## Roles of Jobs\n" in document
    assert rows(document, "### worker") == [
        "| `kms:Decrypt` | key `queues` |  |",
        "| `secretsmanager:GetSecretValue` | masterUserSecrets of instance `db` |  |",
        "| `sqs:DeleteMessage, ReceiveMessage` | queue `jobs` |  |",
    ]
    assert rows(document, "### reader") == [
        "| what AWS's ReadOnly says | `*` |  |",
        "| `s3:Get*, GetObjectAcl` | bucket `papers/*` |  |",
    ]
    assert "Taken on by pods of service account n/s in eks:cluster/c.\n" in document
    assert "Taken on by lambda.amazonaws.com.\n" in document


def test_each_store_of_data_shows_who_reads_and_who_changes_it():
    document = markdown(stack())
    assert rows(document, "## Personal data") == [
        "| queue `dead` | nobody |  |  |",
        "| queue `jobs` | [worker](#worker) | `sqs:ReceiveMessage` | `sqs:DeleteMessage` |",
    ]
    assert rows(document, "## Confidential data") == [
        "| bucket `papers` | [reader](#reader) | `s3:Get*, GetObjectAcl` |  |"
    ]


def test_what_a_pipeline_may_is_told_once_for_all_data():
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/git"
    pipeline = role("deploy", "1", None)
    (trust,) = pipeline["inputs"]["assumeRolePolicy"]["Statement"]
    trust["Principal"] = {"Federated": provider}
    may = policy("deploy", "1", allow("sqs:DeleteQueue", on=f"arn:aws:sqs:ap-southeast-3:{ACCOUNT}:*"))
    document = markdown([*stack(), pipeline, may, attached("1", "deploy", may["outputs"]["arn"])])
    assert rows(document, "## Personal data") == [
        "| queue `dead` | nobody |  |  |",
        "| queue `jobs` | [worker](#worker) | `sqs:ReceiveMessage` | `sqs:DeleteMessage` |",
        "| any of these | [deploy](#deploy) |  | `sqs:DeleteQueue` |",
    ]
    assert "Taken on by iam:oidc-provider/git.\n" in document


def test_policies_for_others_and_of_resources_stand_by_themselves():
    document = markdown(stack())
    assert rows(document, "### policy operator") == ["| `sqs:PurgeQueue` | queue `jobs` |  |"]
    assert rows(document, "## What resources allow and deny") == [
        "| bucket `papers` and `/*` | anyone | **not** `s3:*` | `aws:SecureTransport` is `false` |"
    ]


def test_a_boundary_is_shown_once_with_the_roles_that_lack_it():
    resources = stack()
    boundary = policy("limit", "1", {"Effect": "Deny", "NotAction": ["sqs:*", "kms:*"], "Resource": "*"})
    bounded = next(each for each in resources if each["urn"].endswith("Role::worker"))
    bounded["inputs"]["permissionsBoundary"] = boundary["outputs"]["arn"]
    document = markdown([*resources, boundary])
    assert rows(document, "### Boundary limit") == ["| **not** anything but sqs:* and kms:* | `*` |  |"]
    assert "Without one: role `reader`.\n" in document
    assert "\nOf role `worker`.\n" in document
    assert "### policy limit" not in document


def test_ids_that_aws_makes_up_are_not_in_it():
    assert markdown(stack("1a2b")) == markdown(stack("9f8e"))
