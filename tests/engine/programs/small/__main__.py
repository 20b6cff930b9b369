import pulumi
import pulumi_aws as aws

options = pulumi.ResourceOptions(
    provider=aws.Provider("jakarta", region="ap-southeast-3", allowed_account_ids=["123456789012"])
)
network = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16", tags={"Name": "small"}, opts=options)
aws.ec2.DefaultSecurityGroup("default", vpc_id=network.id, ingress=[], egress=[], opts=options)
group = aws.ec2.SecurityGroup("group", vpc_id=network.id, description="Nobody connects", opts=options)
pulumi.export("password", pulumi.Output.secret("not in clear"))
