"""The checks of a file made ready: read, elaborated, and their kernels generated."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.selection import select
from skipgate.checker.checks.verdicts import wanted_actions
from skipgate.checker.core.deadline import OutOfTime, deadline
from skipgate.checker.core.expectations import wants_proof, wants_search
from skipgate.checker.core.model import Model
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.kernel.kernels import Kernels, generate
from skipgate.checker.kernel.layout import lay_out
from skipgate.checker.smt.discharging.discharge import bounded_parameters, known_tests, needless_tests, no_tests_needed
from skipgate.checker.smt.discharging.sites import open_parameters
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, SpecError, did_you_mean, error
from skipgate.spec.passes import read
from skipgate.spec.specification import Specification


@dataclass(frozen=True)
class ReadyCheck:
    """A check that can be run. It has no kernels if it only expects proofs, so that its states are not explored.

    It can be pickled, and run in another process.
    """

    model: Model
    kernels: Kernels | None

    @property
    def name(self) -> str:
        """The name of the check."""
        return self.model.check.name.text

    @property
    def asks_for_proof(self) -> bool:
        """Does the check expect a proof?"""
        return wants_proof(self.model.check)


@dataclass(frozen=True)
class ReadyFile:
    """A file whose checks can be run: none of them is wrong.

    Attributes:
        left_out: the checks that are not run because of their tags, with these tags.
        whole: every check without a tag is there, so the file as a whole can be judged.
        wanted: the actions that at least one check has to take.
        unexamined: the properties of the file that none of its checks examines.
    """

    path: str
    model: str
    checks: tuple[ReadyCheck, ...]
    left_out: Mapping[str, tuple[str, ...]]
    whole: bool
    wanted: tuple[str, ...]
    unexamined: tuple[str, ...]


def ready_file(
    source: str | Path | Specification,
    options: RunOptions = RunOptions(),
    *,
    only: str | None = None,
    tags: Collection[str] = (),
) -> ReadyFile:
    """Prepare every check of a file that has no tag, or those that `only` and `tags` select (see `selection`).

    The file is read, unless that was done already.

    With `options.discharge`, operations that are proved within the time limit never to fail are not tested in a search.

    Raises:
        SpecError: the specification is wrong.
    """
    spec = specification(source)
    selected = select(spec.checks, only, tags)
    checks = _prepare_all(spec, selected.chosen, options)
    return ReadyFile(
        path=spec.program.main.source.name,
        model=spec.name,
        checks=checks,
        left_out=selected.left_out,
        whole=only is None and not tags and bool(checks or not spec.checks),
        wanted=wanted_actions([check.model for check in checks]),
        unexamined=_unexamined(spec),
    )


def _unexamined(spec: Specification) -> tuple[str, ...]:
    """The properties that are declared in a file of checks, and examined by none of them, not even one with a tag."""
    declared = (s.PropertyDecl, s.LivenessDecl, s.RefinesDecl)
    names = [each.name.text for each in spec.program.main.declarations if isinstance(each, declared)]
    return tuple(name for name in names if not any(check.examines(name) for check in spec.checks))


def specification(source: str | Path | Specification) -> Specification:
    """A specification, read from its file if it is not read yet.

    Raises:
        SpecError: the specification is wrong.
    """
    return source if isinstance(source, Specification) else read(source)


def load_check(
    source: str | Path | Specification, name: str, *, to_search: bool = False, seconds: float | None = None
) -> Model:
    """The elaborated model of one check of a file. If `to_search` is true, its parameters have proved bounds.

    Raises:
        SpecError: the specification is wrong, or has no such check, or that takes more than so many seconds.
    """
    spec = specification(source)
    for check in spec.checks:
        if check.name.text == name:
            refuse_unsupported(spec, [check])
            try:
                with deadline(seconds):
                    return bounded(spec, check) if to_search else elaborate(spec, check)
            except OutOfTime as problem:
                raise _not_ready(check, problem, seconds) from None
    names = [check.name.text for check in spec.checks]
    hint = did_you_mean(name, names) or (f"its checks are: {', '.join(names)}" if names else None)
    raise error(f"`{spec.program.main.source.name}` has no check `{name}`", None, hint)


def prepare(model: Model, *, discharge: bool = False, seconds: float | None = None) -> Kernels:
    """The kernels of a model. If `discharge` is true, they do not test what is proved, within `seconds`, never to fail.

    Raises:
        SpecError: something is unbounded or too large to be explored.
    """
    layout = lay_out(model)
    if not discharge:
        return generate(model, layout)
    known = known_tests(model)
    if known is None:
        kernels = generate(model, layout)
        if not kernels.tests.written:
            no_tests_needed(model)
            return kernels
        known = needless_tests(model, seconds)
    return generate(model, layout, known)


def refuse_unsupported(spec: Specification, checks: Sequence[s.CheckDecl]) -> None:
    """Refuse what the language has, but no engine supports yet.

    Raises:
        SpecError: with each place.
    """
    live = [check for check in checks if any(check.examines(each.name.text) for each in spec.all(s.LivenessDecl))]
    diagnostics = [
        Diagnostic(
            f"check `{check.name.text}` only asks for proofs, and liveness cannot be proved, only searched",
            check.name.span,
            "add `expect holds`, to explore the states as well",
        )
        for check in live
        if not wants_search(check)
    ]
    # A path back to the same representative may lead to the state under other names. Then it is no cycle.
    diagnostics += [
        Diagnostic(
            "symmetry cannot be combined with liveness properties",
            check.symmetry[0].span,
            "remove the `symmetry` line, or let this check `ignore` them and another one examine them",
        )
        for check in live
        if check.symmetry
    ]
    if diagnostics:
        raise SpecError(diagnostics)


def _prepare_all(spec: Specification, checks: Sequence[s.CheckDecl], options: RunOptions) -> tuple[ReadyCheck, ...]:
    """Elaborate every check and generate its kernels, so that a wrong one is reported before any runs."""
    refuse_unsupported(spec, checks)
    seconds = options.budget.time_limit
    prepared: list[ReadyCheck] = []
    diagnostics: list[Diagnostic] = []
    for check in checks:
        try:
            prepared.append(_prepare(spec, check, options))
        except SpecError as problem:
            diagnostics.extend(problem.diagnostics)
        except OutOfTime as problem:
            raise _not_ready(check, problem, seconds) from None
    if diagnostics:
        raise SpecError(diagnostics)
    return tuple(prepared)


def _not_ready(check: s.CheckDecl, problem: OutOfTime, seconds: float | None) -> SpecError:
    message = f"check `{check.name.text}` is not ready within the time limit of {seconds or 0:g} s"
    return error(message, problem.span or check.name.span, "let its constants, sets and loops be smaller")


def _prepare(spec: Specification, check: s.CheckDecl, options: RunOptions) -> ReadyCheck:
    seconds = options.budget.time_limit
    with deadline(seconds):
        model = bounded(spec, check) if wants_search(check) else elaborate(spec, check)
    if not wants_search(check):
        return ReadyCheck(model, None)
    with deadline(None if seconds is None else 2 * seconds):  # the solver may have the time to itself
        kernels = prepare(model, discharge=options.discharge, seconds=seconds)
    return ReadyCheck(kernels.model, kernels)


def bounded(spec: Specification, check: s.CheckDecl) -> Model:
    """The model of a check. Parameters over all numbers get the bounds that their guards imply.

    Raises:
        SpecError: the specification is wrong, or guards imply no bounds.
    """
    model = elaborate(spec, check)
    if not any(open_parameters(action) for action in model.actions):
        return model
    lay_out(model)  # what is wrong with the variables comes first
    return elaborate(spec, check, bounded_parameters(model))
