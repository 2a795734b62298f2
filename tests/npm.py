"""Programs from npm that tests ask for a second opinion, where Node is installed.

`make npm` installs the versions that package.json names beside this file; `make test` does so too.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
OLDEST_NODE = 20  # jsdom runs on no older one


def run(script: str, text: str, *packages: str) -> subprocess.CompletedProcess[str]:
    """Run an ES module with `text` as its input; skips the test if Node or a package is missing."""
    command = [_node(packages), "--input-type=module", "-e", script]
    return subprocess.run(command, cwd=FOLDER, input=text, capture_output=True, text=True, check=False)


def program(package: str, name: str) -> Path:
    """A program that a package brings along; skips the test if Node or the package is missing."""
    _node((package,))
    return FOLDER / "node_modules" / ".bin" / name


def _node(packages: Collection[str]) -> str:
    """Node itself; skips the test if it or a package is missing."""
    node = shutil.which("node")
    if node is None:
        # Node is not installed from here. Only a second opinion is lost: what is asked there is tested in Python, too.
        pytest.skip("node is not installed")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(re.findall(r"\d+", version)[0]) < OLDEST_NODE:
        # As without Node: the packages do not run on it.
        pytest.skip(f"node is {version.strip()}, and older than {OLDEST_NODE}")
    missing = [package for package in packages if not (FOLDER / "node_modules" / package).is_dir()]
    if missing:
        # `make test` installs them; where there is no network, or pytest is called by itself, they may be missing.
        pytest.skip(f"npm packages are not installed (make npm): {', '.join(missing)}")
    return node
