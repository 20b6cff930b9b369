"""Runs fixture cases on the packs: in this process, and over gRPC on the servers that the engine starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2_grpc

from guardrails import testing
from guardrails.engine.packs import Pack
from guardrails.engine.server import start
from guardrails.testing.judging import Outcome, outcome
from settings import loader
from settings.pack_configuration import pack_configuration

FIXTURES = Path(__file__).parent / "fixtures"


@lru_cache
def configured(stack: str) -> dict[str, dict[str, Any]]:
    """What the packs are given for a stack: level and parameters by control; not to be changed."""
    return pack_configuration(loader.from_files(stack))


def level_of(stack: str, control_id: str) -> str | None:
    """The level that a stack sets for a control, None when it sets none."""
    return configured(stack).get(control_id, {}).get("enforcementLevel")


def parameters_of(stack: str, control_id: str) -> dict[str, Any]:
    """The parameters that a stack sets for a control, and what it says of a decision behind them."""
    about = configured(stack).get(control_id, {})
    return {name: value for name, value in about.items() if name != "enforcementLevel"}


@lru_cache(maxsize=1)
def load_fixtures() -> dict[str, dict[str, Any]]:
    """The cases of every service by control id."""
    return testing.load_folder(FIXTURES)


class Served:
    """Packs on their servers, as the engine calls them."""

    def __init__(self) -> None:
        self.stubs: dict[str, analyzer_pb2_grpc.AnalyzerStub] = {}
        self._close: list[Any] = []

    def stub(self, pack: Pack) -> analyzer_pb2_grpc.AnalyzerStub:
        if pack.name not in self.stubs:
            server, port = start(pack)
            channel = grpc.insecure_channel(f"127.0.0.1:{port}")
            self._close += [lambda: server.stop(None).wait(), channel.close]
            self.stubs[pack.name] = analyzer_pb2_grpc.AnalyzerStub(channel)
        return self.stubs[pack.name]

    def close(self) -> None:
        while self._close:
            self._close.pop()()

    def over_the_wire(self, pack: Pack, control_id: str, case: dict[str, Any]) -> Outcome:
        """What the control says as one of all those of a pack that is served."""
        return outcome(self.stub(pack), control_id, case)


@pytest.fixture(scope="session")
def judge() -> Callable[[str, dict[str, Any]], Outcome]:
    """What a control says of a case."""
    return testing.judge


@pytest.fixture(scope="session")
def packs() -> Iterator[Served]:
    made = Served()
    yield made
    made.close()


def requirements(kinds: dict[str, Any]) -> list[pytest.MarkDecorator]:
    """The requirements that a control's cases prove, if its fixtures name any."""
    return [pytest.mark.requirement(*kinds["requirement"])] if "requirement" in kinds else []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case of a kind that a test function asks for by name."""
    for kind in ("compliant", "violating", "unknown"):
        name = f"{kind}_case"
        if name in metafunc.fixturenames:
            cases = [
                pytest.param(control, case, id=f"{control}-{index}", marks=requirements(kinds))
                for control, kinds in load_fixtures().items()
                for index, case in enumerate(kinds.get(kind) or [])
                if isinstance(case, dict)
            ]
            metafunc.parametrize(("control_id", name), cases)
