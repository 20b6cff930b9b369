"""From a stack's configuration to its settings, or to one error with every mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path as FilePath
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from components.core.settings.finding import Finding, Rule
from components.core.settings.problems import SECRET, Path, Problem, SettingsError, dotted, shown, unknown
from components.core.settings.section import Section
from components.core.settings.source import Source, at, from_engine, from_files, merged, stacks_of
from components.core.settings.translate import explained, located, lookup, required

STACK_NAME = re.compile(r"[a-z][a-z0-9-]{0,18}[a-z0-9]")
"""It becomes part of the names of buckets, roles and functions."""


class StackSettings(Section):
    """All settings of one stack: a field for each section, and the stack's name."""

    stack: str

    def findings(self, region: str) -> Iterator[Finding]:  # noqa: ARG002 - others read it
        """What is wrong with sections, whatever program they are in; a base class of programs says it."""
        yield from ()


SettingsT = TypeVar("SettingsT", bound=StackSettings)


Derived = tuple[str, Any, str, str]
"""Key after the project's, value, unit, meaning."""


def nothing(_: object) -> dict[Any, Any]:
    """What a program without provider keys or derived settings says."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Loader(Generic[SettingsT]):
    """Reads and checks the settings of a program's stacks, which are the Pulumi.STACK.yaml files in its folder.

    Attributes:
        project: the program's name, which is the namespace of its keys: ``acme`` for ``acme:network``.
        settings: the class of its settings.
        root: the folder with Pulumi.yaml.
        rules: over several settings.
        provider: key of a default provider's, such as ``aws:region``, -> the one value it may have; other keys of
            such a namespace have no effect in a program that brings its own providers.
        unique: settings that no two stacks may share, such as ``account.id``.
        defaults: what holds where the files say nothing, by what they do say: section -> its settings.
        derived: what follows from the settings and is shown with them.
        requirements: setting, with ``*`` for any name -> ids of the requirements that give its default.
        narrower: setting -> what the rules let pass of its valid values.
    """

    project: str
    settings: type[SettingsT]
    root: FilePath
    rules: Collection[Rule[SettingsT]] = ()
    provider: Callable[[SettingsT], Mapping[str, str]] = nothing
    unique: tuple[str, ...] = ()
    defaults: Callable[[Mapping[str, Any]], Mapping[str, Any]] = nothing
    derived: Callable[[SettingsT], Iterable[Derived]] = nothing
    requirements: Mapping[str, str] = field(default_factory=dict[str, str])
    narrower: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The names after ``acme:``."""
        return tuple(name for name in self.settings.model_fields if name != "stack")

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The full keys, such as ``acme:network``."""
        return tuple(f"{self.project}:{name}" for name in self.sections)

    def stacks(self, root: FilePath | None = None) -> tuple[str, ...]:
        """The stacks that there are."""
        return stacks_of(root or self.root)

    def for_program(self, root: FilePath | None = None) -> SettingsT:
        """The settings of the stack that the engine runs this program for.

        Raises:
            pulumi.RunError: they can't be used; the engine shows its message, without a traceback.
        """
        # Here, because of its 0.2 s: only a running program has it loaded already.
        import pulumi
        from pulumi.runtime import config

        root, everything = root or self.root, config.CONFIG.get()
        secrets = filter(config.is_config_secret, everything)
        try:
            return self.load(from_engine(root, self.project, pulumi.get_stack(), everything, secrets), root)
        except SettingsError as error:
            raise pulumi.RunError(str(error)) from None

    def from_files(self, stack: str, root: FilePath | None = None) -> SettingsT:
        """The settings of a stack as its files have them, without an engine.

        Raises:
            SettingsError: they can't be used.
        """
        return self.load(self.source(stack, root), root or self.root)

    def source(self, stack: str, root: FilePath | None = None) -> Source:
        """What the files of a stack say.

        Raises:
            SettingsError: they can't be read.
        """
        return from_files(root or self.root, self.project, stack)

    def load(self, source: Source, root: FilePath | None = None) -> SettingsT:
        """Check everything there is to check, then give the settings.

        Args:
            source: what was read.
            root: folder of the project, to compare with its other stacks; None when there are none.

        Raises:
            SettingsError: lists every mistake.
        """
        problems = [*source.problems, *misnamed(source)]
        faulty: set[Path] = set()
        given = {key.removeprefix(f"{self.project}:"): source.values[key] for key in self.given(source)}
        values: dict[str, Any] = json.loads(json.dumps(given))  # a copy, in a fifth of the time of copy.deepcopy
        for path in source.secrets:
            if path[0] in self.keys:
                what, valid = "is or holds an encrypted value", "plain text: no setting is a secret"
                problems.append(problem(source, path, what, valid))
                faulty.add(take_out(values, self.short(path)))
        settings = self.validated(source, values, problems, faulty)
        if settings is None:
            raise SettingsError(source.whose, [*problems, *self.foreign(source, None)])
        problems += self.broken_rules(settings, faulty, source)
        problems += self.foreign(source, settings)
        problems += self.shared(settings, faulty, source, root) if root else ()
        if problems:
            raise SettingsError(source.whose, problems)
        return settings

    def given(self, source: Source) -> list[str]:
        """The keys of sections that a stack's configuration has."""
        return [key for key in source.values if key in self.keys]

    def validated(
        self, source: Source, values: dict[str, Any], problems: list[Problem], faulty: set[Path]
    ) -> SettingsT | None:
        """The settings without the faulty ones, so that the rest can be judged; None where a required one is."""
        while True:
            for name, default in self.defaults(values).items():
                values[name] = merged(default, values.get(name, {}))
            try:
                return self.settings.model_validate_json(json.dumps({"stack": source.stack, **values}))
            except ValidationError as error:
                before, changed = set(faulty), False
                details = error.errors(include_url=False)
                inner = [located(detail) for detail in details]
                for detail in details:
                    path = located(detail)
                    follows = any(related(path, other) for other in before)  # from what was taken out
                    follows |= any(other[:-1] == path for other in inner)  # a list is short of its faulty items
                    if not follows:
                        said = explained(self.settings, detail, lambda path: source.spelling(self.full(path)))
                        problems += [problem(source, self.full(where), *rest) for where, *rest in said]
                    if detail["type"] == "missing" and self.stood_in(values, path, faulty):
                        changed = True
                        continue
                    faulty.add(take_out(values, path[:-1] if detail["type"] == "missing" else path))
                if not changed and faulty == before:  # nothing was left to take out
                    return None

    def stood_in(self, values: dict[str, Any], path: Path, faulty: set[Path]) -> bool:
        """Put examples in the place of required settings, where they have any."""
        needed = list(required(path, *lookup(path, self.settings)))
        if not needed or not all(known.example for _, known in needed):
            return False
        for (*sections, name), known in needed:
            container = values
            for section in sections:
                container = container.setdefault(str(section), {})
            container[str(name)] = known.example
            faulty.add((*sections, name))
        return True

    def full(self, path: Path) -> Path:
        """A setting's path with the full key first."""
        return (f"{self.project}:{path[0]}", *path[1:])

    def short(self, path: Path) -> Path:
        """A setting's path without the namespace."""
        return (str(path[0]).removeprefix(f"{self.project}:"), *path[1:])

    def broken_rules(self, settings: SettingsT, faulty: set[Path], source: Source) -> Iterator[Problem]:
        """What the rules find, where they didn't look at a setting that was taken out.

        A finding about a default is told of the setting beside it that somebody wrote, unless that one is wrong itself;
        a setting that has no default is missing, which is told of itself.
        """
        written: list[Finding] = []
        defaults: list[tuple[Path, Finding]] = []
        general = settings.findings(self.provider(settings).get("aws:region", ""))
        for finding in chain(general, *(rule(settings) for rule in self.rules)):
            if any(related(path, other) for path in (finding.path, *finding.reads) for other in faulty):
                continue
            others = [path for path in finding.reads if self.full(path) in source.origins]
            if others and self.full(finding.path) not in source.origins and at(settings.model_dump(), finding.path):
                defaults.append((others[0], finding))
            else:
                written.append(finding)
        wrong = {finding.path for finding in written}
        yield from (problem(source, self.full(each.path), each.what, each.valid) for each in written)
        for path, finding in defaults:
            if not any(related(other, read) for other in wrong for read in finding.reads):
                wrong.add(path)
                key, value = dotted(self.full(finding.path)), at(source.values, self.full(path))
                got = "" if isinstance(value, type) else f"got {shown(value)}, which "
                what = f"{got}doesn't go with {key} ({finding.what})"
                yield problem(source, self.full(path), what, f"for {key}, {finding.valid}")

    def foreign(self, source: Source, settings: SettingsT | None) -> Iterator[Problem]:
        """Configuration that nothing reads: misspelt sections, other namespaces, the wrong Region."""
        allowed = self.provider(settings) if settings else {}
        for key, value in source.values.items():
            namespace = key.split(":", 1)[0]
            if namespace == "pulumi" or key in self.keys:
                continue
            if key in allowed:
                if value != allowed[key]:
                    got = SECRET if (key,) in source.secrets else shown(value)
                    yield problem(source, (key,), f"got {got}", allowed[key])
            elif namespace == self.project:
                yield problem(source, (key,), unknown("section", key, self.keys), ", ".join(self.keys))
            elif settings and namespace in {known.split(":", 1)[0] for known in allowed}:
                only = ", ".join(f"{one} as {known}" for known, one in allowed.items())
                what, valid = f"has no effect: the program brings its own {namespace} provider", f"only {only}"
                yield problem(source, (key,), what, f"{valid}; credentials come from the environment")
            elif settings:
                known = sorted({self.project, "pulumi", *(known.split(":", 1)[0] for known in allowed)})
                yield problem(source, (key,), unknown("namespace", key, self.keys), f"keys of {', '.join(known)}")

    def shared(self, settings: SettingsT, faulty: set[Path], source: Source, root: FilePath) -> Iterator[Problem]:
        """Settings that another stack has the same, and that no two may share."""
        for stack in sorted(set(self.stacks(root)) - {source.stack}) if self.unique else ():
            try:
                other = self.source(stack, root).values
            except SettingsError:  # reported when that stack is used
                continue
            for name in self.unique:
                path = self.full(tuple(name.split(".")))
                if self.short(path) in faulty:  # an example stands there
                    continue
                own, its = settings, other
                for part in self.short(path):
                    own = getattr(own, str(part))
                for part in path:
                    its = its.get(str(part)) if isinstance(its, dict) else None
                if own == its:
                    yield problem(
                        source, path, f"got {shown(own)}, as in stack {stack!r}", "one that no other stack has"
                    )


def misnamed(source: Source) -> Iterator[Problem]:
    """A stack whose name can't be part of other names."""
    if not STACK_NAME.fullmatch(source.stack):
        valid = "a stack's name of 2 to 20 lower-case letters, digits and hyphens, beginning with a letter"
        yield problem(source, (), f"got {source.stack!r}", valid)


def take_out(values: dict[str, Any], path: Path) -> Path:
    """Remove what is faulty: an entry of a mapping, or the whole list it stands in; the path of what was removed."""
    container = values
    for depth, name in enumerate(path, 1):
        inner = container.get(str(name))
        if depth == len(path) or not isinstance(inner, dict):
            container.pop(str(name), None)
            return path[:depth]
        container = inner
    return path


def related(path: Path, other: Path) -> bool:
    """Whether one of two paths holds the other."""
    return all(part == opposite for part, opposite in zip(path, other, strict=False))


def problem(source: Source, path: Path, what: str, valid: str) -> Problem:
    """A mistake, with its place."""
    file, line, _ = source.origin(path)
    return Problem(file, line, dotted(path), what, valid)
