"""A pack's folder as an audit takes it: the family that it serves, and one line where it can't be one."""

import json

import pytest

from guardrails.__main__ import main
from guardrails.commands.pack import AuditError, Told, check, configured, served_by
from guardrails.engine.packs import ALL, FAMILIES
from guardrails.model.control import ID, REGISTRY, Severity, control

OLD = "from guardrails.engine.server import serve\nserve('resilience')\n"


def test_a_pack_of_one_family_is_judged_by_that_family_alone(tmp_path):
    folder = tmp_path / "pack"
    assert main(["init", str(folder), "--pack", "encryption"]) == 0
    assert configured(Told(pack=folder)).pack is FAMILIES["encryption"]
    (folder / "config.json").write_text(json.dumps({"ENC-KMS-001": "advisory"}))
    with pytest.raises(AuditError, match="policy pack encryption is not valid"):
        check(Told(pack=folder, config=folder / "config.json"))


def test_a_pack_that_serves_without_asking_how_it_is_run_is_read_and_doesnt_serve(tmp_path):
    (tmp_path / "__main__.py").write_text(OLD)
    assert served_by(tmp_path) is FAMILIES["resilience"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("raise SystemExit(0)\n", "SystemExit: 0"),
        ("x = 1\n", "it serves no pack"),
        (OLD.replace("resilience", "none"), "KeyError: 'none'"),
    ],
)
def test_what_is_no_pack_ends_in_one_line_with_2(tmp_path, capsys, text, problem):
    (tmp_path / "__main__.py").write_text(text)
    (file := tmp_path / "prod.json").write_text('{"version": 3, "deployment": {"resources": []}}')
    assert main(["audit", str(file), "--policy-pack", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
    assert f"{problem}; valid: what the engine can run as a policy pack" in said.err


@pytest.mark.parametrize("id_", ["FOO-001", "XYZ-RDS-001", "enc-rds-900", "ENC-RDS-9000"])
def test_an_id_that_no_pack_would_have_is_refused(id_):
    about = {"title": "a", "why": "b", "fix": "c", "severity": Severity.LOW, "types": ("aws:*",)}
    with pytest.raises(ValueError, match=f"control {id_}: valid: an id of ENC, RES, LP or RSL, such as LP-KMS-900"):
        control(id=id_, **about)(lambda *_: iter(()))
    assert id_ not in REGISTRY
    assert all(ID.fullmatch(f"{prefix}-KMS-900") for prefix in ALL.prefixes)
