"""Settings of the bastion: what is refused, and in which words."""

import pytest

CASES = [
    ("instance_type: m5.large", 'instance_type: got "m5.large"; valid: t3.micro, t3.small, t3.medium'),
    ("volume_gib: 7", "volume_gib: got 7; valid: 8 to 100"),
    ("authorized_keys: [ssh-rsa AAAAB3Nza]", "valid: Ed25519 or ECDSA public keys"),
    ("runs: sometimes", 'runs: got "sometimes"; valid: always, working_hours'),
    ("working_hours: {start: 9, stop: 9}", "working_hours.stop: got 9; valid: 10 to 23"),
    ("working_hours: {stop: 24}", "working_hours.stop: got 24"),
]


@pytest.mark.parametrize(("text", "says"), CASES)
def test_what_is_wrong_is_refused_with_what_is_valid(mistakes, text, says):
    (line,) = mistakes(f"config:\n  smile:bastion: {{{text}}}")
    assert line.startswith("Pulumi.prod.yaml:2: smile:bastion.")
    assert says in line


def test_database_opens_only_to_a_bastion_that_exists(mistakes):
    text = "config:\n  smile:network: {database_access: {bastion: true}}\n  smile:bastion: {enabled: false}"
    (line,) = mistakes(text)
    assert "smile:network.database_access.bastion: got true, but there is no bastion" in line


def test_keys_are_taken_as_ssh_writes_them(load):
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublicPublicPublic ana@example.org"
    assert load(f'config:\n  smile:bastion: {{authorized_keys: ["{key}"]}}').bastion.authorized_keys == (key,)
