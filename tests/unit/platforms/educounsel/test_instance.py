"""The first boot of instances: cloud-init and systemd take it, nobody can log in, secrets are in memory alone."""

import json
import re
import shutil
import subprocess

import pytest
import yaml

from components.core.cloud_init import LARGEST_BYTES
from tests.unit.platforms.educounsel.conftest import boots, files, told

ROLES = ("web", "worker")
KEYS = {"disable_root", "packages", "runcmd", "ssh_pwauth", "users", "write_files"}
"""Modules of cloud-init: https://docs.cloud-init.io/en/latest/reference/modules.html"""


@pytest.fixture(params=ROLES)
def boot(request, program):
    return boots(program)[request.param]


def test_cloud_init_reads_it_as_yaml_and_knows_all_of_it(boot):
    text = json.dumps(boot)
    assert yaml.safe_load(text) == boot
    assert set(boot) == KEYS
    assert len(text) < LARGEST_BYTES * 0.9  # room for what comes
    for file in boot["write_files"]:
        assert set(file) == {"path", "permissions", "content"}
        assert re.fullmatch(r"0[0-7]{3}", file["permissions"])
    assert all(isinstance(word, str) for command in boot["runcmd"] for word in command)


def test_nobody_can_log_in(program, boot):
    assert [user["name"] for user in boot["users"]] == ["educounsel"]
    assert (boot["users"][0]["shell"], boot["ssh_pwauth"], boot["disable_root"]) == ("/sbin/nologin", False, True)
    assert boot["runcmd"][0] == ["systemctl", "mask", "--now", "sshd.service", "sshd.socket"]
    for template in program.of("ec2/launchTemplate:LaunchTemplate").values():
        assert "keyName" not in template
    ports = {each["fromPort"] for each in program.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule").values()}
    assert 22 not in ports


def units(boot):
    """Name -> text of the units that the instance adds."""
    prefix = "/etc/systemd/system/"
    return {path.removeprefix(prefix): text for path, text in files(boot).items() if path.startswith(prefix)}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_takes_the_units(tmp_path, boot):
    folder = tmp_path / "etc/systemd/system"
    named = set()
    for name, text in units(boot).items():
        if "/" in name:  # a part of a unit of a package
            continue
        folder.mkdir(parents=True, exist_ok=True)
        # What the units run isn't here: /bin/true stands for it, so that only the units are judged.
        (folder / name).write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text))
        named.add(str(folder / name))
    assert len(named) >= 2
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *sorted(named)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    said = [line for line in (done.stdout + done.stderr).splitlines() if str(tmp_path) in line or "educounsel" in line]
    assert said == []
    assert done.returncode == 0


def test_what_starts_is_there_with_its_scripts(boot):
    there = files(boot)
    started = boot["runcmd"][-1][3:] if boot["runcmd"][-1][:2] == ["systemctl", "enable"] else []
    assert {name for name in started if name.startswith("educounsel")} <= set(units(boot))
    scripts = {path: text for path, text in there.items() if path.startswith("/usr/local/sbin/")}
    for text in units(boot).values():
        for path in re.findall(r"(?m)^ExecStart=(/usr/local/sbin/\S+)", text):
            assert path in scripts
    for path, text in scripts.items():
        done = subprocess.run(["bash", "-n"], input=text, check=False, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), path
        assert text.startswith("#!/bin/bash\n")
        assert {each["permissions"] for each in boot["write_files"] if each["path"] == path} == {"0755"}


def test_web_instances_serve_and_workers_work(program):
    web, worker = boots(program)["web"], boots(program)["worker"]
    assert ["systemctl", "enable", "--now", "php-fpm", "nginx"] in web["runcmd"]
    assert {"nginx", "php8.3-fpm"} <= set(web["packages"])
    assert "nginx" not in worker["packages"]
    assert {"educounsel-queue.service", "educounsel-scheduler.service"} <= set(worker["runcmd"][-1])
    nginx = files(web)["/etc/nginx/conf.d/educounsel.conf"]
    assert "listen 8443 ssl;" in nginx
    assert nginx.count("{") == nginx.count("}")
    assert "fastcgi_pass unix:/run/php-fpm/educounsel.sock;" in nginx
    assert "listen = /run/php-fpm/educounsel.sock" in files(web)["/etc/php-fpm.d/educounsel.conf"]


def test_secrets_are_read_into_memory_and_again_every_hour(boot):
    script = files(boot)["/usr/local/sbin/educounsel-secrets"]
    named = set(re.findall(r"educounsel-prod/[a-z/-]+", script))
    assert {"educounsel-prod/mysql/application", "educounsel-prod/redis/application"} <= named
    assert {each.rpartition("/")[2] for each in named if "/external/" in each} == {
        "laravel-key", "openai-key", "pusher-key", "url-signing-key",
    }  # fmt: skip
    assert "/run/educounsel" in script
    assert "OnUnitActiveSec=1h" in units(boot)["educounsel-secrets.timer"]
    assert not [name for name in told(boot) if re.search("SECRET$|PASSWORD|PRIVATE_KEY|APP_KEY", name)]


def test_only_workers_may_change_tables(program):
    login = "educounsel-prod/mysql/migration"
    web, worker = (files(boots(program)[role])["/usr/local/sbin/educounsel-secrets"] for role in ROLES)
    assert (login in web, login in worker) == (False, True)
    for role, may in zip(ROLES, (False, True), strict=True):
        read = program.permissions(f"educounsel-{role}-instance")["ReadOwnSecrets"]["Resource"]
        assert any("mysql/migration" in arn for arn in read) is may
    assert "/run/educounsel/migration.env" in units(boots(program)["worker"])["educounsel-migration.service"]


def test_memory_disk_and_each_kind_of_log_go_to_cloudwatch(boot, program):
    path = "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json"
    agent = json.loads(files(boot)[path])
    assert set(agent["metrics"]["metrics_collected"]) == {"mem", "disk"}
    assert [command[-1] for command in boot["runcmd"] if "fetch-config" in command] == [f"file:{path}"]
    rotated = files(boot)["/etc/logrotate.d/educounsel"]
    assert rotated.startswith("/srv/educounsel/storage/logs/*.log {")
    assert "copytruncate" in rotated
    groups = {each["log_group_name"] for each in agent["logs"]["logs_collected"]["files"]["collect_list"]}
    made = {each["name"] for each in program.of("cloudwatch/logGroup:LogGroup").values()}
    assert groups == {f"/educounsel/prod/{kind}" for kind in ("application", "error", "access")}
    assert groups <= made
    (group,) = {each["append_dimensions"]["Fleet"] for each in agent["metrics"]["metrics_collected"].values()}
    alarm = program.of("cloudwatch/metricAlarm:MetricAlarm")[f"{group.replace('-prod', '')}-memory"]
    assert (alarm["namespace"], alarm["metricName"]) == (agent["metrics"]["namespace"], "mem_used_percent")
    assert alarm["dimensions"] == {"Fleet": group}
