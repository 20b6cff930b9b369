"""A site on Amplify, as a program registers it."""

import json

import pytest

from components.core.settings.problems import SettingsError
from components.site.amplify_site import AmplifySite, AmplifySiteArgs
from components.site.settings import Site
from tests.recording import Recording, record

GIVEN = {
    "enabled": True,
    "repository": "https://github.com/example/frontend",
    "token_secret": "smile-prod/amplify-token",
    "commands": ["npm ci", "npm run build"],
    "variables": {"API": "https://example.org"},
}


class WithToken(Recording):
    """AWS answers with the secret."""

    def call(self, args):
        super().call(args)
        return {"secretString": "token-of-the-repository"}

    def new_resource(self, args):
        identity, state = super().new_resource(args)
        return identity, {"defaultDomain": "d1.amplifyapp.com"} | state


def site_of(context, **settings):
    def program():
        return AmplifySite("smile-site", AmplifySiteArgs(context=context, settings=Site(**(GIVEN | settings)))).host

    return record(program, WithToken())


def test_a_branch_of_a_repository_is_built_whenever_it_changes(context):
    recording = site_of(context)
    app = recording.one("amplify/app:App")
    assert (app["repository"], app["enableBranchAutoBuild"]) == ("https://github.com/example/frontend", True)
    build = json.loads(app["buildSpec"])
    assert build["frontend"]["phases"]["build"]["commands"] == ["npm ci", "npm run build"]
    assert build["frontend"]["artifacts"]["baseDirectory"] == "dist"
    assert app["environmentVariables"] == {"API": "https://example.org"}
    branch = recording.one("amplify/branch:Branch")
    assert (branch["branchName"], branch["appId"]) == ("main", "App/smile-site")
    assert branch["enablePullRequestPreview"] is False
    assert recording.result == "main.d1.amplifyapp.com"


def test_the_token_comes_from_a_secret_of_the_account_and_stays_one(context):
    recording = site_of(context)
    (call,) = recording.calls
    assert call[0] == "aws:secretsmanager/getSecretVersion:getSecretVersion"
    assert call[1]["secretId"] == "smile-prod/amplify-token"
    given = recording.one("amplify/app:App")["accessToken"]
    assert given.pop("value") == "token-of-the-repository"
    assert list(given.values()) == ["1b47061264138c4ac30d75fd1eb44270"]  # how Pulumi marks a secret


def test_all_of_it_lies_in_the_region_that_has_amplify(context):
    recording = site_of(context, host="assets.example.org")
    kinds = ("amplify/app:App", "amplify/branch:Branch", "amplify/domainAssociation:DomainAssociation")
    assert {recording.one(kind)["region"] for kind in kinds} == {"ap-southeast-1"}


def test_a_name_of_its_own_has_a_certificate(context):
    recording = site_of(context, host="assets.example.org", branch="release/next")
    domain = recording.one("amplify/domainAssociation:DomainAssociation")
    assert domain["domainName"] == recording.result == "assets.example.org"
    assert domain["certificateSettings"] == {"type": "AMPLIFY_MANAGED"}
    assert domain["subDomains"] == [{"branchName": "release/next", "prefix": ""}]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"region": "ap-southeast-3"}, "region: got"),
        ({"repository": ""}, "repository: got .*needed with enabled: true"),
        ({"token_secret": ""}, "token_secret: got .*needed with enabled: true"),
        ({"repository": "git@github.com:example/frontend"}, "repository"),
        ({"folder": "../.."}, "folder"),
    ],
)
def test_what_amplify_has_not_is_refused(wrong, says):
    with pytest.raises(SettingsError, match=says):
        Site(**(GIVEN | wrong))
