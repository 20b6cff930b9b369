"""The loader, for any program: places, kinds of stacks, sections that are built in code."""

import json

import pulumi
import pytest
import yaml
from pulumi.runtime import config

from components.core.settings.effective import effective
from components.core.settings.field import About, setting
from components.core.settings.finding import Finding, Rules
from components.core.settings.load import Loader, StackSettings
from components.core.settings.problems import SettingsError
from components.core.settings.section import Section
from components.core.settings.source import merged
from components.database.settings import Database
from settings import EXAMPLE_ACCOUNTS, load_for_program, load_from_files
from tests.stacks import ACCOUNT, STACKS


class Shop(Section):
    shelves: int = setting(2, "where goods lie", About(unit="shelves"), ge=1, le=9)
    doors: int = setting(1, "ways in", About(), ge=1)


class ShopSettings(StackSettings):
    shop: Shop = Shop()


rule = Rules[ShopSettings]()


@rule
def every_door_has_a_shelf(settings):
    if settings.shop.doors > settings.shop.shelves:
        yield Finding(("shop", "doors"), f"got {settings.shop.doors}", f"up to {settings.shop.shelves}")


@pytest.fixture
def shop(tmp_path):
    """Another program's loader, and its folder."""
    (tmp_path / "Pulumi.yaml").write_text("name: acme\n")
    return Loader(
        project="acme", settings=ShopSettings, root=tmp_path, rules=rule, requirements={"shop.doors": "ACME-7"}
    ), tmp_path


def test_another_program_has_settings_rules_and_requirements_of_its_own(shop):
    loader, root = shop
    (root / "Pulumi.north.yaml").write_text("config:\n  acme:shop:\n    shelves: 3\n")
    source = loader.source("north")
    rows = {row.key: (row.value, row.source) for row in effective(loader, loader.load(source), source)}
    assert rows == {
        "acme:shop.shelves": (3, "Pulumi.north.yaml line 3"),
        "acme:shop.doors": (1, "default (ACME-7)"),
    }
    assert loader.stacks() == ("north",)


def test_limits_say_what_is_valid(shop):
    loader, root = shop
    (root / "Pulumi.north.yaml").write_text("config:\n  acme:shop: {shelves: 10, doors: 0}\n")
    with pytest.raises(SettingsError) as caught:
        loader.from_files("north")
    assert [(each.key, each.valid) for each in caught.value.problems] == [
        ("acme:shop.doors", "1 or more"),
        ("acme:shop.shelves", "1 to 9"),
    ]


def test_a_rule_of_the_program_is_asked(shop):
    loader, root = shop
    (root / "Pulumi.north.yaml").write_text("config:\n  acme:shop: {doors: 3}\n")
    with pytest.raises(SettingsError, match=r"Pulumi.north.yaml:2: acme:shop.doors: got 3; valid: up to 2"):
        loader.from_files("north")


def test_a_setting_without_limits_must_say_what_it_takes():
    with pytest.raises(TypeError, match=r"About\.valid"):
        setting("x", "a text", About())


@pytest.mark.parametrize("name", ["Prod", "-a", "a.b", "a" * 21, "ä"])
def test_a_stack_whose_name_cannot_be_part_of_others_is_refused(shop, name):
    loader, root = shop
    (root / f"Pulumi.{name}.yaml").write_text("config: {}\n")
    with pytest.raises(SettingsError, match="2 to 20 lower-case letters"):
        loader.from_files(name)


def test_a_section_that_is_built_in_code_lists_every_mistake():
    with pytest.raises(SettingsError) as caught:
        Database(allocated_gib=1, insights="some", logs={"audit": "no"}, tier=2)
    assert [each.key for each in caught.value.problems] == ["allocated_gib", "insights", "logs.audit", "tier"]
    assert str(caught.value).startswith("the settings of Database have 4 mistakes")


def test_lists_and_mappings_stand_for_tuples_and_sections_in_code_too():
    made = Database(read_replicas=["a"], logs={"audit": False})
    assert (made.read_replicas, made.logs.audit) == (("a",), False)
    assert Database(logs=made.logs) == Database(logs={"audit": False})


