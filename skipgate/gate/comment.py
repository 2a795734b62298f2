"""The report as a comment on the pull request: one, which every run brings up to date."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from skipgate.gate.report_markdown import MARKER

_PAGES = 10  # of a hundred comments each
_PATIENCE = 20  # seconds


class Refused(Exception):
    """No comment could be written; says why."""


def post(body: str, number: int, environment: Mapping[str, str]) -> None:
    """Write the comment, or replace the one of an earlier run.

    Raises:
        Refused: the token may not, or the service does not answer.
    """
    token, repository = environment.get("SKIPGATE_TOKEN"), environment.get("GITHUB_REPOSITORY")
    if not token or not repository:
        raise Refused("there is no token")
    api = environment.get("GITHUB_API_URL", "https://api.github.com")
    comments = f"{api}/repos/{repository}/issues/{number}/comments"
    known = _own(comments, token)
    if known is None:
        _call("POST", comments, token, {"body": body})
    else:
        _call("PATCH", f"{api}/repos/{repository}/issues/comments/{known}", token, {"body": body})


def _own(comments: str, token: str) -> int | None:
    """The comment of an earlier run. People can write our marker too, so theirs are left alone."""
    for page in range(1, _PAGES + 1):
        found = _call("GET", f"{comments}?per_page=100&page={page}", token)
        if not isinstance(found, list):
            return None
        for each in found:
            bot = isinstance(each.get("user"), dict) and each["user"].get("type") == "Bot"
            if bot and str(each.get("body", "")).startswith(MARKER) and isinstance(each.get("id"), int):
                return int(each["id"])
        if len(found) < 100:
            return None
    return None


def _call(method: str, url: str, token: str, data: object = None) -> Any:
    request = urllib.request.Request(
        url,
        method=method,
        data=None if data is None else json.dumps(data).encode(),
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "skipgate",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise Refused(f"GitHub answers {error.code}") from None
    except (OSError, ValueError) as error:
        raise Refused(f"GitHub cannot be reached: {type(error).__name__}") from None
