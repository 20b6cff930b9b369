"""A site on AWS Amplify Hosting: built from a branch of a Git repository, served under a name of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
from pulumi_aws import amplify, secretsmanager

from components.core.context import StackContext
from components.site.settings import Site


@dataclass(frozen=True, kw_only=True)
class AmplifySiteArgs:
    """What the site needs.

    Attributes:
        context: names and tags.
        settings: repository, branch, build, Region.
    """

    context: StackContext
    settings: Site


class AmplifySite(pulumi.ComponentResource):
    """An app with one branch that is built whenever it changes, and its domain. It may lie in another Region.

    The token of the repository is read from Secrets Manager, and is in the state, encrypted as every secret there is.

    Attributes:
        arn: of the app.
        host: by which the site is found: its own name, or Amplify's for the branch.
    """

    arn: pulumi.Output[str]
    host: pulumi.Output[str]

    def __init__(self, name: str, args: AmplifySiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:site:AmplifySite", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = args.context.environment.tags(component="site", data_class="internal")
        app = self.app()
        branch = self.branch(app)
        self.arn = app.arn
        label = args.settings.branch.replace("/", "-").lower()
        self.host = pulumi.Output.concat(label, ".", app.default_domain)
        if args.settings.host:
            self.host = self.domain(app, branch, args.settings.host)
        self.register_outputs({"arn": self.arn, "host": self.host})

    def app(self) -> amplify.App:
        """The app, which follows the repository."""
        settings, environment = self.args.settings, self.args.context.environment
        token = secretsmanager.get_secret_version_output(
            secret_id=settings.token_secret, opts=pulumi.InvokeOutputOptions(parent=self)
        ).secret_string
        return amplify.App(
            self.name,
            name=environment.physical_name(self.name, 255),
            description="Static files, which everybody may see",
            region=settings.region,
            platform="WEB",
            repository=settings.repository,
            access_token=pulumi.Output.secret(token),
            build_spec=self.build(),
            environment_variables=settings.variables or None,
            enable_branch_auto_build=True,
            enable_branch_auto_deletion=False,
            tags=self.tags("site"),
            opts=self.child,
        )

    def build(self) -> str:
        """How it is built (https://docs.aws.amazon.com/amplify/latest/userguide/yml-specification-syntax.html)."""
        settings = self.args.settings
        return json.dumps(
            {
                "version": 1,
                "frontend": {
                    "phases": {"build": {"commands": list(settings.commands)}},
                    "artifacts": {"baseDirectory": settings.folder, "files": ["**/*"]},
                },
            }
        )

    def branch(self, app: amplify.App) -> amplify.Branch:
        """What is built; pull requests aren't: whoever opens one would publish."""
        settings = self.args.settings
        return amplify.Branch(
            self.name,
            app_id=app.id,
            region=settings.region,
            branch_name=settings.branch,
            stage="PRODUCTION",
            enable_auto_build=True,
            enable_pull_request_preview=False,
            tags=self.tags("site"),
            opts=self.child,
        )

    def domain(self, app: amplify.App, branch: amplify.Branch, host: str) -> pulumi.Output[str]:
        """A name of its own, with a certificate that Amplify gets and renews."""
        made = amplify.DomainAssociation(
            self.name,
            app_id=app.id,
            region=self.args.settings.region,
            domain_name=host,
            certificate_settings={"type": "AMPLIFY_MANAGED"},
            sub_domains=[{"branch_name": branch.branch_name, "prefix": ""}],
            wait_for_verification=False,  # the zone's owner adds Amplify's records first
            opts=self.child,
        )
        return made.domain_name
