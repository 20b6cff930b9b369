"""What each role must do on what, as ``role_needs/*.yaml`` say it, as requests to a stack's own resources."""

import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import yaml
from surroundings import NeedError, Request

from cli.docs.access.permissions import ROLE, arn, logical
from cli.docs.access.policy_documents import as_list

FOLDER = Path(__file__).with_name("role_needs")
OF_ENTRY = {"source", "internet", "reference", "names", "by_cluster", "uses", "needs"}
OF_NEED = {"do", "resource", "with", "by", "signed", "may_be_none", "where"}


@cache
def written():
    """What all files say together: part -> its entries."""
    found = {"roles": {}, "encryption": {}, "tasks": {}, "users": [], "functions": []}
    for file in sorted(FOLDER.glob("*.yaml")):
        for part, entries in yaml.load(file.read_text(), yaml.CSafeLoader).items():
            if part not in found:
                raise NeedError(f"{file.name}: {part}; valid: {', '.join(found)}")
            found[part] = {**found[part], **entries} if isinstance(entries, dict) else [*found[part], *entries]
    for name, entry in found["roles"].items():
        said = set(entry) - OF_ENTRY | {key for need in entry.get("needs", ()) for key in set(need) - OF_NEED}
        if said or "source" not in entry:
            raise NeedError(f"{name}: {sorted(said) or 'no source'}; valid: {sorted(OF_ENTRY)}, {sorted(OF_NEED)}")
    return found


def entry_of(role):
    """The entry of a role, and what its words in braces stand for; None where it has none.

    Of several, the one that spells out most of the name.
    """
    fitting = [
        (len(re.sub("{.*?}", "", name)), name, match.groupdict())
        for name in written()["roles"]
        if (match := expression(name).fullmatch(logical(role)))
    ]
    if not fitting:
        return None
    _, name, words = max(fitting, key=lambda each: each[0])
    return written()["roles"][name], words


def expression(name):
    """``smile-{cluster}-nodes`` as an expression; there are two clusters, and one of another program."""
    kinds = {"cluster": "application|data|cluster"}
    parts = re.split(r"{(\w+)}", name)
    return re.compile(
        "".join(f"(?P<{each}>{kinds.get(each, '.+')})" if n % 2 else re.escape(each) for n, each in enumerate(parts))
    )


class Words(dict):
    """What stands in braces: a word of the entry, or ``{arn of queue smile-jobs}``."""

    def __init__(self, stack, words):
        super().__init__(words)
        self.arns = stack.arns

    def __missing__(self, word):
        name = word.removeprefix("arn of ")
        if name == word or name not in self.arns:
            raise NeedError(f"{{{word}}}: the stack has none; words are {sorted(self)}")
        return self.arns[name]

    def fill_each(self, text):
        """The texts, one for each of the values of a word that has several, such as ``{upstream}``."""
        several = next(
            (word for word, value in self.items() if f"{{{word}}}" in text and isinstance(value, tuple)), None
        )
        return (
            [self.fill(text.replace(f"{{{several}}}", each)) for each in self[several]]
            if several
            else [self.fill(text)]
        )

    def fill(self, text):
        return [self.fill(each) for each in text] if isinstance(text, list) else str(text).format_map(self)


