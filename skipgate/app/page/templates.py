"""Pages out of their templates, with their style and script in them."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent


def rendered(template: str, script: str, **content: object) -> str:
    """A page as HTML. Its policy allows its own style and script alone, whatever the content says."""
    style, code = _read("page.css"), _script(script)
    return (
        _environment()
        .get_template(template)
        .render(style=style, script=code, style_hash=_hash(style), script_hash=_hash(code), **content)
    )


def _script(name: str) -> str:
    """A script, with what all scripts share before it."""
    return _read("shared.js") + "\n" + _read(name)


def _json(value: object) -> str:
    """JSON that may stand in a script element: nothing in it ends that element, or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _hash(text: str) -> str:
    """What the page's policy names a script or a style by, so that no other one is obeyed."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["json"] = _json
    return environment
