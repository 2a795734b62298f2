"""The `paths:` filter of a GitHub workflow: made from the anchors, or held against them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

_TOKEN = re.compile(
    r"(?P<deep>\*\*/?)|(?P<any>\*)|(?P<repeat>[?+])|(?P<set>\[[A-Za-z0-9_.-]+\])|\\?(?P<char>.)", re.DOTALL
)
_EVENTS = ("pull_request", "pull_request_target", "push", "merge_group")


class WorkflowError(Exception):
    """A workflow file that cannot be understood."""


def needed_paths(anchored: Iterable[str], models: Iterable[str], lock: str) -> list[str]:
    """What a workflow must listen to: the anchored files and globs, the models, and the lock."""
    return [*sorted(set(anchored)), *sorted(set(models)), lock]


def github_pattern(path: str, is_file: bool) -> str:
    """A path or glob of ours in GitHub's notation, in which other characters have a meaning.

    A choice of characters is widened to any: the filter may let too much through to the gate, never too little.
    """
    if not is_file:
        path = re.sub(r"\[[!^]?[^\]/]+\]|\?", "*", path)
    return re.sub(r"([?+\[\]\\]|^!)" if not is_file else r"([*?+\[\]\\]|^!)", r"\\\1", path)


def filter_text(paths: Sequence[str]) -> str:
    """The filter as it stands in a workflow."""
    return "paths:\n" + "".join(f"  - {json.dumps(path)}\n" for path in paths)


@dataclass(frozen=True)
class FilterGap:
    """Files of the repository that an event's filter leaves out, though the gate is about them."""

    event: str
    missing: tuple[str, ...]


def gaps(text: str, files: Sequence[str]) -> list[FilterGap]:
    """What the filters of a workflow leave out of `files`. An event without a filter leaves out nothing.

    Raises:
        WorkflowError: it is no workflow, or reacts to no change at all.
    """
    events = _events(text)
    found: list[FilterGap] = []
    for event, settings in events.items():
        wanted, ignored = settings.get("paths"), settings.get("paths-ignore")
        if wanted is not None:
            missing = [file for file in files if not _selected(file, _list(wanted, event))]
        elif ignored is not None:
            missing = [file for file in files if any(_matches(file, p) for p in _list(ignored, event))]
        else:
            missing = []
        if missing:
            found.append(FilterGap(event, tuple(missing)))
    return found


def _events(text: str) -> dict[str, dict[str, object]]:
    import yaml

    try:
        document = yaml.load(text, Loader=yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise WorkflowError(f"it is not YAML: {' '.join(str(error).split())}") from None
    on = document.get("on", document.get(True)) if isinstance(document, dict) else None  # YAML 1.1 reads `on` as true
    if isinstance(on, str):
        on = {on: None}
    elif isinstance(on, list):
        on = {str(event): None for event in on}
    if not isinstance(on, dict):
        raise WorkflowError("it says nothing about when it runs (`on:`)")
    events = {str(event): settings if isinstance(settings, dict) else {} for event, settings in on.items()}
    relevant = {event: settings for event, settings in events.items() if event in _EVENTS}
    if not relevant:
        raise WorkflowError(f"it runs on none of {', '.join(_EVENTS)}, so no change is looked at")
    return relevant


def _list(value: object, event: str) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise WorkflowError(f"the path filter of {event} is not a list of texts")
    return value


def _selected(file: str, patterns: list[str]) -> bool:
    """GitHub's rule: the last pattern that matches decides; `!` takes out again."""
    chosen = False
    for pattern in patterns:
        if pattern.startswith("!"):
            chosen = chosen and not _matches(file, pattern[1:])
        else:
            chosen = chosen or _matches(file, pattern)
    return chosen


def _matches(file: str, pattern: str) -> bool:
    return _regex(pattern).fullmatch(file) is not None


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    """GitHub's patterns: `*` within a folder, `**` across, `?` and `+` repeat what precedes them, `[]` a choice."""
    parts: list[str] = []
    token = re.compile(
        r"(?P<deep>\*\*/?)|(?P<any>\*)|(?P<repeat>[?+])|(?P<set>\[[A-Za-z0-9_.-]+\])|\\?(?P<char>.)", re.S
    )
    for match in token.finditer(pattern):
        if match["deep"]:
            parts.append("(?:.*/)?" if match["deep"].endswith("/") else ".*")
        elif match["any"]:
            parts.append("[^/]*")
        elif match["repeat"]:
            parts.append(match["repeat"] if parts else re.escape(match["repeat"]))
        else:
            parts.append(match["set"] or re.escape(match["char"]))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))
