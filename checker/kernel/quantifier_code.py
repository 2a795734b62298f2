"""Quantifiers, counts, sums, least and largest elements."""

from __future__ import annotations

from collections.abc import Callable

from skipgate.checker.core import terms as t
from skipgate.checker.kernel.compiler import Compiler, Named
from skipgate.checker.kernel.components import shape
from skipgate.checker.kernel.domain_code import elements, for_each
from skipgate.checker.kernel.domain_loops import DomainLoop, loop
from skipgate.checker.kernel.kernel_text import add, and_, not_, or_
from skipgate.checker.kernel.rows import Row, harmless, less


def quantified(compiler: Compiler, term: t.Quantified) -> Row:
    """`forall` and `exists`: one expression, one `if` after the other, or a loop."""
    for_all = term.kind == "forall"
    combine = and_ if for_all else or_
    domain = elements(compiler, term.binding, [term.body])
    before, compiler.failed = compiler.failed, False

    def stops() -> bool:
        """Is nothing evaluated after the element that decides? If nothing can fail, that makes no difference."""
        return term.binding.ordered or not compiler.failed

    if isinstance(domain, DomainLoop):
        result = compiler.writer.fresh("b")
        undecided = result if for_all else f"not {result}"
        compiler.writer.line(f"{result} = {int(for_all)}")
        with loop(compiler.writer, domain, lambda: f"{undecided} and" if stops() else "") as row:
            compiler.locals[term.binding.variable] = Named(row)
            text = compiler.boolean(term.body)
            compiler.writer.assign(result, text if stops() else combine(result, text))
        compiler.failed = compiler.failed or before
        return [result]
    # Unrolled: one expression if no element needs statements, else one `if` after the other.
    pieces: list[tuple[list[str], str]] = []
    with compiler.copied(len(domain)):
        for element in domain:
            compiler.locals[term.binding.variable] = Named(element.row)
            with compiler.writer.aside() as lines:
                pieces.append(
                    (lines, _guarded(compiler, element.present, lambda: compiler.boolean(term.body), for_all))
                )
    one_by_one = stops()
    compiler.failed = compiler.failed or before
    if not any(lines for lines, _ in pieces):
        return [combine(*(text for _, text in pieces))]
    result = compiler.writer.fresh("b")
    undecided = result if for_all else f"not {result}"
    compiler.writer.line(f"{result} = {int(for_all)}")
    for lines, text in pieces:
        if one_by_one:
            with compiler.writer.indented(f"if {undecided}:"):
                compiler.writer.lines += lines
                compiler.writer.assign(result, text)
        else:
            compiler.writer.lines += [line.removeprefix("    ") for line in lines]
            compiler.writer.assign(result, combine(result, text))
    return [result]


def _guarded(compiler: Compiler, present: str, body: Callable[[], str], for_all: bool) -> str:
    """The body if the element is present, else what leaves the quantifier undecided."""
    with compiler.writer.aside() as lines:
        text = body()
    if present == "1" or not lines:
        compiler.writer.lines += [line.removeprefix("    ") for line in lines]
        return or_(not_(present), text) if for_all else and_(present, text)
    result = compiler.writer.fresh("b")
    compiler.writer.line(f"{result} = {int(for_all)}")
    with compiler.writer.indented(f"if {present}:"):
        compiler.writer.lines += lines
        compiler.writer.assign(result, text)
    return result


def aggregate(compiler: Compiler, term: t.Aggregate) -> Row:
    """`count` and `sum` add up; `min` and `max` keep the best row so far."""
    if term.kind in ("count", "sum"):
        return [_total(compiler, term)]
    found = compiler.writer.fresh("found")
    best = [compiler.writer.fresh() for _ in shape(term.type)]
    compiler.writer.line(f"{found} = 0")
    for name in best:
        compiler.writer.line(f"{name} = 0")

    def consider() -> None:
        row = compiler.writer.atoms(compiler.row(term.body))
        first, second = (row, best) if term.kind == "min" else (best, row)
        better = less(compiler.writer, first, second, False)
        with compiler.writer.indented(f"if {or_(not_(found), better)}:"):
            for name, text in zip(best, row, strict=True):
                compiler.writer.line(f"{name} = {text}")
            compiler.writer.line(f"{found} = 1")

    for_each(compiler, term.bindings, term.where, term.body, consider)
    compiler.test(term, f"(not {found})", **harmless(best, term.type))
    return best


def _total(compiler: Compiler, term: t.Aggregate) -> str:
    total = compiler.writer.fresh("n")
    compiler.writer.line(f"{total} = 0")

    def more() -> None:
        if term.kind == "count":
            with compiler.writer.indented(f"if {compiler.boolean(term.body)}:"):
                compiler.writer.line(f"{total} = {total} + 1")
        else:
            compiler.writer.line(f"{total} = {add(total, compiler.one(term.body))}")

    for_each(compiler, term.bindings, term.where, term.body, more)
    return total
