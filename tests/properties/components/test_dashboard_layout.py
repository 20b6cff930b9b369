"""Widgets are placed so that each is seen, whatever there is."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from components.observability.layout import COLUMNS, Widget, arranged

WIDGETS = st.builds(
    Widget,
    type=st.just("text"),
    properties=st.just({"markdown": "."}),
    width=st.integers(1, COLUMNS),
    height=st.integers(1, 20),
)
SECTIONS = st.lists(st.lists(WIDGETS, max_size=12), max_size=8)


def cells(widget):
    return {
        (widget["x"] + column, widget["y"] + row)
        for column in range(widget["width"])
        for row in range(widget["height"])
    }


@given(SECTIONS)
def test_no_widget_covers_another_or_leaves_the_grid(sections):
    placed = arranged(sections)
    taken = [cell for widget in placed for cell in cells(widget)]
    assert len(taken) == len(set(taken))
    assert all(0 <= x < COLUMNS and y >= 0 for x, y in taken)


@given(SECTIONS)
def test_widgets_keep_their_order_and_sections_begin_at_the_left(sections):
    placed = arranged(sections)
    assert [(each["width"], each["height"]) for each in placed] == [
        (each.width, each.height) for section in sections for each in section
    ]
    assert all((one["y"], one["x"]) < (other["y"], other["x"]) for one, other in pairwise(placed))
    rest = iter(placed)
    for section in sections:
        here = [next(rest) for _ in section]
        assert not here or here[0]["x"] == 0


@given(SECTIONS)
def test_no_line_of_the_grid_is_empty(sections):
    placed = arranged(sections)
    lines = {y for widget in placed for _, y in cells(widget)}
    assert lines == set(range(len(lines)))
