"""What is in an SVG document, as an XML parser that is not Graphviz's finds it."""

from __future__ import annotations

from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{_SVG}svg"
    return root


def texts(svg: str) -> list[str]:
    """The text elements; a blank that Graphviz keeps from being collapsed is a blank."""
    return [(element.text or "").replace("\u00a0", " ") for element in parsed(svg).iter(f"{_SVG}text")]


def element(svg: str, name: str) -> str | None:
    """The text of a child of the root."""
    return parsed(svg).findtext(f"{_SVG}{name}")


def size(svg: str) -> tuple[float, float]:
    """Width and height, in points."""
    root = parsed(svg)
    width, height = (float(root.attrib[name].removesuffix("pt")) for name in ("width", "height"))
    return width, height
