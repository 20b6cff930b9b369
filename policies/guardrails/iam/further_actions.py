"""Dangerous actions that cloudsplaining 0.8 doesn't know; all names in lower case."""

from __future__ import annotations

from collections.abc import Mapping

METHODS: Mapping[str, tuple[str, ...]] = {
    "DeployAnotherRevision": ("codedeploy:createdeployment", "codedeploy:registerapplicationrevision"),
    "PassExistingRoleToNewAnalytics": (
        "iam:passrole",
        "kinesisanalytics:createapplication",
        "kinesisanalytics:startapplication",
    ),
    "PassExistingRoleToNewAutoScalingGroup": (
        "autoscaling:createautoscalinggroup",
        "autoscaling:createlaunchconfiguration",
        "iam:passrole",
    ),
    "PassExistingRoleToExistingAutoScalingGroup": (
        "autoscaling:createlaunchconfiguration",
        "autoscaling:updateautoscalinggroup",
        "iam:passrole",
    ),
    "PassExistingRoleToNewFleet": ("gamelift:createbuild", "gamelift:createfleet", "iam:passrole"),
    "PassExistingRoleToNewProject": ("codestar:createproject", "iam:passrole"),
    "PassExistingRoleToNewQuantumJob": ("braket:createjob", "iam:passrole"),
    "PassExistingRoleToNewWorkflow": ("iam:passrole", "omics:createworkflow", "omics:startrun"),
    "PassExistingRoleToRunTask": ("ecs:runtask", "iam:passrole"),
    "PassExistingRoleToStartTask": ("ecs:starttask", "iam:passrole"),
    "StartBrowserSessionWithItsRole": (
        "bedrock-agentcore:connectbrowserautomationstream",
        "bedrock-agentcore:startbrowsersession",
    ),
    "SubmitJobWithAnotherCommand": ("batch:submitjob",),
    "UpdateExistingAppRunnerService": ("apprunner:updateservice",),
    "RunCommandInExistingAgentRuntime": ("bedrock-agentcore:invokeagentruntimecommand",),
    "StartBuildWithAnotherBuildspec": ("codebuild:startbuild",),
    "StartBuildBatchWithAnotherBuildspec": ("codebuild:startbuildbatch",),
    "UpdateExistingStack": ("cloudformation:updatestack",),
    "ECSExecuteCommandOnAnyTask": ("ecs:executecommand",),
    "AssociateClusterAdminPolicy": ("eks:associateaccesspolicy",),
    "UpdateExistingFunctionConfiguration": ("lambda:updatefunctionconfiguration",),
    "CreatePresignedSageMakerDomainUrl": ("sagemaker:createpresigneddomainurl",),
    "AssignPermissionSet": ("sso:createaccountassignment",),
    "PutPolicyIntoPermissionSet": ("sso:putinlinepolicytopermissionset",),
    "AttachPolicyToPermissionSet": ("sso:attachmanagedpolicytopermissionset",),
    "JoinGroupOfIdentityCenter": ("identitystore:creategroupmembership",),
    "RemoveBoundaryOfRole": ("iam:deleterolepermissionsboundary",),
    "RemoveBoundaryOfUser": ("iam:deleteuserpermissionsboundary",),
    "TrustAnotherIdentityProvider": ("iam:updatesamlprovider",),
    "TrustOwnCertificates": ("rolesanywhere:createprofile", "rolesanywhere:createtrustanchor"),
    "SendSSHPublicKeyToAnyInstance": ("ec2-instance-connect:sendsshpublickey",),
    "SendSerialConsoleSSHPublicKey": ("ec2-instance-connect:sendserialconsolesshpublickey",),
    "AddStepsToExistingCluster": ("elasticmapreduce:addjobflowsteps",),
    "UpdateExistingGlueJobThenRun": ("glue:startjobrun", "glue:updatejob"),
    "UpdateExistingGlueJobViaTrigger": ("glue:createtrigger", "glue:updatejob"),
    "RunStatementInGlueSession": ("glue:runstatement",),
    "UpdateExistingStateMachine": ("states:updatestatemachine",),
    "UpdateExistingPipeline": ("codepipeline:updatepipeline",),
    "UpdateExistingService": ("ecs:registertaskdefinition", "ecs:updateservice"),
    "ReplaceProfileOfInstance": ("ec2:replaceiaminstanceprofileassociation", "iam:passrole"),
    "AssociateProfileWithInstance": ("ec2:associateiaminstanceprofile", "iam:passrole"),
    "PassExistingRoleToNewAutomation": ("iam:passrole", "ssm:startautomationexecution"),
    "PassExistingRoleToNewBatchJob": ("batch:registerjobdefinition", "batch:submitjob", "iam:passrole"),
    "PassExistingRoleToNewCluster": ("elasticmapreduce:runjobflow", "iam:passrole"),
    "PassExistingRoleToNewImagePipeline": ("iam:passrole", "imagebuilder:createimage"),
    "PassExistingRoleToNewPipe": ("iam:passrole", "pipes:createpipe"),
    "PassExistingRoleToNewPipeline": ("codepipeline:createpipeline", "iam:passrole"),
    "PassExistingRoleToNewPodIdentity": ("eks:createpodidentityassociation", "iam:passrole"),
    "PassExistingRoleToNewSchedule": ("iam:passrole", "scheduler:createschedule"),
    "PassExistingRoleToNewServerlessJob": ("emr-serverless:startjobrun", "iam:passrole"),
    "PassExistingRoleToNewSession": ("glue:createsession", "glue:runstatement", "iam:passrole"),
    "PassExistingRoleToNewStateMachine": ("iam:passrole", "states:createstatemachine"),
    "RunAutomationWithItsOwnRole": ("ssm:startautomationexecution",),
    "SetRolesOfIdentityPool": ("cognito-identity:setidentitypoolroles", "iam:passrole"),
    "SendCommandToAnyInstance": ("ssm:sendcommand",),
    "StartSessionOnAnyInstance": ("ssm:startsession",),
}
"""What cloudsplaining 0.8 leaves out: code that runs with a role which exists already, and IAM Identity Center.

Those that DataDog's pathfinding.cloud and prowler's list of escalations publish, as of November 2026, and others that
follow from them: half of one, where the other half exists already, or the same way in another service.
Action names are in lower case.
"""

CREDENTIALS = frozenset(
    """
    bedrock-agentcore:getresourceapikey bedrock-agentcore:getresourceoauth2token dsql:dbconnect dsql:dbconnectadmin
    elasticache:connect gamelift:getcomputeaccess gamelift:getcomputeauthtoken memorydb:connect s3:getdataaccess
    sts:assumeroot
    """.split()
)
"""What cloudsplaining 0.8 leaves out, or misspells; from AWS's Service Authorization Reference."""
DATA = frozenset(
    """
    cassandra:select dynamodb:batchgetitem dynamodb:exporttabletopointintime dynamodb:getitem dynamodb:partiqlselect
    dynamodb:query dynamodb:scan ebs:getsnapshotblock healthlake:readresource healthlake:searchwithget
    healthlake:searchwithpost kinesis:getrecords medical-imaging:getimageframe neptune-db:readdataviaquery
    rds-data:batchexecutestatement rds-data:executestatement redshift-data:executestatement s3:getobjectversion
    timestream:select
    """.split()
)
"""Reading of what databases, streams, snapshots and health data stores hold; cloudsplaining knows three services."""
