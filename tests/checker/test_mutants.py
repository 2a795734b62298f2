"""The differential tests notice it when the checker is wrong: each of many small faults, put in on purpose."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.elaborate import build, expressions, paths
from skipgate.checker.elaborate import intervals as bounds
from skipgate.checker.elaborate.expressions import ExpressionElaborator
from skipgate.checker.kernel import (
    action_code,
    domain_code,
    domain_loops,
    hoisting,
    layout,
    map_code,
    masks,
    predicate_code,
    quantifier_code,
    recast,
    record_code,
    rows,
    sequence_code,
    set_code,
    term_code,
    unrank,
)
from skipgate.checker.kernel import (
    kernel_text as code,
)
from skipgate.checker.search import explore
from skipgate.checker.semantics import evaluate
from skipgate.checker.semantics import steps as semantics
from tests.checker import corpus
from tests.checker import test_differential as differential
from tests.checker.kernel.test_domain_loops import check_members
from tests.checker.kernel.test_hoisting import compare_choices
from tests.checker.kernel.test_term_code import LONG_SEQUENCES, NUMBERS, check_in
from tests.checker.test_differential import MANY_STEPS
from tests.planted import Mutant, noticed


def searches(name: str) -> None:
    differential.compare_searches(corpus.MODELS[name])


def steps(name: str) -> None:
    differential.compare_steps(corpus.MODELS[name])


def kernel_values(name: str) -> None:
    differential.compare_kernels(corpus.EXPRESSIONS[name], 0, MANY_STEPS)


def kernel_values_in_loops(name: str) -> None:
    differential.compare_kernels_in_loops(corpus.EXPRESSIONS[name], 0, MANY_STEPS)


def choices(name: str) -> None:
    for unroll in (0, 4, 64):
        compare_choices(corpus.MODELS[name], unroll, Random(0), states=30)


def loops_over_sets(seed: int) -> None:
    check_members(seed)


def long_sequences(expression: str) -> None:
    check_in(NUMBERS, "var x : 0..3 = 0", expression)


def kernel_values_without_tests(name: str) -> None:
    differential.compare_kernels_without_tests(corpus.EXPRESSIONS[name], 0, MANY_STEPS)


def values(name: str) -> None:
    differential.compare_evaluators(corpus.EXPRESSIONS[name], 0, MANY_STEPS)


def within_bounds(name: str) -> None:
    differential.check_bounds(corpus.EXPRESSIONS[name], 0, MANY_STEPS)


search = explore.Search
compiler = term_code.TermCompiler
actions, predicates = action_code.ActionCode, predicate_code.PredicateCode

MUTANTS = [
    # The search.
    Mutant(
        "states outside a constraint are kept", search.arrive, "if not inside:", "if False:", searches, "constraint"
    ),
    Mutant(
        "states outside a constraint are not checked",
        search.arrive,
        "self.check(state, predecessor)",
        "pass",
        searches,
        "constraint",
    ),
    Mutant(
        "a constraint without a value holds",
        search.arrive,
        "if inside < 0:",
        "if False:",
        searches,
        "constraint_without_value",
    ),
    Mutant(
        "a level of one state has no depth",
        search.run,
        "if self.frontier:",
        "if len(self.frontier) > 1:",
        searches,
        "chain",
    ),
    Mutant(
        "initial states are not generated",
        search.run,
        "found.generated += 1",
        "found.generated += 0",
        searches,
        "chain",
    ),
    Mutant(
        "a step to a known state is not generated",
        search.expand_level,
        "generated += 1",
        "generated += tuple(out[i + 1 : i + entry]) not in predecessors",
        searches,
        "deadlock",
    ),
    Mutant(
        "a failing action is ignored",
        search.expand_level,
        "self.violated(EVALUATION, Violation(state, action=-1 - tag), found.depth)",
        "pass",
        searches,
        "failing_actions",
    ),
    Mutant(
        "a step to the same state is a deadlock",
        search.expand_level,
        "if not end:",
        "if not end or (end == entry and tuple(out[1:entry]) == state):",
        searches,
        "deadlock",
    ),
    Mutant("the wrong action has fired", search.expand_level, "fired.add(tag)", "fired.add(0)", searches, "chain"),
    Mutant("the terminal condition is ignored", search.no_successor, "elif not terminal:", "else:", searches, "chain"),
    Mutant(
        "steps to known states are not checked",
        search.step,
        "if self.checked_steps:",
        "if self.checked_steps and successor not in self.found.predecessors:",
        searches,
        "known",
    ),
    Mutant(
        "the last violation is kept",
        search.violated,
        "if length < self.lengths.get(name, length + 1):",
        "if True:",
        searches,
        "chain",
    ),
    Mutant("only the first witness is seen", search.see, "self.room[i]", "self.room[0]", searches, "known"),
    Mutant(
        "the first of two violated properties is named",
        search.check,
        "number = out[i]",
        "number = out[0]",
        searches,
        "constraint",
    ),
    # The kernels.
    Mutant("old bits stay", actions.new_words, "kept &= ~(slot.mask << slot.offset)", "pass", searches, "chain"),
    Mutant(
        "the bounds' low end is forgotten",
        actions.new_words,
        "stored = sub(text, str(slot.low))",
        "stored = text",
        searches,
        "chain",
    ),
    Mutant(
        "only the last condition counts",
        actions.clauses,
        "condition = and_(condition, text)",
        "condition = text",
        searches,
        "steps",
    ),
    Mutant("a failed domain has choices", actions.parameter, 'f"not {flag}"', '"1"', searches, "choices"),
    Mutant(
        "a condition is tested before its parameter has a value",
        hoisting.stages,
        "known[variable] = i\n",
        "known[variable] = i - 1\n",
        choices,
        "choices",
    ),
    Mutant(
        "a condition goes past one that has no value",
        hoisting.stages,
        "stage = outermost = every",
        "stage = every",
        choices,
        "choices",
    ),
    Mutant(
        "a condition goes past a domain that has no value",
        hoisting.stages,
        "outermost = i\n",
        "pass\n",
        choices,
        "choices",
    ),
    Mutant(
        "a condition that has no value is hoisted",
        hoisting.stages,
        "elif trial.fails:",
        "elif False:",
        choices,
        "choices",
    ),
    Mutant(
        "a name is known before what it reads",
        hoisting.stages,
        "known[clause.variable] = stage",
        "known[clause.variable] = 0",
        choices,
        "choices",
    ),
    Mutant(
        "conditions of one stage are lost",
        actions.choose,
        "self.clauses(clauses,",
        "self.clauses([],",
        choices,
        "choices",
    ),
    Mutant(
        "choices are made in another order",
        domain_code._elements,
        "return found",
        "return found[::-1]",
        choices,
        "choices",
    ),
    Mutant("the last choice is left out", domain_loops.Places.begin, "<= {high}", "< {high}", choices, "choices"),
    Mutant("an error stays for the next action", actions.instance, 'writer.line("err = 0")', "pass", searches, "chain"),
    Mutant(
        "a state that fails is a successor",
        actions.successor,
        'compiler.writer.indented("if not err:") if compiler.failed else compiler.under("1")',
        'compiler.under("1")',
        searches,
        "failing_actions",
    ),
    Mutant(
        "errors in covers are ignored",
        predicates.violations,
        "if may_fail or number < len(terms):",
        "if number < len(terms):",
        searches,
        "failing_claims",
    ),
    Mutant(
        "a failing premise is true",
        predicates.witnesses,
        'f"not err and {value}"',
        'f"err or {value}"',
        searches,
        "failing_claims",
    ),
    Mutant("the error flag is not set", compiler.fail_if, "self.failed = True", "pass", kernel_values, "records"),
    Mutant(
        "an error in a `let` is forgotten",
        compiler._local,
        "if named.flag is not None:",
        "if False:",
        kernel_values,
        "records",
    ),
    Mutant(
        "an unused `let` fails",
        compiler.name_value,
        'self.flag, self.failed, self.ahead = self.writer.fresh("err"), False, True',
        "self.failed, self.ahead = False, True",
        kernel_values,
        "control",
    ),
    Mutant(
        "no short circuit",
        compiler._logic,
        "with self.writer.indented(head):",
        'with self.writer.indented("if 1:"):',
        kernel_values,
        "control",
    ),
    Mutant(
        "the branches of an `if` are swapped",
        compiler._if,
        "choose(condition, a, b)",
        "choose(condition, b, a)",
        kernel_values,
        "records",
    ),
    Mutant(
        "the last number is skipped",
        domain_loops.Places.begin,
        "<= {high}",
        "< {high}",
        kernel_values_in_loops,
        "loops",
    ),
    Mutant(
        "the last subset is skipped",
        domain_loops.Submasks.round,
        "{self.place} != {self.whole}",
        "({self.place} - {self.whole}) & {self.whole} != {self.whole}",
        kernel_values_in_loops,
        "loops",
    ),
    Mutant(
        "the highest bit of a mask is forgotten",
        domain_loops.Members.begin,
        "return self.left",
        'return f"{self.left} & ({self.left} - 1)"',
        kernel_values_in_loops,
        "loops",
    ),
    Mutant(
        "the last chunk is forgotten",
        domain_loops.Members.begin,
        "< {len(self.mask)}",
        "< {len(self.mask) - 1}",
        loops_over_sets,
        0,
    ),
    Mutant(
        "the elements of all chunks are those of the first",
        domain_loops.Members.round,
        "mul(self.chunk, str(CHUNK))",
        '"0"',
        loops_over_sets,
        0,
    ),
    Mutant(
        "the first field of a record changes fastest",
        unrank._digits,
        "range(len(parts) - 1, -1, -1)",
        "range(len(parts))",
        kernel_values_in_loops,
        "loops",
    ),
    Mutant(
        "the first shape has all places",
        unrank._variant,
        "before += count",
        "before += 0",
        kernel_values_in_loops,
        "loops",
    ),
    Mutant(
        "`none` has components",
        unrank.unrank,
        '_if(there, unrank(writer, writer.atom(sub(place, "1")), element))',
        'unrank(writer, writer.atom(sub(place, "1")), element)',
        loops_over_sets,
        0,
    ),
    Mutant(
        "sequences are read from the end",
        unrank._sequence,
        "from_the_last[n - 1 - i]",
        "from_the_last[i]",
        loops_over_sets,
        2,
    ),
    Mutant(
        "what a component is made of is not computed",
        domain_loops._mentioned,
        "names.update(",
        "names.intersection(",
        loops_over_sets,
        0,
    ),
    Mutant(
        "a quantifier asks on",
        quantifier_code.quantified,
        'compiler.writer.indented(f"if {undecided}:")',
        'compiler.writer.indented("if 1:")',
        kernel_values,
        "quantifiers",
    ),
    Mutant(
        "the largest is the smallest",
        quantifier_code.aggregate,
        'if term.kind == "min"',
        'if term.kind != "min"',
        kernel_values,
        "quantifiers",
    ),
    Mutant(
        "the first of equals is forgotten",
        quantifier_code.aggregate,
        'compiler.writer.line(f"{found} = 1")',
        'compiler.writer.line(f"{found} = 0")',
        kernel_values,
        "quantifiers",
    ),
    Mutant(
        "the index after the last is there",
        map_code._place,
        'wrong_index = or_(compare("<", index, "1"), compare("<", length, index))',
        'wrong_index = or_(compare("<", index, "1"), compare("<", add(length, "1"), index))',
        kernel_values,
        "sequences",
    ),
    Mutant(
        "the index 0 is there",
        map_code._place,
        'or_(compare("<", index, "1"), compare("<", length, index))',
        'or_(compare("<", index, "0"), compare("<", length, index))',
        kernel_values,
        "sequences",
    ),
    Mutant(
        "a missing element is 0",
        map_code.select,
        'if place.missing == "0" or',
        "if True or",
        kernel_values,
        "sequences",
    ),
    Mutant(
        "a `let` of nonsense",
        compiler.test,
        "if self.ahead and instead:",
        "if False:",
        kernel_values_without_tests,
        "control",
    ),
    Mutant(
        "the stride is off",
        map_code.packed,
        "mul(index, str(stride))",
        "mul(index, str(stride + 1))",
        kernel_values,
        "maps",
    ),
    Mutant(
        "a field's low end is forgotten",
        map_code.packed,
        "add(bit_and(shift_right(word, shift), str(first.mask)), str(first.low))",
        "bit_and(shift_right(word, shift), str(first.mask))",
        kernel_values,
        "maps",
    ),
    Mutant(
        "elements beyond the length stay",
        sequence_code.slice_,
        'choose(compare("<", str(j), length), c, "0")',
        "c",
        kernel_values,
        "sequences",
    ),
    Mutant(
        "a slice begins one late",
        sequence_code.slice_,
        'pick(list(rows), sub(low, "1")',
        "pick(list(rows), low",
        kernel_values,
        "sequences",
    ),
    Mutant(
        "a slice is moved by less than it could be",
        sequence_code._moved,
        "range(most.bit_length())",
        "range(most.bit_length() - 1)",
        long_sequences,
        LONG_SEQUENCES[2],
    ),
    Mutant(
        "a long concatenation overwrites",
        sequence_code.concat,
        'compare("<", str(j), left[0]) if j < n else "0"',
        'compare("<", str(j + 1), left[0]) if j < n else "0"',
        long_sequences,
        LONG_SEQUENCES[4],
    ),
    Mutant(
        "a concatenation overwrites",
        sequence_code.concat,
        "if j < length",
        "if j < length - 1",
        kernel_values,
        "sequences",
    ),
    Mutant(
        "a filter keeps all",
        sequence_code.seq_comprehension,
        "compiler.boolean(term.where)",
        '(compiler.boolean(term.where), "1")[1]',
        kernel_values,
        "sequences",
    ),
    Mutant(
        "the fields of a record change places in its rank",
        recast.rank,
        "add(mul(result, str(cardinality(field))), rank(writer, row[start:stop], field))",
        "add(result, mul(str(cardinality(field)), rank(writer, row[start:stop], field)))",
        kernel_values,
        "records",
    ),
    Mutant(
        "none has the rank of some",
        recast.rank,
        'add("1", rank(writer, row[1:], element))',
        "rank(writer, row[1:], element)",
        kernel_values,
        "records",
    ),
    Mutant(
        "shapes have the same ranks",
        recast.rank,
        "before += cardinality(each) or 0",
        "before += 0",
        kernel_values,
        "records",
    ),
    Mutant(
        "the fields of every shape count",
        recast._recast_variant,
        "and_(present, here)",
        "present",
        kernel_values,
        "records",
    ),
    Mutant(
        "the fields of a shape lie in their order",
        record_code.get_shape,
        "shape_row(row, type_, place)",
        "row[1:][: len(least(term.type))]",
        kernel_values,
        "records",
    ),
    Mutant(
        "shapes are not told apart",
        record_code.is_shape,
        "str(place + 1)",
        "str(place)",
        kernel_values,
        "records",
    ),
    Mutant(
        "sequences of all lengths have the same ranks",
        recast._seq_rank,
        "before += count**length",
        "before += 0",
        kernel_values,
        "sequences",
    ),
    Mutant(
        "every chunk is the first",
        masks.has,
        'compare("<", rank, str(CHUNK * (i + 1)))',
        '"1"',
        kernel_values,
        "large_sets",
    ),
    Mutant(
        "every chunk is the first",
        masks.has,
        'compare("<", rank, str(CHUNK * (i + 1)))',
        '"1"',
        kernel_values,
        "large_sets",
    ),
    Mutant(
        "elements go into the first chunk",
        masks.insert,
        'f"if {rank} >= {start} and {rank} < {start + width}:"',
        'f"if {rank} >= {start}:"',
        kernel_values,
        "large_sets",
    ),
    Mutant(
        "bits move too far",
        recast._recast_set,
        "target % CHUNK - i % CHUNK)",
        "target % CHUNK - i % CHUNK + 1)",
        kernel_values,
        "sets",
    ),
    Mutant(
        "a set has elements outside its universe",
        recast._recast_set,
        "if legal != whole:",
        "if False:",
        kernel_values,
        "sets",
    ),
    Mutant(
        "a range that ends before it begins",
        set_code.range_set,
        'choose(compare("<=", a, b), bits, "0")',
        "bits",
        kernel_values,
        "sets",
    ),
    Mutant(
        "the difference is the intersection", set_code.set_operation, 'f"({b} ^ {FULL})"', "b", kernel_values, "sets"
    ),
    Mutant(
        "an option is of the type if its value is not",
        recast.recast,
        "and_(present, row[0])",
        '"0"',
        kernel_values,
        "records",
    ),
    Mutant(
        "a longer sequence fits",
        recast._recast_seq,
        'wrong.append(and_(present, compare("<", str(new.capacity), row[0])))',
        "pass",
        searches,
        "failing_actions",
    ),
    Mutant(
        "equality looks at the first component",
        rows.equal,
        "for a, b in zip(left, right, strict=True)",
        "for a, b in list(zip(left, right, strict=True))[:1]",
        kernel_values,
        "maps",
    ),
    Mutant(
        "tuples are compared from the end",
        rows.less,
        "zip(reversed(left), reversed(right), strict=True)",
        "zip(left, right, strict=True)",
        kernel_values,
        "records",
    ),
    Mutant(
        "a literal `if` takes the other branch",
        code.choose,
        'return otherwise if condition == "0" else then',
        'return then if condition == "0" else otherwise',
        kernel_values,
        "sequences",
    ),
    Mutant(
        "a field is a bit too narrow",
        layout._width,
        "(component.high - component.low).bit_length()",
        "max(1, (component.high - component.low).bit_length() - 1)",
        searches,
        "chain",
    ),
    # The evaluator, what it evaluates, and the steps that it computes.
    Mutant("division rounds towards zero", evaluate._result, "a // b", "int(a / b)", values, "numbers"),
    Mutant(
        "`or` begins on the right",
        evaluate.evaluate,
        "bool(evaluate(term.left, scope)) or bool(evaluate(term.right, scope))",
        "bool(evaluate(term.right, scope)) or bool(evaluate(term.left, scope))",
        values,
        "control",
    ),
    Mutant(
        "quantifiers run backwards",
        evaluate.ordered,
        "sorted(_set(domain, scope), key=sort_key)",
        "sorted(_set(domain, scope), key=sort_key, reverse=True)",
        values,
        "quantifiers",
    ),
    Mutant(
        "the last of a slice is missing",
        evaluate.evaluate,
        "sequence[first - 1 : last]",
        "sequence[first - 1 : last - 1]",
        values,
        "sequences",
    ),
    Mutant(
        "`match` of one case", ExpressionElaborator.match, "if len(node.cases) == 1:", "if False:", values, "control"
    ),
    Mutant(
        "folding hides errors",
        build._always_has_a_value,
        "return isinstance(term, t.Const | t.Var | t.Universe)",
        "return True",
        values,
        "control",
    ),
    Mutant(
        "an `and` is folded from the right",
        build.logic,
        "if isinstance(left.type, NeverType) or",
        "if is_false(right) or isinstance(left.type, NeverType) or",
        values,
        "control",
    ),
    Mutant(
        "a prime is lost in definitions",
        ExpressionElaborator.name,
        "return self.unfold(symbol, (), span, primed or node.primed)",
        "return self.unfold(symbol, (), span, primed)",
        values,
        "control",
    ),
    Mutant(
        "a prime reaches the arguments",
        ExpressionElaborator.call,
        "self.expr(argument.value, environment, primed)",
        "self.expr(argument.value, environment, primed or node.primed)",
        values,
        "control",
    ),
    Mutant(
        "named fields are taken in order",
        expressions._record,
        "if argument.name is not None:",
        "if False:",
        values,
        "records",
    ),
    Mutant(
        "an update forgets the one before",
        paths._Walk.updated,
        "for n, term, where in path.updates if n == name",
        "for n, term, where in path.updates if False",
        steps,
        "updates",
    ),
    Mutant(
        "`else` is taken where a condition is true",
        paths._Walk.alternatives,
        'Branch("else", tuple(before),',
        'Branch("else", (),',
        steps,
        "branches",
    ),
    Mutant(
        "the second condition of an `if` is asked where the first is true",
        paths._Walk.alternatives,
        "Branch(text, (*before, condition),",
        "Branch(text, (condition,),",
        steps,
        "branches",
    ),
    Mutant(
        "an update in a branch is lost",
        paths._Walk.inside,
        "replace(after, environment=path.environment)",
        "replace(after, environment=path.environment, updates=path.updates)",
        steps,
        "branches",
    ),
    Mutant(
        "a condition inside a branch is lost",
        paths._Walk.inside,
        "replace(after, environment=path.environment)",
        "replace(after, environment=path.environment, parts=path.parts)",
        steps,
        "branches",
    ),
    Mutant(
        "the condition of a choice is lost",
        paths._Walk.clause,
        "path if where is None else path.then(self.expr(where, path))",
        "path",
        steps,
        "branches",
    ),
    Mutant(
        "what is chosen from is evaluated where a condition before it is false",
        paths.flat,
        "elif guarded and place >= asked:",
        "elif False:",
        steps,
        "branches",
    ),
    Mutant(
        "the argument of an effect may be outside its type",
        paths._Walk.effect,
        "build.ensure(self.expr(argument, path), self.elaborator.types.of(parameter.type), what)",
        "self.expr(argument, path)",
        steps,
        "branches",
    ),
    Mutant(
        "the cases of a `match` are mixed up",
        paths._Walk.cases,
        "(*others, test)",
        "(*others, build.not_(test, test.span))",
        steps,
        "branches",
    ),
    Mutant(
        "a choice is made of the last element only",
        paths._Walk.chosen,
        "environment[name] = _mention(path.choices[-1].variable, name.span)",
        "environment[name] = _mention(path.choices[0].variable, name.span)",
        steps,
        "two_choices",
    ),
    Mutant(
        "updates see new values",
        semantics._take,
        "return scope, {update.variable.name: evaluate(update.value, scope) for update in action.updates}",
        "new = dict(scope.state)\n"
        "    for update in action.updates:\n"
        "        new[update.variable.name] = evaluate(update.value, Scope(new, {}, scope.locals))\n"
        "    return scope, new",
        steps,
        "updates",
    ),
    Mutant(
        "an action fails after a failed choice",
        semantics._instances,
        "yield FailedTransition(action, arguments, problem)\n        return",
        "raise",
        steps,
        "failing_actions",
    ),
    Mutant(
        "bounds of a difference",
        bounds.arithmetic,
        "return _type(al - bh, ah - bl)",
        "return _type(al - bl, ah - bh)",
        within_bounds,
        "numbers",
    ),
    Mutant(
        "bounds of a product",
        bounds.arithmetic,
        "corners = [_times(x, y) for x in (al, ah) for y in (bl, bh)]",
        "corners = [_times(al, bl), _times(ah, bh)]",
        within_bounds,
        "numbers",
    ),
    Mutant("bounds of a quotient", bounds.arithmetic, "(bl, bh, -1, 1)", "(bl, bh)", within_bounds, "numbers"),
    Mutant("bounds of a remainder", bounds.arithmetic, "max(bh - 1, 0)", "0", within_bounds, "numbers"),
    Mutant("bounds of a sum", bounds.sum_of, "max(0, _times(_high(a), many))", "_high(a)", within_bounds, "numbers"),
    Mutant(
        "bounds of a smaller one",
        bounds.smaller,
        "min(_low(a), _low(b))",
        "max(_low(a), _low(b))",
        within_bounds,
        "numbers",
    ),
]


@pytest.mark.differential
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_is_noticed(mutant: Mutant) -> None:
    """By a text made by hand, and so by `test_differential`, whatever the generator of random specifications draws."""
    assert noticed(mutant, [mutant.sample]) is not None
