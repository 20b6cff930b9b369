"""The roles of the pipeline: GitHub Actions takes them on with a token of its own, for hours at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from components.core.boundary import boundary_arn
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import Statement, document
from components.delivery.limits import limits
from components.delivery.permissions import Policies, Program, changes, reading
from components.delivery.settings import Deployment

ISSUER = "token.actions.githubusercontent.com"
"""GitHub's identity provider. AWS knows the authorities of its certificate: there is no thumbprint to keep."""
AUDIENCE = "sts.amazonaws.com"
LONGEST_SECONDS = {"deploy": 14_400}
"""Task -> longest session. An update that creates or upgrades clusters and databases takes hours, and credentials that
end before it does leave a state that is not saved."""
SHORTEST_SECONDS = 3600
"""Of a session, the shortest that IAM takes: of every other task."""


@dataclass(frozen=True, kw_only=True)
class DeploymentRolesArgs:
    """What the roles need.

    Attributes:
        context: of the stack.
        settings: which repositories, and which branch.
        program: what they work on.
        ci_role: name of the role that pushes images; one for all stacks that share the registry, none without one.
        image_workflow: file that builds, scans and pushes images, such as ``.github/workflows/images.yml``; other
            workflows, of whatever repository, can't.
        push_policy_arn: what the role that pushes images may do; None where another stack has the registry, or nobody.
        github_environment: of the jobs that deploy; by default the stack's name, which a repository with several
            programs has several times.
    """

    context: StackContext
    settings: Deployment
    program: Program
    ci_role: str = ""
    image_workflow: str = ""
    push_policy_arn: pulumi.Input[str] | None = None
    github_environment: str | None = None


class DeploymentRoles(pulumi.ComponentResource):
    """A role for each task of the pipeline, each for certain repositories, branches and environments.

    - ``PROJECT-STACK-preview`` reads settings and state: drift and plans on the branch; pull requests by setting.
    - ``PROJECT-STACK-deploy`` changes the stack: jobs on the branch, in GitHub's environment STACK, which may want an
      approval.
    - ``ci_role`` pushes images: the workflow for images, on the branch; made with the registry.

    Nothing here can be changed by the pipeline itself: it takes an administrator.

    Attributes:
        arns: task -> ARN of its role.
    """

    arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: DeploymentRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:delivery:DeploymentRoles", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.environment = args.context.environment
        self.tags = self.environment.tags(component="delivery", data_class="internal")

        provider = [self.provider()] if args.settings.provider == "create" else []
        self.after_provider = pulumi.ResourceOptions(parent=self, depends_on=provider)
        read, write = (part(self.environment, args.program) for part in (reading, changes))
        policies = {part: self.policy(part, statements) for part, statements in (read | write).items()}
        self.boundary = self.limits(read | write)
        self.arns = {
            "preview": self.role("preview", self.previewers(), {part: policies[part] for part in read}),
            "deploy": self.role(
                "deploy",
                [self.subject(f"environment:{args.github_environment or self.environment.name}")],
                policies,
                {"ref": args.settings.ref},  # the environment's own rule says so too, but on GitHub's side
            ),
        }
        if args.push_policy_arn is not None:
            self.arns["ci"] = self.image_role(args.push_policy_arn)
        self.register_outputs({"arns": self.arns})

    def provider(self) -> iam.OpenIdConnectProvider:
        """Lets the account know GitHub's tokens."""
        return iam.OpenIdConnectProvider(
            self.name,
            url=f"https://{ISSUER}",
            client_id_lists=[AUDIENCE],
            tags=self.tags("github"),
            opts=self.child,
        )

    def subject(self, what: str) -> str:
        """How GitHub names a job of this repository in its token."""
        return f"repo:{self.args.settings.repository}:{what}"

    def previewers(self) -> list[str]:
        """Jobs on the branch; by setting also those on a pull request, which nobody has reviewed yet."""
        branch = self.subject(f"ref:{self.args.settings.ref}")
        return [branch, *[self.subject("pull_request")] * self.args.settings.pull_requests]

    def policy(self, part: str, statements: Sequence[Statement]) -> pulumi.Output[str]:
        """One of the policies; what one may hold would not do for all."""
        return iam.Policy(
            f"{self.name}-{part}",
            name=f"{own_names(self.environment)}-{part}",
            description=f"The pipeline: {part}",
            policy=document(*statements),
            tags=self.tags(f"delivery-{part}"),
            opts=self.child,
        ).arn

    def limits(self, policies: Policies) -> pulumi.Output[str]:
        """What no role of the pipeline exceeds, and that it leaves itself alone."""
        environment = self.environment
        own = [
            *(role_arn(environment, task) for task in ("preview", "deploy")),
            *([environment.iam_arn(f"role/{self.args.ci_role}")] if self.args.ci_role else []),
            boundary_arn(environment),
            environment.iam_arn(f"policy/{own_names(environment)}-*"),
            environment.iam_arn(f"oidc-provider/{ISSUER}"),
        ]
        protected = self.args.context.protection.protect
        return self.policy("boundary", [*limits(environment, policies, own, lasting=protected)])

    def role(
        self,
        task: str,
        subjects: Sequence[str],
        policies: Mapping[str, pulumi.Input[str]],
        claims: Mapping[str, str] | None = None,
    ) -> pulumi.Output[str]:
        """The role of one task, for jobs with these subjects and claims and no others."""
        name = self.args.ci_role if task == "ci" else f"{self.environment.prefix}-{task}"
        role = iam.Role(
            f"{self.name}-{task}",
            name=name,
            description=f"The pipeline: {task}",
            assume_role_policy=document(trust(self.environment, subjects, claims or {})),
            max_session_duration=LONGEST_SECONDS.get(task, SHORTEST_SECONDS),
            permissions_boundary=self.boundary,
            tags=self.tags(task),
            opts=self.after_provider,
        )
        for part, arn in policies.items():
            iam.RolePolicyAttachment(f"{self.name}-{task}-{part}", role=role.name, policy_arn=arn, opts=self.child)
        return role.arn

    def image_role(self, push_policy_arn: pulumi.Input[str]) -> pulumi.Output[str]:
        """The role that pushes images of services, whose repositories call this one's workflow."""
        settings = self.args.settings
        return self.role(
            "ci",
            [f"repo:{repository}:ref:{settings.ref}" for repository in settings.builders],
            {"push-images": push_policy_arn},
            {"job_workflow_ref": f"{settings.repository_name}/{self.args.image_workflow}@{settings.ref}"},
        )


def role_arn(environment: Environment, task: str) -> str:
    """The role of a task, before it is there."""
    return environment.iam_arn(f"role/{environment.prefix}-{task}")


def own_names(environment: Environment) -> str:
    """What the names of the pipeline's own policies begin with."""
    return f"{environment.prefix}-delivery"


def trust(environment: Environment, subjects: Sequence[str], claims: Mapping[str, str]) -> Statement:
    """Jobs of GitHub Actions with exactly these subjects, whose tokens claim all of these besides."""
    every: dict[str, str | list[str]] = {"aud": AUDIENCE, "sub": list(subjects), **claims}
    return Statement(
        sid="JobsOfGitHubActions",
        actions=["sts:AssumeRoleWithWebIdentity"],
        principals={"Federated": environment.iam_arn(f"oidc-provider/{ISSUER}")},
        conditions={"StringEquals": {f"{ISSUER}:{claim}": value for claim, value in every.items()}},
    )
