"""The settings of a stack: what is taken, what is refused and how it's said."""

import json
import re
from ipaddress import IPv4Network
from pathlib import Path

import pulumi
import pytest
import yaml
from pulumi.runtime import config

from cli import program
from cli.__main__ import main
from components.core.settings.problems import SettingsError
from settings import load_for_program, load_from_files, loader
from tests.stacks import ACCOUNT, DNS, KINDS, OBSERVABILITY, STACKS

PROJECT = Path("Pulumi.yaml").resolve()
ALL_ZONES = ("ap-southeast-3a", "ap-southeast-3b", "ap-southeast-3c")


@pytest.fixture
def in_program(monkeypatch, tmp_path):
    """The settings from what the engine hands to a program."""

    def load_config(values, stack="prod", secret_keys=()):
        monkeypatch.setattr(pulumi, "get_stack", lambda: stack)
        required = {"environment": {"kind": KINDS[stack]}, "account": ACCOUNT, "dns": DNS}
        required["observability"] = OBSERVABILITY
        values = {f"smile:{name}": json.dumps(value) for name, value in required.items()} | values
        token, secret_token = config.CONFIG.set({}), config._SECRET_KEYS.set(set())
        try:
            config.set_all_config(values, list(secret_keys))
            return load_for_program(tmp_path)
        finally:
            config.CONFIG.reset(token)
            config._SECRET_KEYS.reset(secret_token)

    return load_config


def tiers(**changes):
    """What a stack says of subnet tiers over Pulumi.yaml; None takes a tier out."""
    said = {name: None if change is None else yaml.safe_load(f"{{{change}}}") for name, change in changes.items()}
    return f"tiers: {json.dumps(said)}"


# What the documents say holds without a word in the stack's file.


@pytest.mark.requirement("SMILE-NET-01")
@pytest.mark.requirement("SMILE-NET-03")
@pytest.mark.requirement("SMILE-NET-10")
@pytest.mark.requirement("SMILE-NET-16")
def test_an_empty_file_gives_the_documented_network(load):
    network = load("config: {}").network
    assert network.cidr == IPv4Network("10.0.0.0/16")
    assert network.zones == network.nat_zones == ALL_ZONES
    assert network.flow_log_retention_days == 30


@pytest.mark.requirement("SMILE-NET-08")
def test_the_default_plan_stays_where_it_is(load):
    """To move a subnet is to replace it, with all that lives in it."""
    subnets = load("config: {}").network.subnets
    assert {tier: [str(zones[zone]) for zone in ALL_ZONES] for tier, zones in subnets.items()} == {
        "private": ["10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"],
        "public": ["10.0.96.0/22", "10.0.100.0/22", "10.0.104.0/22"],
        "database": ["10.0.108.0/24", "10.0.109.0/24", "10.0.110.0/24"],
    }


@pytest.mark.requirement("SMILE-NET-06")
def test_the_six_subnet_layout_puts_the_database_into_the_private_subnets_and_moves_none(load):
    nine = load("config: {}").network
    six = load(f"config: {{smile:network: {{{tiers(database=None)}}}}}").network
    assert (nine.database_tier, six.database_tier) == ("database", "private")
    assert six.subnets == {tier: nine.subnets[tier] for tier in ("private", "public")}


@pytest.mark.requirement("SMILE-GEN-02")
@pytest.mark.parametrize("stack", loader.stacks())
def test_every_stack_of_the_project_loads(stack):
    assert load_from_files(stack, PROJECT.parent).stack == stack


@pytest.mark.requirement("SMILE-GEN-03")
@pytest.mark.requirement("SMILE-GEN-07")
def test_only_dev_may_be_deleted_at_once():
    protected = {stack: load_from_files(stack, PROJECT.parent).protection.protect for stack in STACKS}
    assert protected == {"dev": False, "staging": True, "prod": True}


@pytest.mark.requirement("SMILE-GEN-06")
def test_tags_name_project_stack_tool_and_owner(load):
    tags = load("config: {smile:tags: {owner: logistics, extra: {CostCentre: '42'}}}", "staging").default_tags
    assert tags == {
        "Project": "smile5",
        "Environment": "staging",
        "ManagedBy": "pulumi",
        "Owner": "logistics",
        "CostCentre": "42",
    }


