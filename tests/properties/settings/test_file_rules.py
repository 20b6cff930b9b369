"""Access points: whatever is taken, no service sees a file of another."""

from hypothesis import given
from hypothesis import strategies as st

from components.core.settings.problems import SettingsError
from components.files.settings import AccessPoint, Files
from settings.rules.files import access_points_are_apart
from tests.stacks import settings_of

PATH = st.lists(st.sampled_from(["a", "b", "ab", "a.b", "..", ""]), max_size=4).map(lambda parts: "/" + "/".join(parts))


def folders(path):
    """The folders that lead to it."""
    return path.removeprefix("/").split("/")


@given(PATH, PATH)
def test_of_two_access_points_that_pass_neither_root_is_in_the_other(first, second):
    try:
        points = {name: AccessPoint(path=path, uid=1, gid=1) for name, path in (("x", first), ("y", second))}
    except SettingsError:
        assert {"", ".."} & {*folders(first), *folders(second)}
        return
    assert not {"", ".."} & {*folders(first), *folders(second)}
    findings = list(access_points_are_apart(settings_of(files=Files(access_points=points))))
    shorter, longer = sorted((folders(first), folders(second)), key=len)
    assert bool(findings) == (longer[: len(shorter)] == shorter)
