"""Rectangles and texts of the picture, and its colours."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree as ET

STYLE = """
svg{font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;background:#f6f8fa}
text{fill:#1f2328}
.s10{font-size:10px}.s11{font-size:11px}.s12{font-size:12px}.s13{font-size:13px}.s14{font-size:14px}.s17{font-size:17px}
.middle{text-anchor:middle}.end{text-anchor:end}
.back{fill:#f6f8fa}.soft{fill:#59636e}.head{font-weight:600}.zone text{fill:#fff}
.card{fill:#ffffff;stroke:#d1d9e0}.frame{fill:#ffffff;fill-opacity:.55;stroke:#c3ccd5}
.border{fill:none;stroke:#b42318;stroke-width:2;stroke-dasharray:9 5}.inside{fill:#fffdf7;fill-opacity:.5}
.bordertext{fill:#b42318;font-weight:700}.vpc{fill:#eef5fc;stroke:#6f9bd1}.tier{fill:#dfecf9;stroke:#a9c6e6}
.chip{fill:#ffffff;stroke:#a9c6e6}.zone rect{fill:#3b6ea8}
.link{fill:none;stroke-width:1.3}.network{stroke:#3b6ea8}
.access{stroke:#8250df;stroke-dasharray:5 3}.data{stroke:#1a7f37}
.tip-network{fill:#3b6ea8}.tip-access{fill:#8250df}.tip-data{fill:#1a7f37}
.halo{paint-order:stroke;stroke:#ffffff;stroke-width:4px;stroke-linejoin:round}
.label{fill:#f6f8fa;fill-opacity:.85}
.gone,.new,.other{stroke-width:2.5}.gone{stroke:#cf222e}.new{stroke:#1a7f37}.other{stroke:#9a6700}
.gone-text{fill:#cf222e}.new-text{fill:#1a7f37}.other-text{fill:#9a6700}
.personal{fill:#cf222e}.confidential{fill:#d4820a}.internal{fill:#2f81c7}.public{fill:#2da44e}.none{fill:#b6bfc8}
@media(prefers-color-scheme:dark){
svg{background:#0d1117}text{fill:#e6edf3}.back{fill:#0d1117}.soft{fill:#9198a1}
.card{fill:#161b22;stroke:#3d444d}.frame{fill:#161b22;stroke:#3d444d}.inside{fill:#13171e}
.border{stroke:#ff7b72}.bordertext{fill:#ff7b72}.vpc{fill:#101d2e;stroke:#3f6ca3}.tier{fill:#15273d;stroke:#31547e}
.chip{fill:#0d1117;stroke:#31547e}.network{stroke:#6cb0ff}.access{stroke:#bc8cff}.data{stroke:#56d364}
.tip-network{fill:#6cb0ff}.tip-access{fill:#bc8cff}.tip-data{fill:#56d364}.label{fill:#0d1117}.halo{stroke:#0d1117}
.gone{stroke:#ff7b72}.new{stroke:#56d364}.other{stroke:#e3b341}
.gone-text{fill:#ff7b72}.new-text{fill:#56d364}.other-text{fill:#e3b341}
.personal{fill:#ff7b72}.confidential{fill:#e3a04b}.internal{fill:#58a6ff}.public{fill:#56d364}.none{fill:#656c76}}
"""
"""Light, or dark as the reader's system is; ``sN`` is a size in pixels."""


class Place(NamedTuple):
    """Where something stands, in pixels."""

    x: float
    y: float
    width: float
    height: float


def box(root: ET.Element, place: Place, kind: str, corner: float = 0) -> None:
    """A rectangle."""
    size = {name: f"{value:g}" for name, value in place._asdict().items()}
    ET.SubElement(root, "rect", {**size, "rx": f"{corner:g}", "class": kind})


def text(root: ET.Element, said: str, x: float, y: float, kind: str) -> None:
    """A line of text."""
    say(root, "text", said, x=f"{x:g}", y=f"{y:g}", **{"class": kind})


def dot(root: ET.Element, x: float, y: float, radius: float, kind: str) -> None:
    """A circle."""
    ET.SubElement(root, "circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{radius:g}", "class": kind})


def path(root: ET.Element, drawn: str, kind: str) -> None:
    """Lines, as SVG writes them."""
    ET.SubElement(root, "path", {"d": drawn, "class": kind})


def say(root: ET.Element, tag: str, said: str, **attributes: str) -> None:
    """An element with nothing but text in it."""
    ET.SubElement(root, tag, attributes).text = said
