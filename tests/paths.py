"""Where the project's files lie, for tests in any folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT_FILE = ROOT / "Pulumi.yaml"
COMPONENT_DOCS = ROOT / "docs" / "components"
