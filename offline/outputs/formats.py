"""What AWS itself makes of a resource, where its documentation gives no rule to derive it from.

Templates take any property of the resource, `{id}`, `{arn}`, `{region}`, `{account}`, `{partition}`, and draws:
`{hex17}`, `{HEX16}`, `{digits10}`, `{upper26}`, `{lower10}`, `{uuid}`, `{ip}`. Text after `#` tells apart two draws.
"""

from __future__ import annotations

from typing import Any, Final

IDS: Final[dict[str, str]] = {
    "aws:apigateway/apiKey:ApiKey": "{lower10}",
    "aws:apigateway/authorizer:Authorizer": "{lower6}",
    "aws:apigateway/deployment:Deployment": "{lower6}",
    "aws:apigateway/integration:Integration": "agi-{restApi}-{resourceId}-{httpMethod}",
    "aws:apigateway/integrationResponse:IntegrationResponse": "agir-{restApi}-{resourceId}-{httpMethod}-{statusCode}",
    "aws:apigateway/method:Method": "agm-{restApi}-{resourceId}-{httpMethod}",
    "aws:apigateway/methodResponse:MethodResponse": "agmr-{restApi}-{resourceId}-{httpMethod}-{statusCode}",
    "aws:apigateway/methodSettings:MethodSettings": "{restApi}-{stageName}-{methodPath}",
    "aws:apigateway/resource:Resource": "{lower6}",
    "aws:apigateway/restApiPolicy:RestApiPolicy": "{restApiId}",
    "aws:apigateway/stage:Stage": "ags-{restApi}-{stageName}",
    "aws:apigateway/usagePlan:UsagePlan": "{lower6}",
    "aws:apigateway/usagePlanKey:UsagePlanKey": "{keyId}",
    "aws:apigatewayv2/authorizer:Authorizer": "{lower6}",
    "aws:apigatewayv2/deployment:Deployment": "{lower6}",
    "aws:apigatewayv2/integration:Integration": "{lower7}",
    "aws:apigatewayv2/route:Route": "{lower7}",
    "aws:apigatewayv2/stage:Stage": "{name}",
    "aws:apigatewayv2/vpcLink:VpcLink": "{lower6}",
    "aws:apigatewayv2/api:Api": "{lower10}",
    "aws:appautoscaling/scheduledAction:ScheduledAction": "{name}-{serviceNamespace}-{resourceId}",
    "aws:autoscaling/attachment:Attachment": "{autoscalingGroupName}-{digits20}",
    "aws:cloudwatch/eventRule:EventRule": "{name}",
    "aws:cognito/identityPool:IdentityPool": "{region}:{uuid}",
    "aws:cognito/userPool:UserPool": "{region}_{lower9}",
    "aws:cognito/userPoolClient:UserPoolClient": "{lower26}",
    "aws:cloudwatch/eventTarget:EventTarget": "{rule}-{targetId}",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": "{defaultNetworkAclId}",
    "aws:ec2/defaultRouteTable:DefaultRouteTable": "{defaultRouteTableId}",
    "aws:docdb/clusterInstance:ClusterInstance": "{identifier}",
    "aws:ec2/eip:Eip": "eipalloc-{hex17}",
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": "rtbassoc-{hex17}",
    "aws:ec2/networkAclAssociation:NetworkAclAssociation": "aclassoc-{hex17}",
    "aws:ec2/networkAclRule:NetworkAclRule": "nacl-{digits10}",
    "aws:ec2/route:Route": "r-{routeTableId}{digits10}",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc-{hex17}",
    "aws:ec2/securityGroupRule:SecurityGroupRule": "sgrule-{digits10}",
    "aws:ec2/volumeAttachment:VolumeAttachment": "vai-{digits10}",
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation": "a-{vpcEndpointId}{digits10}",
    "aws:ecs/service:Service": "{arn}",
    "aws:emrcontainers/jobTemplate:JobTemplate": "{lower25}",
    "aws:emrcontainers/virtualCluster:VirtualCluster": "{lower25}",
    "aws:iam/accessKey:AccessKey": "AKIA{upper16}",
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": "iam-account-password-policy",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "{group}/{policyArn}",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "{user}/{policyArn}",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "{role}/{policyArn}",
    "aws:kms/grant:Grant": "{keyId}:{hex64}",
    "aws:kms/externalKey:ExternalKey": "{uuid}",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "{uuid}",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": "{functionName}",
    "aws:lambda/functionRecursionConfig:FunctionRecursionConfig": "{functionName}",
    "aws:s3/bucketObject:BucketObject": "{bucket}/{key}",
    "aws:s3/bucketObjectv2:BucketObjectv2": "{bucket}/{key}",
    "aws:scheduler/schedule:Schedule": "{scheduleGroup}/{name}",
    "aws:secretsmanager/secretVersion:SecretVersion": "{secretId}|{uuid}",
    "aws:lambda/permission:Permission": "{statementId}",
    "aws:lb/listenerCertificate:ListenerCertificate": "{listenerArn}_{certificateArn}",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": "{targetGroupArn}-{digits20}",
    "aws:rds/clusterInstance:ClusterInstance": "{identifier}",
    "aws:rds/instance:Instance": "db-{upper26}",
    "aws:route53/record:Record": "{zoneId}_{name}_{type}",
    "aws:route53/zone:Zone": "Z{upper20}",
    "aws:sqs/queue:Queue": "https://sqs.{region}.amazonaws.com/{account}/{name}",
    "aws:sqs/queuePolicy:QueuePolicy": "{queueUrl}",
    "aws:ssm/association:Association": "{uuid}",
    "aws:ssm/maintenanceWindow:MaintenanceWindow": "mw-{hex17}",
    "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget": "{uuid}",
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": "{uuid}",
    "aws:ssm/patchBaseline:PatchBaseline": "pb-{hex17}",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr-{hex17}",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr-{hex17}",
}
"""Ids that differ from what the documentation shows for import."""

