"""Clusters with options that public programs use: nodes of their own, both ways of getting in, groups beside them."""

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks

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
    ).id
    for i, zone in enumerate("abc")
]
role = aws.iam.Role("nodes", assume_role_policy='{"Version": "2012-10-17", "Statement": []}', opts=options)
cluster = eks.Cluster(
    "main",
    vpc_id=vpc.id,
    private_subnet_ids=subnets,
    authentication_mode=eks.AuthenticationMode.API_AND_CONFIG_MAP,
    access_entries={
        "admins": eks.AccessEntryArgs(
            principal_arn="arn:aws:iam::111122223333:role/admins",
            access_policies={
                "view": eks.AccessPolicyAssociationArgs(
                    policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
                    access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                )
            },
        )
    },
    role_mappings=[
        eks.RoleMappingArgs(role_arn="arn:aws:iam::123456789012:role/ci", username="ci", groups=["deployers"])
    ],
    node_group_options=eks.ClusterNodeGroupOptionsArgs(
        instance_type="m5.large", min_size=3, max_size=6, desired_capacity=3, labels={"kind": "web"}
    ),
    create_oidc_provider=True,
    tags={"Team": "platform"},
    opts=options,
)
eks.NodeGroupV2(
    "more",
    cluster=cluster,
    instance_profile=aws.iam.InstanceProfile("more", role=role.name, opts=options),
    opts=options,
)
eks.ManagedNodeGroup("managed", cluster=cluster, node_role=role, opts=options)
eks.Addon("metrics", cluster=cluster, addon_name="metrics-server", opts=options)
bare = eks.Cluster(
    "bare", vpc_id=vpc.id, subnet_ids=subnets, skip_default_node_group=True, instance_roles=[role], opts=options
)