def test_dev_may_share_one_nat_gateway_and_it_stays_in_the_first_zone(load):
    text = "config: {smile:network: {nat_gateways: single, zones: [ap-southeast-3c, ap-southeast-3b]}}"
    assert load(text, "dev").network.nat_zones == ("ap-southeast-3b",)


def test_a_subnet_placed_by_hand_replaces_the_planned_one_only(load):
    planned = load("config: {}").network.subnets
    text = tiers(public="cidrs: {ap-southeast-3b: 10.0.200.0/22}")
    placed = load(f"config: {{smile:network: {{{text}}}}}").network.subnets
    assert placed["public"]["ap-southeast-3b"] == IPv4Network("10.0.200.0/22")
    assert placed["public"]["ap-southeast-3a"] == planned["public"]["ap-southeast-3a"]
    assert placed["private"] == planned["private"]


def test_settings_of_the_project_file_hold_where_the_stack_says_nothing(write):
    path = write("config: {smile:tags: {owner: own}}")
    with (path.parent / "Pulumi.yaml").open("a") as project:
        project.write("  tags: {value: {owner: shared}}\n  smile:encryption: {default: {rotation_days: 90}}\n")
    settings = load_from_files("prod", path.parent)
    assert (settings.tags.owner, settings.encryption.rotation_days) == ("own", 90)


@pytest.mark.parametrize("port", [443, 1024, 65535])
def test_services_may_use_every_port_that_the_network_acls_let_pass(load, port):
    assert load(f"config: {{smile:network: {{service_port: {port}}}}}").network.service_port == port


# What is refused.

REFUSED = [
    ("cidr: 10.0.0.1/16", "smile:network.cidr: got \"10.0.0.1/16\", has host bits set, did you mean 10.0.0.0/16?"),
    ("cidr: 8.8.0.0/16", "not a private range"),
    ("cidr: 10.0.0.0/8", "outside /16 to /28"),
    ("cidr: 10.0.0.0/29", "outside /16 to /28"),
    ("cidr: 10.0.0.0", "not an IPv4 range with a prefix length"),
    ("cidr: 10.0.0.0/255.255.0.0", "not an IPv4 range with a prefix length"),
    ("cidr: fd00::/56", "not an IPv4 range with a prefix length"),
    ("cidr: 10", "smile:network.cidr: got 10, not an IPv4 range"),
    ("cidr: 10.0.0.0/18", "valid: /16 to /17"),
    ("cidr: [10.0.0.0/16]", "not an IPv4 range"),
    ("zones: [ap-southeast-3a, ap-southeast-1a, ap-southeast-3c]", "smile:network.zones[1]: got \"ap-southeast-1a\""),
    ("zones: [ap-southeast-3a, ap-southeast-3b]", "in production all of"),
    ("zones: [ap-southeast-3a, ap-southeast-3a, ap-southeast-3b, ap-southeast-3c]", "zones[1]: got ap-southeast-3a"),
    ("zones: []", "smile:network.zones: got []"),
    ("zones: ap-southeast-3a", "smile:network.zones: got \"ap-southeast-3a\""),
    ("nat_gateways: single", "one_per_zone in production"),
    ("nat_gateways: one-per-zone", "did you mean one_per_zone?"),
    ("tiers: 9", "smile:network.tiers: got 9; valid: name"),
    ("tiers: {Public: {}}", "smile:network.tiers.Public"),
    (tiers(public=None, private=None), "tiers: lacks private, public; valid: private and public, and database"),
    (tiers(public="route: out"), "smile:network.tiers.public.route: got \"out\"; valid: internet, nat, none"),
    (tiers(public="route: none"), 'tiers.public.route: got "none"; valid: internet, for the public subnets'),
    (tiers(private="route: internet"), 'tiers.private.route: got "internet"; valid: nat, for the private subnets'),
    (tiers(database="route: nat"), 'tiers.database.route: got "nat"; valid: none, for the database subnets'),
    (tiers(public="prefix: 29"), "smile:network.tiers.public.prefix: got 29; valid: 16 to 28"),
    (tiers(private="prefix: 20"), "smile:network.tiers.private.prefix: got 20; valid: 16 to 19"),
    (tiers(private="prefix: 17"), "smile:network.tiers: the subnets need"),
    (tiers(apps="prefix: 28"), "smile:network.tiers.apps: nothing uses it; valid: tiers private, public, database"),
    (tiers(public="cidrs: {ap-southeast-3a: 10.0.0.0/22}"), "overlaps 10.0.0.0/19 of the private subnet"),
    (tiers(public="cidrs: {ap-southeast-3a: 10.1.0.0/22}"), "10.1.0.0/22 is outside the VPC"),
    (tiers(public="cidrs: {ap-southeast-3a: 10.0.200.0/24}"), "10.0.200.0/24 is too small; valid: /22 or larger"),
    (tiers(public="cidrs: {ap-southeast-3d: 10.0.200.0/22}"), "tiers.public.cidrs.ap-southeast-3d: got"),
    ("interface_endpoints: [sts]", "at least all of these in production"),
    ("interface_endpoints: [secretmanager]", "endpoints[0]: got \"secretmanager\", did you mean secretsmanager?"),
    ("flow_log_retention_days: 7", "smile:network.flow_log_retention_days: got 7; valid: 30, 60"),
    ("flow_log_retention_days: '30'", "got \"30\""),
    ("flow_log_retention_days: 30.5", "got 30.5"),
    ("flow_log_retention_days: .nan", "got \".nan\""),
    ("database_access: {bastion: yes}", "smile:network.database_access.bastion: got \"yes\"; valid: true or false"),
    ("service_port: 8080", "got 8080; valid: 443, or 1024 to 65535 but not 8080 (health check) or 10250 (kubelet)"),
    ("service_port: 10250", "got 10250"),
    ("service_port: 444", "got 444"),
    ("service_port: 70000", "got 70000"),
    ("ingress: alb", "valid: vpc_link, cloudfront"),
    ("cdir: 10.0.0.0/16", "smile:network.cdir: unknown key, did you mean cidr?"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), REFUSED)
