"""Both stacks of Learning Hub."""

import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if "learning_hub" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("learning_hub"))  # recorded once


@pytest.fixture
def prod(program_of):
    return program_of("learning_hub", "prod")


@pytest.fixture
def staging(program_of):
    return program_of("learning_hub", "staging")


@pytest.fixture(scope="session")
def hosted(program_of):
    """Production with Jenkins on a host of its own, Shield Advanced, and TLS 1.3 alone: what is off by default.

    And media with keys of S3 (OP-LH-08), and names by where visitors are.
    """
    return program_of(
        "learning_hub",
        "prod",
        {
            "learninghub:jenkins": {"hosting": "host"},
            "learninghub:shield": {"advanced": True, "approval": "DPO-2026-014"},
            "learninghub:frontend": {"minimum_tls": "TLSv1.3_2025"},
            "learninghub:storage": {"buckets": {"media": {"key": "SSE-S3"}}},
            "learninghub:dns": {"routing": "geolocation", "locations": ["ID", "*"]},
        },
    )