_ALB: Final = "arn:{partition}:elasticloadbalancing:{region}:{account}"
ARNS: Final[dict[str, str]] = {
    "aws:acm/certificate:Certificate": "arn:{partition}:acm:{region}:{account}:certificate/{uuid}",
    "aws:apigateway/restApi:RestApi": "arn:{partition}:apigateway:{region}::/restapis/{id}",
    "aws:apigateway/stage:Stage": "arn:{partition}:apigateway:{region}::/restapis/{restApi}/stages/{stageName}",
    "aws:apigatewayv2/api:Api": "arn:{partition}:apigateway:{region}::/apis/{id}",
    "aws:apigatewayv2/stage:Stage": "arn:{partition}:apigateway:{region}::/apis/{apiId}/stages/{name}",
    "aws:cfg/conformancePack:ConformancePack": (
        "arn:{partition}:config:{region}:{account}:conformance-pack/{name}/conformance-pack-{lower9}"
    ),
    "aws:cloudfront/distribution:Distribution": "arn:{partition}:cloudfront::{account}:distribution/{id}",
    "aws:cloudtrail/trail:Trail": "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}",
    "aws:cloudwatch/eventRule:EventRule": "arn:{partition}:events:{region}:{account}:rule/{name}",
    "aws:cloudwatch/logGroup:LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
    "aws:ec2/eip:Eip": "arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}",
    "aws:ec2/securityGroup:SecurityGroup": "arn:{partition}:ec2:{region}:{account}:security-group/{id}",
    "aws:ecs/cluster:Cluster": "arn:{partition}:ecs:{region}:{account}:cluster/{name}",
    "aws:ecs/taskDefinition:TaskDefinition": (
        "arn:{partition}:ecs:{region}:{account}:task-definition/{family}:{revision}"
    ),
    "aws:ecs/service:Service": "arn:{partition}:ecs:{region}:{account}:service/{clusterTail}/{name}",
    "aws:efs/fileSystem:FileSystem": "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}",
    "aws:eks/cluster:Cluster": "arn:{partition}:eks:{region}:{account}:cluster/{name}",
    "aws:eks/nodeGroup:NodeGroup": (
        "arn:{partition}:eks:{region}:{account}:nodegroup/{clusterName}/{nodeGroupName}/{uuid}"
    ),
    "aws:eks/addon:Addon": "arn:{partition}:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}",
    "aws:iam/instanceProfile:InstanceProfile": "arn:{partition}:iam::{account}:instance-profile{path}{name}",
    "aws:iam/policy:Policy": "arn:{partition}:iam::{account}:policy{path}{name}",
    "aws:iam/role:Role": "arn:{partition}:iam::{account}:role{path}{name}",
    "aws:iam/user:User": "arn:{partition}:iam::{account}:user{path}{name}",
    "aws:iam/group:Group": "arn:{partition}:iam::{account}:group{path}{name}",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "arn:{partition}:iam::{account}:oidc-provider/{oidcHost}",
    "aws:emrcontainers/jobTemplate:JobTemplate": "arn:{partition}:emr-containers:{region}:{account}:/jobtemplates/{id}",
    "aws:emrcontainers/virtualCluster:VirtualCluster": (
        "arn:{partition}:emr-containers:{region}:{account}:/virtualclusters/{id}"
    ),
    "aws:kinesis/streamConsumer:StreamConsumer": "{streamArn}/consumer/{name}:{digits10}",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (
        "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}"
    ),
    "aws:kms/externalKey:ExternalKey": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "aws:kms/key:Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "aws:kms/alias:Alias": "arn:{partition}:kms:{region}:{account}:{name}",
    "aws:lambda/codeSigningConfig:CodeSigningConfig": (
        "arn:{partition}:lambda:{region}:{account}:code-signing-config:csc-{lower17}"
    ),
    "aws:lambda/function:Function": "arn:{partition}:lambda:{region}:{account}:function:{name}",
    "aws:lambda/layerVersion:LayerVersion": "arn:{partition}:lambda:{region}:{account}:layer:{layerName}:{version}",
    "aws:lb/listener:Listener": _ALB + ":listener/{balancer}/{hex16}",
    "aws:lb/listenerRule:ListenerRule": _ALB + ":listener-rule/{listener}/{hex16}",
    "aws:lb/loadBalancer:LoadBalancer": _ALB + ":loadbalancer/{loadBalancerPrefix}/{name}/{hex16}",
    "aws:lb/targetGroup:TargetGroup": _ALB + ":targetgroup/{name}/{hex16}",
    "aws:rds/cluster:Cluster": "arn:{partition}:rds:{region}:{account}:cluster:{clusterIdentifier}",
    "aws:rds/instance:Instance": "arn:{partition}:rds:{region}:{account}:db:{identifier}",
    "aws:rds/parameterGroup:ParameterGroup": "arn:{partition}:rds:{region}:{account}:pg:{name}",
    "aws:rds/subnetGroup:SubnetGroup": "arn:{partition}:rds:{region}:{account}:subgrp:{name}",
    "aws:route53/zone:Zone": "arn:{partition}:route53:::hostedzone/{id}",
    "aws:s3/bucket:Bucket": "arn:{partition}:s3:::{bucket}",
    "aws:s3/bucketObject:BucketObject": "arn:{partition}:s3:::{bucket}/{key}",
    "aws:s3/bucketObjectv2:BucketObjectv2": "arn:{partition}:s3:::{bucket}/{key}",
    "aws:synthetics/canary:Canary": "arn:{partition}:synthetics:{region}:{account}:canary:{name}",
    "aws:secretsmanager/secret:Secret": "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{lower6}",
    "aws:sfn/stateMachine:StateMachine": "arn:{partition}:states:{region}:{account}:stateMachine:{name}",
    "aws:sns/topic:Topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "aws:sns/topicSubscription:TopicSubscription": "{topic}:{uuid}",
    "aws:sqs/queue:Queue": "arn:{partition}:sqs:{region}:{account}:{name}",
    "aws:wafv2/webAcl:WebAcl": "arn:{partition}:wafv2:{region}:{account}:{wafScope}/webacl/{name}/{id}",
    "aws:cognito/userPool:UserPool": "arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}",
    "aws:ssm/parameter:Parameter": "arn:{partition}:ssm:{region}:{account}:parameter/{parameterName}",
}
"""ARNs that cannot be put together from the service authorization reference alone."""