def test_a_network_that_cannot_work_is_refused(mistakes, written, said):
    lines = mistakes(f"config:\n  smile:network:\n    {written}\n")
    assert len(lines) == 1
    assert lines[0].startswith("Pulumi.prod.yaml:3: smile:network")
    assert said in lines[0]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("smile:account: {id: 123456789012}", 'smile:account.id: got 123456789012; valid: 12 digits in quotes'),
        ("smile:account: {id: '1234'}", 'got "1234"'),
        ("smile:account: {region: us-east-1}", 'smile:account.region: got "us-east-1"; valid: ap-southeast-3'),
        ("aws:region: us-east-1", 'aws:region: got "us-east-1"; valid: ap-southeast-3'),
        ("aws:profile: me", "aws:profile: has no effect"),
        ("smile:netwrok: {}", "smile:netwrok: unknown section, did you mean smile:network?"),
        ("smlie:network: {}", "smlie:network: unknown namespace, did you mean smile:network?"),
        ("smile:stack: dev", "smile:stack: unknown section"),
        ("network: 5", "smile:network: got 5; valid: a mapping with keys of cidr"),
        ("smile:network:", "smile:network: got nothing; valid: a mapping"),
        ("smile:encryption: {deletion_window_days: 7}", "got 7; valid: 30 in production"),
        ("smile:encryption: {deletion_window_days: 31}", "got 31; valid: 7 to 30"),
        ("smile:encryption: {rotation_days: 366}", "got 366; valid: 90 to 365"),
        ("smile:protection: {protect: false}", "smile:protection.protect: got false; valid: true in production"),
        ("smile:tags: {owner: ''}", 'smile:tags.owner: got ""'),
        ("smile:tags: {extra: {'aws:x': y}}", "is taken"),
        ("smile:tags: {extra: {owner: y}}", "is taken"),
        ("smile:tags: {extra: {Team: y, team: z}}", "differs by case only"),
    ],
)  # fmt: skip
def test_what_a_stack_may_not_say_is_refused(mistakes, written, said):
    lines = mistakes(f"config:\n  {written}\n")
    assert len(lines) == 1
    assert lines[0].startswith("Pulumi.prod.yaml:2: ")
    assert said in lines[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config: {a: [}", "Pulumi.prod.yaml:1: not YAML"),
        ("config:\n  smile:tags: {}\n  smile:tags: {}\n", "Pulumi.prod.yaml:3: smile:tags: written before, on line 2"),
        ("config:\n  1: {}\n", "Pulumi.prod.yaml:2: 1: a key that isn't text"),
        ("config:\n  [1, 2]: {}\n", "a key that isn't text"),
        ("- config\n", "Pulumi.prod.yaml:1: not a mapping"),
        ("confg: {}\n", "Pulumi.prod.yaml:1: confg: unknown key, did you mean config?"),
        ("config: 5\n", "Pulumi.prod.yaml:1: config: not a mapping"),
        ("config: {}\n---\nconfig: {}\n", "not YAML"),
        (b"config: \xff\xfe\n", "holds characters that aren't text"),
        ('config: {smile:tags: {owner: "\\ud800"}}', "holds characters that aren't text"),
        ("config: &a\n  smile:tags: *a\n", "within itself"),
        ("[" * 3000, "nested too deeply"),
    ],
)
def test_a_broken_file_is_refused_with_its_cause(mistakes, text, said):
    (line,) = mistakes(text)
    assert said in line


