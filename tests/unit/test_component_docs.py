"""The tables in docs/components are those of the code. `python -m tests.unit.test_component_docs` writes them."""

import re
from pathlib import Path

import pytest

from components.access_lists import RULES
from components.encryption import DataKey
from components.flows import flows

DOCS = Path(__file__).resolve().parents[2] / "docs" / "components"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def flow_table():
    rows = [[flow.source, flow.target, f"{flow.protocol} {flow.port}", flow.why] for flow in flows()]
    return table(["from", "to", "port", "what"], rows)


def access_list_table():
    def ports(rule):
        if rule.protocol == "-1":
            return "all"
        first, last = rule.ports
        return f"{rule.protocol} {first}" if first == last else f"{rule.protocol} {first}-{last}"

    rows = [
        [tier, rule.direction, rule.number, ports(rule), rule.where, f"{denied(rule)}{rule.why}"]
        for tier, rules in RULES.items()
        for rule in rules
    ]
    return table(["tier", "direction", "number", "ports", "other end", "what"], rows)


def denied(rule):
    return "denied: " if rule.action == "deny" else ""


def key_table():
    rows = []
    for data in DataKey:
        use = data.value.use
        others = [
            *use.producers,
            *["events (topics and queues)"] * use.events,
            *["logs (log groups)"] * use.log_groups,
            *["eks (clusters)"] * use.cluster_grants,
            *["autoscaling (disks)"] * use.auto_scaling,
        ]
        rows.append([data.slug, data.value.holds, data.value.data_class, ", ".join(use.via), ", ".join(others) or "-"])
    return table(["key", "holds", "data class", "used through", "used by services themselves"], rows)


TABLES = [
    ("network.md", "flows", flow_table),
    ("network.md", "access lists", access_list_table),
    ("encryption.md", "keys", key_table),
]


def with_table(text, marker, made):
    pattern = rf"<!-- {marker} -->\n.*?<!-- /{marker} -->"
    return re.sub(pattern, lambda _: f"<!-- {marker} -->\n{made}\n<!-- /{marker} -->", text, flags=re.DOTALL)


@pytest.mark.parametrize(("file", "marker", "make"), TABLES)
def test_documented_table_is_the_one_in_the_code(file, marker, make):
    text = (DOCS / file).read_text()
    assert f"<!-- {marker} -->" in text
    assert with_table(text, marker, make()) == text


if __name__ == "__main__":
    for file, marker, make in TABLES:
        path = DOCS / file
        path.write_text(with_table(path.read_text(), marker, make()))
