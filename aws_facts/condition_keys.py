"""Global condition keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html."""

from __future__ import annotations

GLOBAL_CONDITION_KEYS = frozenset(
    "aws:" + key
    for key in """
    assumedroot calledvia calledviafirst calledvialast calledviaawsmcp chatbotsourcearn currenttime
    ec2instancesourceprivateipv4 ec2instancesourcevpc epochtime federatedprovider
    multifactorauthage multifactorauthpresent principalaccount principalarn principalisawsservice principalorgid
    principalorgpaths principalservicename principalservicenameslist principaltype referer requestedregion
    resourceaccount resourceorgid resourceorgpaths securetransport signinsessionarn sourceaccount sourcearn
    sourceidentity sourceip sourceorgid sourceorgpaths sourceowner sourcevpc sourcevpcarn sourcevpce tagkeys
    tokenissuetime useragent userid username viaawsmcpservice viaawsservice vpceaccount vpceorgid vpceorgpaths
    vpcsourceip
    """.split()
)

GLOBAL_KEY_FAMILIES = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")
