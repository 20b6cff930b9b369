"""Two thin EKS clusters side by side and one with everything that the package adds by default."""

from components.core import sdk_performance

sdk_performance.apply()
import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pulumi_kubernetes as kubernetes

jakarta = aws.Provider("jakarta", region="ap-southeast-3")
options = pulumi.ResourceOptions(provider=jakarta)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=options)
subnets = [
    aws.ec2.Subnet(
        f"subnet-{zone}",
        vpc_id=vpc.id,
        cidr_block=f"10.0.{i}.0/24",
        availability_zone=f"ap-southeast-3{zone}",
        opts=options,
    )
    for i, zone in enumerate("abc")
]
role = aws.iam.Role("cluster", assume_role_policy='{"Version": "2012-10-17", "Statement": []}', opts=options)
for name in ("blue", "green"):
    cluster = eks.Cluster(
        name,
        authentication_mode=eks.AuthenticationMode.API,
        skip_default_node_group=True,
        skip_default_security_groups=True,
        service_role=role,
        use_default_vpc_cni=True,
        create_oidc_provider=False,
        version="1.36",
        vpc_id=vpc.id,
        subnet_ids=[subnet.id for subnet in subnets],
        opts=options,
    )
    provider = kubernetes.Provider(name, kubeconfig=cluster.kubeconfig_json)
    namespace = kubernetes.core.v1.Namespace("apps-" + name, opts=pulumi.ResourceOptions(provider=provider))
    pulumi.export(f"{name}-endpoint", cluster.eks_cluster.endpoint)
    pulumi.export(f"{name}-namespace", namespace.metadata.name)
full = eks.Cluster(
    "full",
    vpc_id=vpc.id,
    subnet_ids=[subnet.id for subnet in subnets],
    node_root_volume_encrypted=True,
    node_root_volume_size=40,
    opts=options,
)
first = full.instance_roles.apply(lambda roles: roles[0])
eks.ManagedNodeGroup("nodes", cluster=full, node_role=first, subnet_ids=[subnet.id for subnet in subnets], opts=options)
pulumi.export("kubeconfig", full.kubeconfig)
operator = full.get_kubeconfig(role_arn="arn:aws:iam::123456789012:role/operator", profile_name="operations")
pulumi.export("operator", operator)
