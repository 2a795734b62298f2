"""From an anchor to the place in the code that it names: exactly one, or a reason with what it may have meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from posixpath import basename, dirname

from skipgate.gate.anchors import CodeAnchor
from skipgate.gate.code import CodeFile, Symbol
from skipgate.gate.git import GitError
from skipgate.gate.grammars import grammar_for
from skipgate.gate.trees import Tree

_WILDCARDS = 6  # of a glob; each multiplies the time that matching may take
_NEIGHBOURS = 40  # files of a folder that are searched for a symbol that is not where it should be


@dataclass(frozen=True)
class Resolved:
    """An anchor and what it names: one symbol or file, or the files of a glob."""

    anchor: CodeAnchor
    symbols: tuple[Symbol, ...]


@dataclass(frozen=True)
class Unresolved:
    """An anchor that names nothing, or more than one thing."""

    anchor: CodeAnchor
    message: str
    hint: str | None = None


class CodeBase:
    """The source files of a tree; each is read and parsed at most once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._files: dict[str, CodeFile] = {}

    def file(self, path: str) -> CodeFile:
        """A file of the tree. Raises `KeyError` if there is none, `GitError` or `OSError` if it cannot be read."""
        if path not in self._files:
            if self.tree.entries[path].kind != "file":
                raise KeyError(path)
            self._files[path] = CodeFile(path, self.tree.read(path))
        return self._files[path]

    def has(self, path: str) -> bool:
        """Is there such a file?"""
        entry = self.tree.entries.get(path)
        return entry is not None and entry.kind == "file"

    def matching(self, pattern: str) -> list[str]:
        """The files that a path or glob names. A path that exists is no glob, whatever characters it is made of."""
        if pattern in self.tree.entries:
            return [pattern] if self.has(pattern) else []
        if not is_glob(pattern) or _too_wild(pattern):
            return []
        regex = glob_regex(pattern)
        return sorted(path for path, entry in self.tree.entries.items() if entry.kind == "file" and regex(path))


def is_glob(path: str) -> bool:
    """Does a path have wildcards in it?"""
    return any(char in path for char in "*?[")


def glob_regex(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """A function that tells whether a path matches: `*` and `?` stay within a folder, `**` does not."""
    return _compiled(pattern).fullmatch


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        if match := re.compile(r"\*\*/").match(pattern, at):
            parts.append("(?:[^/]+/)*+")
        elif match := re.compile(r"\*\*+").match(pattern, at):
            parts.append(".*+" if match.end() == len(pattern) else ".*")
        elif match := re.compile(r"\*").match(pattern, at):
            parts.append("[^/]*")
        elif match := re.compile(r"\?").match(pattern, at):
            parts.append("[^/]")
        elif match := re.compile(r"\[([!^]?)([^\]/]+)\]").match(pattern, at):
            inner = match[2].replace("\\", "\\\\").replace("[", "\\[").replace("&", "\\&").replace("~", "\\~")
            parts.append(f"[{'^/' if match[1] else ''}{inner}]")
        else:
            match = re.compile(r".", re.DOTALL).match(pattern, at)
            assert match is not None
            parts.append(re.escape(match[0]))
        at = match.end()
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))


def resolve(anchor: CodeAnchor, code: CodeBase) -> Resolved | Unresolved:
    """What an anchor names in a tree. Never raises: what cannot be read is not resolved."""
    if problem := _malformed(anchor.path):
        return Unresolved(anchor, problem)
    paths = code.matching(anchor.path)
    if not paths:
        return Unresolved(anchor, *_no_file(anchor.path, code))
    try:
        files = [code.file(path) for path in paths]
        if not anchor.symbol:
            return Resolved(anchor, tuple(file.whole for file in files))
        return _symbol(anchor, files, code)
    except (GitError, OSError) as error:
        return Unresolved(anchor, f"{anchor.path} cannot be read: {error}")


def find(code: CodeBase, path: str, name: str) -> Symbol | None:
    """A symbol, or a whole file if `name` is empty; None if it is not there exactly once."""
    if not code.has(path):
        return None
    file: CodeFile = code.file(path)
    if not name:
        return file.whole
    found = file.named(name)
    return found[0] if len(found) == 1 else None