@pytest.mark.requirement("SMILE-GEN-06")
def test_more_tags_than_a_resource_has_room_for_are_refused(load, mistakes):
    def tags(number):
        return "config:\n  smile:tags:\n    extra:\n" + "".join(f"      tag{n}: x\n" for n in range(number))

    assert len(load(tags(30)).default_tags) == 34
    (line,) = mistakes(tags(31))
    assert "smile:tags.extra" in line
    assert "up to 30 names" in line


def test_all_mistakes_are_in_one_error_in_the_order_of_the_file(mistakes):
    lines = mistakes(
        "config:\n"
        "  smile:network:\n"
        "    cidr: 10.0.0.1/16\n"
        "    nat_gateways: single\n"
        "    zones: [ap-southeast-3d, ap-southeast-3e]\n"
        "  smile:encryption: {rotation_days: 1}\n"
        "  smile:protection: {protect: false}\n"
        "  aws:region: us-east-1\n"
    )
    assert [line.split(": ")[1] for line in lines] == [
        "smile:network.cidr",
        "smile:network.nat_gateways",
        "smile:network.zones[0]",
        "smile:network.zones[1]",
        "smile:encryption.rotation_days",
        "smile:protection.protect",
        "aws:region",
    ]


def test_an_unknown_stack_is_refused_with_the_known_ones(tmp_path):
    for name in ("dev", "prod", "qa"):
        (tmp_path / f"Pulumi.{name}.yaml").write_text("config: {}\n")
    with pytest.raises(SettingsError, match=r"^no stack 'prd', did you mean prod\? valid: dev, prod, qa"):
        load_from_files("prd", tmp_path)


