"""Values of constants that come from outside: they hold in every check that is read, whatever its `with` says.

The counts of such a check are not those that its author pinned, so its pins are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from skipgate.spec import syntax as s
from skipgate.spec.loader import Program
from skipgate.spec.source import Source

_given: ContextVar[tuple[str, ...]] = ContextVar("given", default=())


@contextmanager
def given(*texts: str) -> Iterator[None]:
    """Let every check that is read meanwhile have these values, such as `N = 5` or `N = 5, M = 2`."""
    token = _given.set((*_given.get(), *texts))
    try:
        yield
    finally:
        _given.reset(token)


def given_texts() -> tuple[str, ...]:
    """What is given now, for another process."""
    return _given.get()


def with_given(program: Program) -> Program:
    """The program, in whose checks the constants have the values that are given.

    Raises:
        SpecError: what is given is not well formed.
    """
    if not given_texts():
        return program
    from skipgate.spec.parsing.parser import parse_settings  # late: most runs need no parser (see `parsing.kept`)

    settings = [each for text in given_texts() for each in parse_settings(Source("--with", text))]
    if not settings:
        return program
    main = replace(program.main, declarations=tuple(_with(each, settings) for each in program.main.declarations))
    files = tuple(main if file is program.main else file for file in program.files)
    return replace(program, main=main, files=files)


def _with(declaration: s.AnyDeclaration, settings: Sequence[s.Setting]) -> s.AnyDeclaration:
    if not isinstance(declaration, s.CheckDecl):
        return declaration
    names = {setting.name.text for setting in settings}
    kept = [setting for setting in declaration.settings if setting.name.text not in names]
    expectations = tuple(replace(expectation, pins=()) for expectation in declaration.expectations)
    return replace(
        declaration,
        settings=(*kept, *settings),
        expectations=expectations,
        given=tuple(each.span.flat for each in settings),
    )
