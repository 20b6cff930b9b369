"""The programs in ``platforms/``, as they register their resources, without an engine."""

import runpy
from functools import cache
from importlib import import_module
from unittest import mock

import pytest

from components.core.settings.load import Loader
from components.core.settings.source import Source, merged
from tests.paths import ROOT
from tests.recording import Recording, record

PLATFORMS = ROOT / "platforms"


class Answering(Recording):
    """AWS, as far as programs read what it answers."""

    def new_resource(self, args):
        identity, state = super().new_resource(args)
        answered = {
            "address": f"address-of-{args.name}",
            "configurationEndpointAddress": f"endpoint-of-{args.name}",
            "defaultDomain": "d1.amplifyapp.com",
            "dkimSigningAttributes": {"tokens": ["one", "two", "three"]},
            "instances": [{"consoleUrl": "https://b-1.mq.ap-southeast-3.on.aws"}],
            "privateIp": "10.0.10.7",
            "url": f"url-of-{args.name}",
        }
        return identity, answered | state

    def call(self, args):
        super().call(args)
        return {
            "id": f"id-of-{args.args.get('name')}",
            "secretString": "token",
            "insecureValue": f"value-of-{args.args.get('name')}",
        }


def loader_of(name):
    """The loader of a program's settings."""
    return import_module(f"platforms.{name}.loader").loader


def settings_of(name, stack, changes=None):
    """The settings of a stack whose file says some things besides."""
    loader = loader_of(name)
    source = loader.source(stack)
    return loader.load(Source(stack, merged(source.values, changes or {})), loader.root)


def recorded(name, stack, changes=None):
    """What a program registers for a stack."""
    settings = settings_of(name, stack, changes)

    def program():
        with mock.patch.object(Loader, "for_program", return_value=settings):
            runpy.run_path(str(PLATFORMS / name / "__main__.py"))

    return record(program, Answering(), project=name, stack=stack)


def beside_its_own_tests(names):
    """Programs as parameters of a test, which runs in the process that has recorded the program for its own tests."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(name), id=name) for name in names]


@pytest.fixture(scope="session")
def program_of():
    """Records a stack of a program, once for all tests that look at it as its files have it."""
    as_written = cache(recorded)
    return lambda name, stack, changes=None: recorded(name, stack, changes) if changes else as_written(name, stack)
