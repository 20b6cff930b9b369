"""What findings and requirements say of settings, they say of settings that exist."""

import ast
import csv
import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter

from components.core.settings import source
from components.core.settings.field import about
from settings import Settings
from settings.requirements import REQUIREMENTS
from tests.paths import ROOT

RULES = sorted((ROOT / "settings" / "rules").glob("*.py"))
ROWS = {row["id"] for row in csv.DictReader((ROOT / "docs" / "requirements.csv").read_text().splitlines())}
DECISION = re.compile(r"OP-S-\d\d")


def sections(annotation, entry=1):
    """The sections of settings that an annotation is made of, and which of the keys after it is one of theirs."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, entry
    for each in get_args(annotation):
        yield from sections(each, 2 if get_origin(annotation) in {dict, Mapping} else entry)


def exists(keys, model=Settings):
    """Whether the keys lead to a setting; the names of entries, such as a queue's, may be any."""
    field = model.model_fields.get(keys[0]) if keys else None
    below = list(sections(field.annotation)) if field else []
    return not keys or (field is not None and (not below or any(exists(keys[n:], each) for each, n in below)))


def written_paths(file):
    """The line and the first keys of each path of a file's findings, as far as they are written there."""
    for call in ast.walk(ast.parse(file.read_text())):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Finding":
            reads = call.args[3].elts if len(call.args) > 3 and isinstance(call.args[3], ast.Tuple) else []
            for path in (each for each in [call.args[0], *reads] if isinstance(each, ast.Tuple)):
                keys = [getattr(key, "value", None) for key in path.elts]
                if isinstance(keys[0], str):
                    yield path.lineno, keys[: next((n for n, key in enumerate(keys) if not isinstance(key, str)), None)]


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.stem)
def test_a_finding_is_about_settings_that_exist(file):
    """Otherwise it is shown without the line of the stack's file."""
    assert [f"{file.name}:{line}: {keys}" for line, keys in written_paths(file) if not exists(keys)] == []


def test_paths_of_findings_are_looked_at():
    assert sum(len(list(written_paths(file))) for file in RULES) > 100
    assert exists(["database", "restore", "point_in_time"])
    assert exists(["queues", "queues", "orders", "producers"])
    assert not exists(["name"])
    assert not exists(["database", "nam"])
    assert not exists(["queues", "queues", "orders", "producer"])


def test_every_requirement_of_a_setting_exists_and_is_of_a_setting_that_exists():
    assert [path for path in REQUIREMENTS if not exists(path.split("."))] == []
    said = {each.strip() for ids in REQUIREMENTS.values() for each in ids.split(",")}
    assert {each for each in said if each not in ROWS and not DECISION.fullmatch(each)} == set()


def test_both_clusters_have_their_settings_from_the_same_requirements():
    of = {
        name: {path.split(".", 2)[2] for path in REQUIREMENTS if path.startswith(f"clusters.{name}.")}
        for name in ("application", "data")
    }
    assert of["application"] == of["data"] != set()


def every_setting(model=Settings, path=()):
    for name, field in model.model_fields.items():
        below = [section for section, _ in sections(field.annotation)]
        yield from ((".".join((*path, name)), field),) if not below else ()
        for section in below:
            yield from every_setting(section, (*path, name))


def test_the_limits_of_a_number_are_those_that_its_error_names():
    """Elsewhere an error says what is valid, and something else is accepted."""
    wrong, looked_at = {}, 0
    for path, field in every_setting():
        said = re.fullmatch(r"(\d+) to (\d+)", about(field).valid) if about(field) else None
        if said and int in (field.annotation, *get_args(field.annotation)):
            limits = {
                name: getattr(each, name) for each in field.metadata for name in ("ge", "le") if hasattr(each, name)
            }
            looked_at += 1
            if limits != {"ge": int(said[1]), "le": int(said[2])}:
                wrong[path] = f"{limits}, but {said[0]} is said"
    assert wrong == {}
    assert looked_at > 50


def test_a_section_with_the_namespace_and_without_is_refused(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: acme\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  web: {tasks: 2}\n  acme:web: {tasks: 1}\n")
    (problem,) = source.from_files(tmp_path, "acme", "dev").problems
    assert "web: is acme:web, which is here too; valid: all of it under acme:web" in str(problem)


def has_requirement(path):
    return any(path == each or path.startswith(f"{each}.") or each.startswith(f"{path}.") for each in REQUIREMENTS)


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.stem)
def test_what_a_rule_asks_for_has_a_requirement(file):
    """But what is everybody's own: who is told of costs and when, and whose key traces have."""
    own = {"cost.alert_percent", "cost.recipients", "cost.warn_percent", "tracing.encryption"}
    assert {path for _, keys in written_paths(file) if not has_requirement(path := ".".join(keys))} <= own


def test_a_setting_has_a_requirement_or_is_one_of_the_few_that_nobody_asked_for():
    """A new setting names its row or its decision; of each cluster, the settings are looked at above."""
    free = [path for path, _ in every_setting() if not path.startswith("clusters.") and not has_requirement(path)]
    assert len(free) <= 61, free


def models(model=Settings):
    yield model
    for field in model.model_fields.values():
        for section, _ in sections(field.annotation):
            yield from models(section)


@pytest.mark.parametrize("model", dict.fromkeys(models()), ids=lambda model: model.__qualname__)
def test_every_default_is_within_the_limits_of_its_setting(model):
    """Pydantic looks at what a file says only."""
    for name, field in model.model_fields.items():
        if not field.is_required() and field.default is not None:
            default = field.get_default(call_default_factory=True)
            written = str(default) if isinstance(default, IPv4Network) else default
            assert (
                TypeAdapter(Annotated[field.annotation, name, *field.metadata]).validate_python(written) == default
            ), name