def test_a_missing_file_is_named(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: smile\n")
    with pytest.raises(SettingsError, match=r"^no stack 'dev'; valid: none yet"):
        load_from_files("dev", tmp_path)


def test_an_encrypted_value_is_refused_without_being_shown(mistakes):
    lines = mistakes("config:\n  smile:network:\n    cidr: {secure: v1:c2VjcmV0}\n    ingress: 9\n")
    assert len(lines) == 2
    assert "smile:network.cidr: is or holds an encrypted value" in lines[0]
    assert "c2VjcmV0" not in "".join(lines)


def test_nothing_is_judged_against_the_default_of_a_setting_that_could_not_be_read(mistakes):
    placed = tiers(public="prefix: 22, cidrs: {ap-southeast-3a: 10.9.0.0/22}")
    (line,) = mistakes(f"config:\n  smile:network:\n    cidr: {{secure: v1:x}}\n    {placed}\n")
    assert "smile:network.cidr" in line
    (line,) = mistakes(f"config:\n  smile:network:\n    cidr: 10.9.0.1/16\n    {placed}\n")
    assert "smile:network.cidr" in line


# The same in a Pulumi program.


def test_a_program_gets_what_the_file_says(in_program, load):
    text = "config: {smile:network: {nat_gateways: single, zones: [ap-southeast-3a, ap-southeast-3c]}}"
    values = {
        "aws:region": "ap-southeast-3",
        "pulumi:disable-default-providers": '["aws"]',
        "smile:network": '{"nat_gateways":"single","zones":["ap-southeast-3a","ap-southeast-3c"]}',
    }
    expected = load(text, "dev")
    assert in_program(values, "dev") == expected


def test_a_program_ends_with_every_mistake_and_no_traceback(in_program):
    with pytest.raises(pulumi.RunError) as caught:
        in_program({"smile:network": '{"cidr":"10.0.0.1/16"}', "smile:tags": "abc", "smile:netwrok": "{}"})
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert lines[1].strip().startswith("Pulumi.prod.yaml: smile:netwo")
    assert caught.value.__suppress_context__


def test_a_program_does_not_run_on_defaults_because_config_is_misspelt(in_program, write):
    write("confg:\n  smile:network: {ingress: 9}\n")
    with pytest.raises(pulumi.RunError, match=r"Pulumi\.prod\.yaml:1: confg: unknown key, did you mean config\?"):
        in_program({})


def test_a_program_never_shows_a_secret(in_program):
    values = {"smile:network": '{"cidr":"hunter2"}', "smile:other": '{"k":"hunter2"}', "aws:region": "hunter2"}
    with pytest.raises(pulumi.RunError) as caught:
        in_program(values, secret_keys=values)
    assert "hunter2" not in str(caught.value)
    assert "smile:network: is or holds an encrypted value" in str(caught.value)


# `smile settings`


@pytest.fixture
def printed(monkeypatch, capsys, write):
    """What `smile settings` prints for a stack's file, with its exit code."""

    def run(text, *options):
        monkeypatch.setattr(program, "ROOT", write(text).parent)
        return main(["settings", "--stack", "prod", *options]), *capsys.readouterr()

    return run


def test_the_table_says_where_each_setting_comes_from(printed):
    code, out, _ = printed("config:\n  smile:tags:\n    owner: logistics\n")
    rows = {line.split()[0]: line for line in out.splitlines() if line.startswith("smile:")}
    assert code == 0
    assert re.fullmatch(r"smile:tags\.owner +- +Pulumi\.prod\.yaml line 3 +logistics", rows["smile:tags.owner"])
    assert "  default (SMILE-NET-01, OP-S-03)  " in rows["smile:network.cidr"]
    assert rows["smile:network.subnets.private.ap-southeast-3b"].split()[1:] == ["-", "derived", "10.0.32.0/19"]


def test_json_has_values_as_they_are_and_their_meaning(printed):
    code, out, _ = printed("config: {smile:encryption: {rotation_days: 90}}", "--json")
    rows = {row["key"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["smile:encryption.rotation_days"] == {
        "key": "smile:encryption.rotation_days",
        "value": 90,
        "unit": "days",
        "source": "Pulumi.prod.yaml line 1",
        "meaning": "how often KMS replaces the key material",
        "valid": "90 to 365",
    }
    assert rows["smile:network.zones"]["value"] == list(ALL_ZONES)


def test_settings_that_cannot_be_used_are_reported_and_fail(printed):
    code, out, err = printed("config: {smile:network: {ingress: 9}}")
    assert (code, out) == (1, "")
    assert "smile:network.ingress: got 9; valid: vpc_link, cloudfront" in err


def test_each_stack_has_an_account_of_its_own_and_none_is_real_before_it_is_written_there():
    accounts = [load_from_files(stack).account for stack in STACKS]
    assert len({account.id for account in accounts}) == len(STACKS)
    assert all(account.is_example for account in accounts)


def test_an_account_that_is_written_into_the_stacks_file_is_real(load):
    assert not load(
        "config:\n  smile:account: {id: '210987654321'}\n  smile:deployment: {enabled: false}\n"
        "  smile:observability: {recipients: {critical: [on-call@health.id]}}\n"
    ).account.is_example