_S3_WEBSITE_ZONE: Final = "Z01846753K324LI26A3VV"  # ap-southeast-3
_ALB_ZONE: Final = "Z08888821HLRG5A9ZRTER"  # ap-southeast-3
_RDS_HOST: Final = "{identifier}.{lower12#account}.{region}.rds.amazonaws.com"
_CLUSTER_HOST: Final = "{lower12#account}.{region}.rds.amazonaws.com"
_OBJECT: Final[dict[str, Any]] = {"versionId": "{lower32}", "etag": "{hex32}"}
_BUCKET: Final[dict[str, Any]] = {
    "bucketDomainName": "{bucket}.s3.amazonaws.com",
    "bucketRegionalDomainName": "{bucket}.s3.{region}.amazonaws.com",
    "bucketRegion": "{region}",
    "hostedZoneId": _S3_WEBSITE_ZONE,
    "websiteEndpoint": "",
    "requestPayer": "BucketOwner",
    "versioning": {"enabled": False, "mfaDelete": False},
    "serverSideEncryptionConfiguration": {
        "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}
    },
}

OUTPUTS: Final[dict[str, dict[str, Any]]] = {
    "aws:synthetics/canary:Canary": {
        "engineArn": "arn:{partition}:lambda:{region}:{account}:function:cwsyn-{name}-{uuid#code}:1",
        "sourceLocationArn": "arn:{partition}:lambda:{region}:{account}:layer:cwsyn-{name}-{uuid#code}:1",
        "status": "RUNNING",
    },
    "aws:apigateway/deployment:Deployment": {
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{restApi}/",
        "invokeUrl": "https://{restApi}.execute-api.{region}.amazonaws.com/",
    },
    "aws:apigateway/restApi:RestApi": {
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}",
        "rootResourceId": "{lower10#root}",
    },
    "aws:apigateway/resource:Resource": {"path": "/{pathPart}"},
    "aws:apigateway/stage:Stage": {
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{restApi}/{stageName}",
        "invokeUrl": "https://{restApi}.execute-api.{region}.amazonaws.com/{stageName}",
    },
    "aws:apigatewayv2/api:Api": {
        "apiEndpoint": "https://{id}.execute-api.{region}.amazonaws.com",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}",
    },
    "aws:apigatewayv2/stage:Stage": {
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{apiId}/{name}",
        "invokeUrl": "https://{apiId}.execute-api.{region}.amazonaws.com/{name}",
    },
    "aws:cloudfront/distribution:Distribution": {
        "domainName": "d{lower13}.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
        "status": "Deployed",
    },
    "aws:cognito/userPool:UserPool": {"endpoint": "cognito-idp.{region}.amazonaws.com/{id}"},
    "aws:ec2/eip:Eip": {
        "allocationId": "{id}",
        "publicIp": "{ip}",
        "publicDns": "ec2-{dashedIp}.{region}.compute.amazonaws.com",
        "domain": "vpc",
    },
    "aws:ec2/instance:Instance": {
        "instanceState": "running",
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpProtocolIpv6": "disabled",
            "httpPutResponseHopLimit": 1,
            "httpTokens": "optional",
            "instanceMetadataTags": "disabled",
        },
        "rootBlockDevice": {
            "deleteOnTermination": True,
            "deviceName": "/dev/xvda",
            "encrypted": False,
            "volumeId": "vol-{hex17}",
            "volumeSize": 8,
            "volumeType": "gp3",
        },
        "publicIp": "{ip}",
        "publicDns": "ec2-{dashedIp}.{region}.compute.amazonaws.com",
    },
    "aws:ec2/subnet:Subnet": {"availabilityZoneId": "{zoneId}"},
    "aws:ec2/vpc:Vpc": {
        "defaultNetworkAclId": "acl-{hex17}",
        "defaultRouteTableId": "rtb-{hex17}",
        "mainRouteTableId": "rtb-{hex17}",
        "defaultSecurityGroupId": "sg-{hex17}",
        "dhcpOptionsId": "dopt-{hex17}",
    },
    "aws:ecr/repository:Repository": {
        "repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
        "registryId": "{account}",
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        "arnWithoutRevision": "arn:{partition}:ecs:{region}:{account}:task-definition/{family}",
    },
    "aws:efs/fileSystem:FileSystem": {"dnsName": "{id}.efs.{region}.amazonaws.com"},
    "aws:eks/cluster:Cluster": {
        "endpoint": "https://{HEX32}.gr7.{region}.eks.amazonaws.com",
        "certificateAuthority": {"data": "{certificate}"},
        "certificateAuthorities": [{"data": "{certificate}"}],
        "kubernetesNetworkConfig": {
            "elasticLoadBalancing": {"enabled": False},
            "ipFamily": "ipv4",
            "serviceIpv4Cidr": "172.20.0.0/16",
        },
        "identities": [{"oidcs": [{"issuer": "https://oidc.eks.{region}.amazonaws.com/id/{HEX32}"}]}],
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "version": "1.36",
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "master.{replicationGroupId}.{lower6#account}.{zonecode}.cache.amazonaws.com",
        "readerEndpointAddress": "replica.{replicationGroupId}.{lower6#account}.{zonecode}.cache.amazonaws.com",
        "configurationEndpointAddress": (
            "clustercfg.{replicationGroupId}.{lower6#account}.{zonecode}.cache.amazonaws.com"
        ),
    },
    "aws:iam/accessKey:AccessKey": {"secret": "{lower40}", "sesSmtpPasswordV4": "B{lower43}"},
    "aws:iam/policy:Policy": {"policyId": "ANPA{upper17}", "path": "/"},
    "aws:iam/role:Role": {"uniqueId": "AROA{upper17}", "path": "/", "maxSessionDuration": 3600},
    "aws:iam/user:User": {"uniqueId": "AIDA{upper17}", "path": "/"},
    "aws:iam/group:Group": {"uniqueId": "AGPA{upper17}", "path": "/"},
    "aws:iam/instanceProfile:InstanceProfile": {"uniqueId": "AIPA{upper17}", "path": "/"},
    "aws:kms/alias:Alias": {
        "targetKeyArn": "arn:{partition}:kms:{region}:{account}:key/{targetKeyId}",
    },
    "aws:kms/key:Key": {
        "keyId": "{id}",
        "policy": (
            '{"Id":"key-default-1","Statement":[{"Action":"kms:*","Effect":"Allow","Principal":'
            '{"AWS":"arn:aws:iam::{account}:root"},"Resource":"*","Sid":"Enable IAM User Permissions"}],'
            '"Version":"2012-10-17"}'
        ),
    },
    "aws:lambda/function:Function": {
        "invokeArn": ("arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"),
        "qualifiedArn": "{arn}:{version}",
        "version": "$LATEST",
    },
    "aws:lambda/functionUrl:FunctionUrl": {"functionUrl": "https://{lower32}.lambda-url.{region}.on.aws/"},
    "aws:lb/loadBalancer:LoadBalancer": {
        "dnsName": "{name}-{digits10}.{region}.elb.amazonaws.com",
        "zoneId": _ALB_ZONE,
        "arnSuffix": "{arnTail}",
    },
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": "{arnTail}"},
    "aws:opensearch/domain:Domain": {
        "endpoint": "search-{domainName}-{lower26}.{region}.es.amazonaws.com",
        "dashboardEndpoint": "search-{domainName}-{lower26}.{region}.es.amazonaws.com/_dashboards",
    },
    "aws:rds/cluster:Cluster": {
        "endpoint": "{clusterIdentifier}.cluster-" + _CLUSTER_HOST,
        "readerEndpoint": "{clusterIdentifier}.cluster-ro-" + _CLUSTER_HOST,
        "clusterResourceId": "cluster-{upper26}",
        "port": "{databasePort}",
    },
    "aws:rds/instance:Instance": {
        "address": _RDS_HOST,
        "port": "{databasePort}",
        "endpoint": _RDS_HOST + ":{databasePort}",
        "resourceId": "{id}",
        "status": "available",
        "engineVersion": "{engineVersion}",
        "engineVersionActual": "{engineVersion}",
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "storageType": "gp3",
    },
    "aws:route53/record:Record": {"fqdn": "{name}"},
    "aws:route53/zone:Zone": {
        "zoneId": "{id}",
        "nameServers": [
            "ns-{digits3#a}.awsdns-{digits2#a}.com",
            "ns-{digits3#b}.awsdns-{digits2#b}.net",
            "ns-1{digits3#c}.awsdns-{digits2#c}.org",
            "ns-1{digits3#d}.awsdns-{digits2#d}.co.uk",
        ],
        "primaryNameServer": "ns-{digits3#a}.awsdns-{digits2#a}.com",
    },
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:s3/bucketObject:BucketObject": _OBJECT,
    "aws:s3/bucketObjectv2:BucketObjectv2": _OBJECT,
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": {
        "websiteEndpoint": "{bucket}.s3-website.{region}.amazonaws.com",
        "websiteDomain": "s3-website.{region}.amazonaws.com",
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {
        "arn": "{secretId}",
        "versionId": "{uuid}",
        "versionStages": ["AWSCURRENT"],
    },
    "aws:sqs/queue:Queue": {"url": "{id}"},
    "aws:ssm/parameter:Parameter": {"version": 1},
}
"""Outputs with a form of their own."""
for _twin in ("listener:Listener", "listenerRule:ListenerRule", "loadBalancer:LoadBalancer", "targetGroup:TargetGroup"):
    ARNS[f"aws:alb/{_twin}"] = ARNS[f"aws:lb/{_twin}"]
    OUTPUTS[f"aws:alb/{_twin}"] = OUTPUTS.get(f"aws:lb/{_twin}", {})