# What a kind of environment needs.


def test_an_empty_stack_file_is_refused_with_what_to_write(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: smile\n")
    (tmp_path / "Pulumi.qa.yaml").write_text("")
    with pytest.raises(SettingsError) as caught:
        load_from_files("qa", tmp_path)
    lines = str(caught.value).splitlines()[1:]
    assert len(lines) == 3
    assert 'smile:account: {id: "555566667777"}' in lines[0]
    assert "smile:dns: {domain: qa.smile.example}" in lines[1]
    assert "smile:environment: {kind: development}" in lines[2]


def test_a_new_environment_is_one_file(tmp_path, request):
    for name in ("Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml"):
        (tmp_path / name).write_text((request.config.rootpath / name).read_text())
    text = (
        (tmp_path / "Pulumi.staging.yaml")
        .read_text()
        .replace("444455556666", "210987654321")
        .replace("123456789012", "333344440000")
        .replace("smile.example", "health.id")
    )
    (tmp_path / "Pulumi.qa.yaml").write_text(
        f"{text}  smile:deployment: {{enabled: false}}\n"
        "  smile:observability: {recipients: {critical: [on-call@health.id]}}\n"
    )
    qa = load_from_files("qa", tmp_path)
    assert (qa.stack, qa.kind, qa.workloads.count()) == ("qa", "staging", (2, 3))
    assert qa.default_tags["Environment"] == "qa"


def test_a_projects_settings_stand_under_value(write):
    path = write("config: {}\n")
    project = path.parent / "Pulumi.yaml"
    content = yaml.safe_load(project.read_text())
    content["config"]["smile:tags"] = {"owner": "x"}
    project.write_text(yaml.safe_dump(content))
    said = (
        r"Pulumi\.yaml:\d+: smile:tags\.owner: Pulumi takes no such key; valid: settings under value; beside it default"
    )
    with pytest.raises(SettingsError, match=said) as caught:
        load_from_files("prod", path.parent)
    assert len(caught.value.problems) == 1
    content["config"]["smile:tags"] = {"value": {"owner": "x"}, "description": "who answers"}
    project.write_text(yaml.safe_dump(content))
    assert load_from_files("prod", path.parent).tags.owner == "x"


def test_two_stacks_in_one_account_are_refused(write):
    path = write("config: {}\n")
    (path.parent / "Pulumi.qa.yaml").write_text(f"config: {{smile:account: {{id: '{ACCOUNT['id']}'}}}}\n")
    with pytest.raises(SettingsError, match=r"smile:account\.id: got \"123456789012\", as in stack 'qa'"):
        load_from_files("prod", path.parent)


@pytest.mark.parametrize("account", ["{id: 111122223333}", "{}", "{id: '1'}"])
def test_what_stands_in_for_a_wrong_account_is_no_other_stacks(write, account):
    path = write(f"config: {{smile:account: {account}}}\n", "dev")
    project = yaml.safe_load((path.parent / "Pulumi.yaml").read_text())
    del project["config"]["smile:account"]
    (path.parent / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    example = EXAMPLE_ACCOUNTS[-1]
    (path.parent / "Pulumi.qa.yaml").write_text(f"config: {{smile:account: {{id: '{example}'}}}}\n")
    with pytest.raises(SettingsError) as caught:
        load_from_files("dev", path.parent)
    (problem,) = [each for each in caught.value.problems if each.key == "smile:account.id"]
    assert f'as in smile:account: {{id: "{example}"}}' in problem.valid
    assert example not in {load_from_files(each).account.id for each in STACKS}


def test_a_wrong_account_hides_no_other_mistake(mistakes):
    lines = mistakes("config:\n  smile:account: {id: 011122223333}\n  smile:network: {nat_gateways: single}\n")
    assert [line.split(": ")[1] for line in lines] == ["smile:account.id", "smile:network.nat_gateways"]


def test_one_wrong_key_of_a_service_hides_no_mistake_of_another(mistakes):
    services = "{orders: {pth: /x}, mails: {kind: worker, path: /mails}, stock: {sends: [nowhere]}}"
    lines = mistakes(f"config:\n  smile:services: {{catalogue: {services}}}\n")
    assert [line.split(": ")[1].removeprefix("smile:services.catalogue.") for line in lines] == [
        "mails.path",
        "orders.pth",
        "stock.sends[0]",
    ]


# Under the engine: it reads the files itself, and gives the program values only.


@pytest.fixture
def under_the_engine(monkeypatch, write):
    """The error of a program whose files say one thing, and whose engine gives another."""

    def said(text, values, project=""):
        monkeypatch.setattr(pulumi, "get_stack", lambda: "prod")
        root = write(text).parent
        with (root / "Pulumi.yaml").open("a") as file:
            file.write(project)
        token = config.CONFIG.set({})
        try:
            config.set_all_config({key: json.dumps(value) for key, value in values.items()}, [])
            with pytest.raises(pulumi.RunError) as caught:
                load_for_program(root)
            return [line.strip() for line in str(caught.value).splitlines()[1:]]
        finally:
            config.CONFIG.reset(token)

    return said


def test_the_engine_s_values_are_shown_as_they_are_written_and_where(under_the_engine):
    text = "config:\n  smile:account:\n    id: 011122223333\n"
    (line,) = under_the_engine(text, {"smile:account": {"id": 1229530843}})
    assert line.startswith("Pulumi.prod.yaml:3: smile:account.id: got 011122223333; valid: 12 digits")


def test_a_value_of_the_project_s_file_is_found_there(under_the_engine, tmp_path):
    project = "  smile:encryption:\n    value:\n      rotation_days: 1\n"
    (line,) = under_the_engine("config: {}\n", {"smile:encryption": {"rotation_days": 1}}, project)
    number = (tmp_path / "Pulumi.yaml").read_text().splitlines().index("      rotation_days: 1") + 1
    assert line.startswith(f"Pulumi.yaml:{number}: smile:encryption.rotation_days: got 1")


def test_a_value_that_stands_in_no_file_has_no_line(under_the_engine):
    (line,) = under_the_engine(
        "config: {smile:network: {ingress: cloudfront}}\n", {"smile:network": {"ingress": "nein"}}
    )
    assert line.startswith('Pulumi.prod.yaml: smile:network.ingress: got "nein"')


# Pulumi.yaml, and a stack's file over it.


@pytest.mark.parametrize(
    ("project", "stack", "expected"),
    [
        ({"a": {"x": 1}}, {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}}),
        ({"a": {"x": 1}, "b": 2}, {"a": None}, {"b": 2}),
        ({"a": 1}, {"b": None}, {"a": 1, "b": None}),
        ({"a": [1]}, {"a": [2]}, {"a": [2]}),
        ({"a": {"x": 1}}, {"a": 5}, {"a": 5}),
    ],
)
def test_a_stack_adds_to_what_the_project_says_and_null_takes_out(project, stack, expected):
    assert merged(project, stack) == expected


@pytest.mark.parametrize(
    ("own", "names"),
    [
        ("", {"jobs", "mails"}),
        ("{queues: {other: {}}}", {"jobs", "mails", "other"}),
        ("{alarms: true}", {"jobs", "mails"}),
        ("{queues: {mails: null}}", {"jobs"}),
    ],
)
def test_a_queue_in_pulumi_yaml_is_in_every_stack_that_does_not_take_it_out(write, own, names):
    path = write(f"config: {{smile:queues: {own}}}\n" if own else "config: {}\n")
    project = path.with_name("Pulumi.yaml")
    whole = yaml.safe_load(project.read_text())
    whole["config"]["smile:queues"] = {"value": {"queues": {"jobs": {}, "mails": {}}}}
    project.write_text(yaml.safe_dump(whole))
    assert set(load_from_files("prod", path.parent).queues.queues) == names
