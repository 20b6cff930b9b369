"""Runs a piece of a Pulumi program under mocks and keeps what it registered."""

import asyncio
import json
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks, resource, rpc, settings
from pulumi.runtime.proto import resource_pb2, source_pb2
from pulumi.runtime.stack import run_pulumi_func

# Where in the source a resource is made: pytest's stack is deep, and the mock monitor doesn't look at it.
resource._get_stack_trace = source_pb2.StackTrace


@dataclass(frozen=True)
class Registered:
    """One resource as the program registered it."""

    type: str
    name: str
    inputs: dict
    urn: str
    protect: bool
    retain_on_delete: bool
    delete_before_replace: bool
    dependencies: set
    ignore_changes: set
    provider: str


@dataclass
class Recording(mocks.Mocks):
    """What a program registered; ids read like ``Subnet/smile-private-a``."""

    resources: list[Registered] = field(default_factory=list)
    calls: list[tuple[str, dict]] = field(default_factory=list)
    result: object = None

    def new_resource(self, args):
        identity = f"{args.typ.split(':')[-1]}/{args.name}"
        computed = {
            "arn": f"arn:of:{identity}",
            "resources": [{"autoscalingGroups": [{"name": f"group-of:{identity}"}]}],
            "arnSuffix": f"tail:{identity}",
            "keyId": f"key:{identity}",
            "allocationId": f"allocation:{identity}",
            "publicIp": "203.0.113.7",
            "defaultNetworkAclId": f"default-acl:{identity}",
            "masterUserSecrets": [{"secretArn": f"master-secret:{identity}"}],
            "result": f"drawn:{identity}",
            "hex": "0a1b2c3d",
            "rootResourceId": f"root:{identity}",
            "versionId": f"version:{identity}",
            "engineArn": f"arn:aws:lambda:ap-southeast-3:123456789012:function:cwsyn-{args.inputs.get('name')}-0a1b:1",
            "signedObjects": [{"s3s": [{"bucket": "signed-bucket", "key": f"signed:{identity}"}]}],
            "domainValidationOptions": [
                {"resourceRecordName": "_proof", "resourceRecordType": "CNAME", "resourceRecordValue": "_answer"}
            ],
        }
        return identity, computed | args.inputs

    def call(self, args):
        self.calls.append((args.token, args.args))
        return {}

    def of(self, kind):
        """Name -> inputs of the resources of one type, such as ``ec2/subnet:Subnet``."""
        return {each.name: each.inputs for each in self.resources if each.type == f"aws:{kind}"}

    def one(self, kind):
        """The inputs of the only resource of a type."""
        (inputs,) = self.of(kind).values()
        return inputs

    def permissions(self, role):
        """Sid -> statement of what a service role may do, whichever of its policies says so."""
        policies = self.of("iam/policy:Policy")
        documents = [json.loads(policies[name]["policy"]) for name in (role, f"{role}-by-id") if name in policies]
        return {each["Sid"]: each for document in documents for each in document["Statement"]}

    def types(self):
        return {each.type for each in self.resources}


class Monitor(mocks.MockMonitor):
    """Notes each request in full. It is called from worker threads, whose event loops nobody else would close."""

    def RegisterResource(self, request):  # noqa: N802 - the protocol's name
        if request.type == "eks:index:Cluster" and request.remote:
            answer, inputs = self.eks_cluster(request)
        else:
            with own_loop():
                answer = super().RegisterResource(request)
                inputs = pulumi.runtime.rpc.deserialize_properties(request.object, keep_unknowns=True)
        self.mocks.resources.append(
            Registered(
                type=request.type,
                name=request.name,
                inputs=inputs,
                urn=answer.urn,
                protect=request.protect,
                retain_on_delete=request.retainOnDelete,
                delete_before_replace=request.deleteBeforeReplace,
                dependencies=set(request.dependencies),
                ignore_changes=set(request.ignoreChanges),
                provider=request.provider,
            )
        )
        return answer

    def eks_cluster(self, request):
        """The component of the EKS package: it gives the program the cluster that it makes, as a reference."""
        inputs = json_format.MessageToDict(request.object)
        urn = self.make_urn(request.parent, request.type, request.name)
        child = self.make_urn(urn, "aws:eks/cluster:Cluster", f"{request.name}-eksCluster")
        state = {
            "name": inputs["name"],
            "arn": f"arn:of:{inputs['name']}",
            "version": inputs["version"],
            "endpoint": "https://endpoint",
            "certificateAuthority": {"data": "LS0t"},
            "identities": [{"oidcs": [{"issuer": "https://issuer"}]}],
            "vpcConfig": {"clusterSecurityGroupId": "sg-of-eks"},
        }
        self.resources[child] = self.ResourceRegistration(child, inputs["name"], state)
        given = {
            "eksCluster": {rpc._special_sig_key: rpc._special_resource_sig, "urn": child, "id": inputs["name"]},
            "kubeconfigJson": "{}",
        }
        answer = resource_pb2.RegisterResourceResponse(urn=urn)
        json_format.ParseDict(given, answer.object)
        return answer, inputs

    def Invoke(self, request):  # noqa: N802
        with own_loop():
            return super().Invoke(request)

    def ReadResource(self, request):  # noqa: N802
        with own_loop():
            return super().ReadResource(request)


@contextmanager
def own_loop():
    with closing(asyncio.new_event_loop()) as loop:
        asyncio.set_event_loop(loop)
        try:
            yield
        finally:
            asyncio.set_event_loop(None)


def record(program, recording=None, *, project="smile", stack="prod"):
    """Run ``program`` to its end; its result is resolved and kept as well."""
    recording = recording or Recording()

    async def run():
        settings.reset_options()
        mocks.set_mocks(recording, project=project, stack=stack, monitor=Monitor(recording))
        made = []
        await run_pulumi_func(lambda: made.append(program()))
        recording.result = await pulumi.Output.from_input(made[0]).future()

    asyncio.run(run())
    return recording
