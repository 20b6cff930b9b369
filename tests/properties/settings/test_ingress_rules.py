"""Listener priorities and release weights: whatever the catalogue, what must hold holds."""

from hypothesis import given
from hypothesis import strategies as st

from components.edge.ingress_settings import Ingress
from components.edge.release_settings import Release, Weights
from components.workloads.services_settings import Service, Services
from settings.rules.ingress import no_path_hides_another
from settings.rules.release import shares_make_a_whole
from tests.stacks import settings_of

WORDS = st.text("abc", min_size=1, max_size=3)
PATHS = st.lists(WORDS, min_size=1, max_size=12).map(lambda words: "/" + "/".join(words))
CATALOGUES = st.dictionaries(WORDS, PATHS, min_size=1, max_size=12)


def settings(catalogue, **sections):
    services = {name: Service(path=path) for name, path in catalogue.items()}
    return settings_of(services=Services(catalogue=services), **sections)


@given(CATALOGUES)
def test_derived_priorities_try_the_longer_of_two_overlapping_paths_first(catalogue):
    shallow = {name: path for name, path in catalogue.items() if path.count("/") < 9}
    assert not list(no_path_hides_another(settings(shallow or {"a": "/a"})))


@given(CATALOGUES, WORDS, PATHS)
def test_another_service_moves_nobodys_rule(catalogue, name, path):
    ingress = Ingress()
    before = {each: ingress.priority(each, where) for each, where in catalogue.items()}
    after = {each: ingress.priority(each, where) for each, where in ({name: path} | catalogue).items()}
    assert before.items() <= after.items()
    assert all(1 <= priority <= 50_000 for priority in after.values())


@given(st.integers(0, 100), st.integers(0, 100))
def test_shares_are_taken_only_as_a_whole(blue, green):
    release = Release(weights={"orders": Weights(blue=blue, green=green)})
    broken = list(shares_make_a_whole(settings({"orders": "/orders"}, release=release)))
    assert bool(broken) == (blue + green != 100)
