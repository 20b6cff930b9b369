"""Where the servers come from that tests talk to: the machine, Debian's packages, or nowhere."""

import os

import pytest

from bootstrap import services
from bootstrap.progress import SetupError

APT = """#!/bin/sh
echo "$@" >> {folder}/calls
case "$*" in
  *{refused}*) echo "E: Unable to locate package" >&2; exit 100;;
  *--simulate*) echo "Inst liblzf1 (3.6 Debian)"; echo "Inst redis-server (5:7.0 Debian)"; echo "Conf redis-server";;
  *download*) touch redis-server_7.deb liblzf1_3.deb;;
esac
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/bin" "$3/usr/lib/x86" "$3/usr/share"
touch "$3/usr/bin/redis-server" "$3/usr/lib/x86/liblzf.so.1"
chmod +x "$3/usr/bin/redis-server"
"""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with these commands and no servers; gives its folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), "/usr/bin", "/bin"]))
    monkeypatch.setattr(services, "ADMIN_FOLDERS", ())
    monkeypatch.setattr(services, "PACKAGES", {"redis-server": "redis-server"})
    monkeypatch.setattr(services, "installed", lambda name: None)

    def command(name, text):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)

    return folder, command


def calls(folder):
    return (folder / "calls").read_text().splitlines()


def test_a_server_on_the_machine_is_taken_as_it_is(tmp_path, monkeypatch):
    program = tmp_path / "usr" / "sbin" / "redis-server"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(services, "ADMIN_FOLDERS", (str(program.parent),))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    found = services.installed("redis-server")
    assert (found.program, found.share, found.libraries) == (program, tmp_path / "usr" / "share", "")
    assert services.installed("mariadbd") is None


def test_missing_servers_are_unpacked_from_packages_once(tmp_path, machine):
    folder, command = machine
    command("apt-get", APT.format(folder=folder, refused="nothing"))
    command("dpkg-deb", DPKG)
    for _ in range(2):
        made = services.install(tmp_path)["redis-server"]
    assert made.program == tmp_path / ".smile" / "services" / "root" / "usr" / "bin" / "redis-server"
    assert made.environment["LD_LIBRARY_PATH"].endswith("/usr/lib/x86")
    simulate, download = calls(folder)
    assert simulate.endswith("install redis-server")
    assert download == "download liblzf1 redis-server"


def test_without_package_lists_own_ones_are_fetched(tmp_path, machine):
    folder, command = machine
    refusing = APT.format(folder=folder, refused="nothing").replace(
        "case", 'case "$1" in --simulate) exit 100;; esac\ncase'
    )
    command("apt-get", refusing)
    command("dpkg-deb", DPKG)
    assert "redis-server" in services.install(tmp_path)
    refused, update, *again = calls(folder)
    assert refused.startswith("--simulate")
    assert update.endswith("update")
    lists = f"Dir::State::Lists={tmp_path / '.smile' / 'services' / 'apt' / 'lists'}"
    assert all(lists in call for call in [update, *again])


def test_packages_that_cannot_be_had_end_with_apts_own_words_and_leave_nothing(tmp_path, machine):
    folder, command = machine
    command("apt-get", APT.format(folder=folder, refused="install"))
    command("dpkg-deb", DPKG)
    with pytest.raises(SetupError, match="E: Unable to locate package"):
        services.install(tmp_path)
    assert not (tmp_path / ".smile" / "services" / "root").exists()


def test_a_machine_without_debian_packages_is_told_what_to_install(tmp_path, machine, monkeypatch):
    monkeypatch.setenv("PATH", str(machine[0]))
    with pytest.raises(
        services.NotDebianError, match=r"redis-server: not on PATH.*install MariaDB, PostgreSQL and Redis"
    ):
        services.install(tmp_path)
