"""The catalogue in docs/ is what the registry says."""

from guardrails.catalogue import catalogue


def test_the_catalogue_is_current(pytestconfig):
    path = pytestconfig.rootpath / "docs" / "controls.md"
    assert path.read_text(encoding="utf-8") == catalogue(), "run: python -m guardrails.catalogue docs/controls.md"