class Needs:
    """The requests of one stack's roles.

    Attributes:
        stack: where they are made.
        users: logical name of a role -> the settings of the service or function that it is for.
        words: what stands in braces everywhere, such as ``region``.
    """

    def __init__(self, stack, users, words):
        self.stack, self.users, self.words = stack, users, words

    def without_entry(self):
        return [logical(role) for role in self.stack.state.of_type(ROLE) if not self.entry(role)]

    def entry(self, role):
        """Its own; what a service's or an application's function needs follows from its settings alone."""
        return entry_of(role) or (({}, {}) if logical(role) in self.users else None)

    def of_role(self, role):
        """All that it must be able to do, with the calls to KMS that follow from it."""
        entry, named = self.entry(role)
        words = Words(self.stack, self.words | named)
        for name, of in entry.get("names", {}).items():
            words[name] = self.stack.named[words.fill(of)]["outputs"]["name"]
        for name, by_cluster in entry.get("by_cluster", {}).items():
            words[name] = by_cluster[words["cluster"]]
        for need in (*entry.get("needs", ()), *self.of_user(role), *self.of_function(role, words)):
            for request in self.of_need(role, need, words, internet=entry.get("internet", True)):
                yield request
                yield from self.encryption(role, request)

    def of_user(self, role):
        """What follows from the settings of a service or of an application's function."""
        if user := self.users.get(logical(role)):
            yield from written()["users"]
            yield from tasks_of(user)

    def of_function(self, role, words):
        """What Lambda does with the role of a function."""
        if function := self.stack.functions.get(arn(role)):
            words["function"] = logical(function)
            placed = bool(function["inputs"].get("vpcConfig"))
            yield from (need for need in written()["functions"] if placed or not need["do"].startswith("ec2:"))

    def of_need(self, role, need, words, *, internet):
        """Each action on each resource; none where the stack lacks what the need is ``where`` there is."""
        if "where" in need and not self.stack.arns_of(words.fill(need["where"])):
            return
        of_service = need.get("by") == "service"
        for name in (filled for each in as_list(need.get("resource", "*")) for filled in words.fill_each(each)):
            found = self.stack.arns_of(name)
            if not found and not need.get("may_be_none"):
                raise NeedError(f"{logical(role)}: the stack has no {name}")
            for resource, action in ((each, action) for each in found for action in need["do"].split()):
                context = self.stack.context(role, resource, action, of_service=of_service)
                context |= {words.fill(key): words.fill(value) for key, value in need.get("with", {}).items()}
                request = Request(role["outputs"]["name"], action, resource, context, signed="signed" not in need)
                yield from [request] if of_service else self.stack.through(role, request, internet=internet)

    def encryption(self, role, request):
        """Calls to KMS that a service makes with the role's permissions, where the resource has a key of ours."""
        needed, owner = written()["encryption"].get(request.action), self.stack.owner(request.resource)
        key = self.stack.key_of(owner, request.resource) if needed and owner else None
        if key:
            words = Words(self.stack, self.words | {"resource": self.stack.encrypted_for(owner, request.resource)})
            for action in needed["do"].split():
                context = self.stack.context(role, key, action, of_service=True)
                context |= {name: words.fill(value) for name, value in needed["with"].items()}
                yield Request(request.role, action, key, context)


def tasks_of(user):
    """What follows from what is named by ``sends``, ``reads``, ``secrets`` and so on."""
    for task, needs in written()["tasks"].items():
        named = getattr(user, task, ())  # a function consumes no stream by itself
        for name in ("application",) * named if isinstance(named, bool) else named:
            for need in as_list(needs):
                its = [each.replace("IT", name.replace("/", "-")) for each in as_list(need["resource"])]
                yield need | {"resource": its}


class ProgramNeeds(Needs):
    """Those of a program in ``platforms/``: its own entries, and SMILE's for what the same components make."""

    def __init__(self, program, stack, users, words):
        super().__init__(stack, users, words)
        self.program = program

    def entry(self, role):
        return entry_of(role) or self.shared(logical(role)) or super().entry(role)

    def shared(self, name):
        """SMILE's entry of such a role, as this program calls what it names."""
        found = entry_of({"urn": f"::{name.replace(f'{self.program}-', 'smile-', 1)}"})
        if found is None:
            return None
        entry, words = found
        return self.renamed(entry), words

    def of_user(self, role):
        """What follows from the settings of a service, or from what its entry says that a role ``uses``."""
        entry, _ = self.entry(role)
        user = self.users.get(logical(role)) or SimpleNamespace(**entry.get("uses", {}))
        yield from map(self.renamed, tasks_of(user))

    def renamed(self, said):
        """What is said of SMILE, of this program."""
        return json.loads(json.dumps(said).replace("smile-", f"{self.program}-"))
