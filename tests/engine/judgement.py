"""A stack's requests with what the simulator says to them, also with some of its policies changed."""

import copy
from collections import defaultdict
from functools import cache, cached_property

from excess import beyond
from role_needs import Needs, ProgramNeeds
from simulation import OF_AWS, Policies, ask, statements
from surroundings import Stack

from cli.docs.access.permissions import ROLE, logical
from settings import load_from_files


class Judged:
    """A stack's needs with the answers to them.

    Attributes:
        answers: request -> answer.
    """

    def __init__(self, life):
        self.stack = Stack(life.resources)
        settings = load_from_files(life.stack)
        services = {f"smile-workload-{name}": each for name, each in settings.services.catalogue.items()}
        functions = {f"smile-{name}": each for name, each in settings.functions.application.items()}
        account = self.stack.state.account
        words = {
            "program": "smile",
            "region": self.stack.region,
            "account": account,
            "stack": life.stack,
            "registry": settings.images.registry_account or account,
            "service": tuple(settings.services.catalogue),
            "upstream": settings.images.upstreams,
            "cache": settings.images.cache_prefix or "smile-cache",
            "documents": "documents",
            "state_bucket": f"smile-state-{account}",
        }
        self.needs = Needs(self.stack, services | functions, words)
        self.policies = Policies(self.stack.state)

    unknown = ()

    @cached_property
    def answers(self):
        known = (role for role in self.stack.state.of_type(ROLE) if logical(role) not in self.unknown)
        roles = [role for role in known if self.needs.entry(role)]
        requests = list(dict.fromkeys(each for role in roles for each in self.needs.of_role(role)))
        return dict(zip(requests, self.ask(requests, self.policies.bodies), strict=True))

    def ask(self, requests, bodies):
        owners = [self.stack.owner(each.resource) for each in requests]
        return ask(bodies, map(self.policies.question, requests, owners))

    def ask_with(self, replaced, bodies):
        """The same for (request, policy, other), with another document in place of one of the role's policies."""
        questions = [self.policies.question(each, self.stack.owner(each.resource)) for each, _, _ in replaced]
        for question, (_, policy, other) in zip(questions, replaced, strict=True):
            question["identity"] = [other if each == policy else each for each in question["identity"]]
        return ask(bodies, questions)

    def missing(self, bodies, *roles):
        """The requests of some roles that other documents don't allow: action -> resource -> why."""
        requests = [each for each in self.answers if each.role in roles]
        found = defaultdict(dict)
        for request, answer in zip(requests, self.ask(requests, bodies), strict=True):
            if answer.why:
                found[request.action][request.resource] = answer.why
        return dict(found)


class JudgedProgram(Judged):
    """The same of a program in ``platforms/``, called as its project is; but for roles of which it isn't known yet.

    Args:
        program: its name for Pulumi.
        stack: name of the stack.
        resources: of the stack.
        unknown: logical names of roles that aren't judged.
        users: logical name of a role -> the settings of the service that it is for.
        words: more of what stands in braces in the needs.
    """

    def __init__(self, program, stack, resources, unknown=(), users=None, **words):
        self.program, self.unknown = program, unknown
        self.stack = Stack(resources)
        account = self.stack.state.account
        words |= {
            "program": program,
            "region": self.stack.region,
            "account": account,
            "stack": stack,
            "state_bucket": f"{program}-state-{account}",
        }
        self.needs, self.policies = (
            ProgramNeeds(program, self.stack, users or {}, words),
            Policies(self.stack.state),
        )

    def excess(self):
        """What its roles may do for nothing; what the pipeline's may, is for its services to say."""
        passed_over = {*self.unknown, f"{self.program}-delivery-deploy", f"{self.program}-delivery-preview"}
        used = defaultdict(list)
        for request, answer in self.answers.items():
            for policy, number in answer.by:
                used[request.role, policy, number].append(request)
        return [
            f"{role}: {each}"
            for role, policies in self.policies.of_role.items()
            if logical(self.stack.state.roles[role]) not in passed_over
            for policy in policies
            if not policy.startswith(OF_AWS)
            for number, statement in enumerate(statements(self.policies.bodies[policy]), start=1)
            if statement["Effect"] == "Allow"
            for each in beyond(statement, used[role, policy, number])
        ]


@cache
def judged(life):
    return Judged(life)


def changed(bodies, policy, change):
    """The documents, one of them changed: ``change`` is given its statements by Sid."""
    bodies = copy.deepcopy(bodies)
    (name,) = (each for each in bodies if each.endswith(f":policy/{policy}"))
    change({each["Sid"]: each for each in statements(bodies[name])})
    return bodies