def _malformed(path: str) -> str | None:
    parts = path.split("/")
    if _too_wild(path):
        return f"{path!r} has more than {_WILDCARDS} wildcards"
    if path.startswith("/") or "\\" in path:
        return f"{path!r} is no path from the root of the repository: write it relative, with slashes"
    if any(part in ("", ".", "..") for part in parts):
        return f"{path!r} is not in its simplest form: no `.`, `..` or empty parts"
    return None


def _too_wild(pattern: str) -> bool:
    return len(re.findall(r"\*+", pattern)) > _WILDCARDS


def _no_file(path: str, code: CodeBase) -> tuple[str, str | None]:
    entries = code.tree.entries
    if path in entries:
        what = "a symbolic link" if entries[path].kind == "link" else "a submodule"
        return f"{path} is {what}: anchor a file of this repository", None
    above = path
    while above := dirname(above):
        if above in entries:
            kind = entries[above].kind
            if kind == "submodule":
                return f"{path} lies in the submodule {above}, whose files this repository does not hold", None
            return f"{path} cannot be reached: {above} is a {'symbolic link' if kind == 'link' else 'file'}", None
    if is_glob(path):
        return f"no file matches {path}", None
    if any(each.startswith(f"{path}/") for each in entries):
        return f"{path} is a folder", f"for the files in it: {path}/*; for all below it: {path}/**"
    return f"there is no file {path}", _nearest_files(path, code)


def _nearest_files(path: str, code: CodeBase) -> str | None:
    same = sorted(each for each in code.tree.entries if basename(each) == basename(path))
    near = same or get_close_matches(path, list(code.tree.entries), n=3, cutoff=0.8)
    return _did_you_mean(near[:3])


def _symbol(anchor: CodeAnchor, files: list[CodeFile], code: CodeBase) -> Resolved | Unresolved:
    name = anchor.symbol
    known = [file for file in files if file.grammar is not None]
    if not known:
        why = f"symbols in {anchor.path} cannot be looked up: its language is not known, or it is too large"
        return Unresolved(anchor, why, "anchor the whole file")
    found = [symbol for file in known for symbol in file.named(name)]
    if len(found) == 1:
        return Resolved(anchor, (found[0],))
    if found:
        places = ", ".join(f"{symbol.path}:{symbol.line}" for symbol in found[:5])
        return Unresolved(anchor, f"{name} is declared {len(found)} times: {places}")
    damaged = next((file.path for file in known if file.damaged), None)
    message = f"{anchor.path} declares no {name}"
    if damaged is not None:
        message += f" (but {damaged} has syntax errors, so not everything in it was found)"
    return Unresolved(anchor, message, _nearest_symbols(anchor, known, code))


def _nearest_symbols(anchor: CodeAnchor, files: list[CodeFile], code: CodeBase) -> str | None:
    name = anchor.symbol
    last = name.rsplit(".", 1)[-1]
    names = list(dict.fromkeys(symbol.name for file in files for symbol in file.symbols))
    members = [each for each in names if each.rsplit(".", 1)[-1] == last]
    if members:
        return _did_you_mean(members[:3])
    elsewhere = _in_the_same_folder(name, files, code)
    if elsewhere:
        return _did_you_mean(elsewhere[:3])
    by_last = {each.rsplit(".", 1)[-1]: each for each in reversed(names)}
    near = get_close_matches(name, names, n=3, cutoff=0.75)
    near += [by_last[each] for each in get_close_matches(last, list(by_last), n=3, cutoff=0.75)]
    return _did_you_mean(list(dict.fromkeys(near))[:3])


def _in_the_same_folder(name: str, files: list[CodeFile], code: CodeBase) -> list[str]:
    """Where else in the folders of some files a symbol of that name is declared."""
    searched = {file.path for file in files}
    folders = {dirname(path) for path in searched}
    around = [p for p in sorted(code.tree.entries) if dirname(p) in folders and p not in searched]
    found: list[str] = []
    for path in [p for p in around if grammar_for(p) is not None and code.has(p)][:_NEIGHBOURS]:
        try:
            symbols = code.file(path).symbols
        except (GitError, OSError):
            continue
        last = name.rsplit(".", 1)[-1]
        found += [s.key for s in symbols if s.name == name or ("." not in name and s.name.rsplit(".", 1)[-1] == last)]
    return found


def _did_you_mean(candidates: list[str]) -> str | None:
    return f"did you mean {' or '.join(candidates)}?" if candidates else None
