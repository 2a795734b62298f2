"""The call graph of a tree, worked out where somebody asks."""

from __future__ import annotations

from skipgate.gate.calls.by_name import NamedFunctions, named_callees
from skipgate.gate.calls.callees import FUNCTIONS, Callees, OpenCall, collected
from skipgate.gate.calls.go_calls import go_callees
from skipgate.gate.calls.go_module import GoModule
from skipgate.gate.code import Symbol
from skipgate.gate.grammars import GO
from skipgate.gate.resolve import CodeBase


class CallGraph:
    """Who calls whom, in all code of a tree. Each symbol is looked at once."""

    def __init__(self, code: CodeBase) -> None:
        self._code = code
        self._go = GoModule(code)
        self._named = NamedFunctions(code)
        self._callees: dict[str, Callees] = {}

    def callees(self, symbol: Symbol) -> Callees:
        """What a symbol calls. Of a file, what its functions call."""
        if symbol.key not in self._callees:
            self._callees[symbol.key] = Callees()  # for the time being: it may call itself
            self._callees[symbol.key] = self._of_file(symbol) if not symbol.name else self._of(symbol)
        return self._callees[symbol.key]

    def _of_file(self, symbol: Symbol) -> Callees:
        inner = [each for each in self._code.file(symbol.path).symbols if each.kind in FUNCTIONS]
        all_of_them = [self.callees(each) for each in inner]
        own = {each.key for each in inner}
        return collected(
            (callee for each in all_of_them for callee in each.found if callee.key not in own),
            (call for each in all_of_them for call in each.unknown),
        )

    def _of(self, symbol: Symbol) -> Callees:
        file = self._code.file(symbol.path)
        if file.grammar is None:
            return Callees()
        if any(node.has_error for node in symbol.nodes):
            why = "its code has syntax errors, so its calls are not known"
            return Callees((), (OpenCall(symbol.name, symbol.path, symbol.line, why),))
        try:
            if file.grammar is GO:
                return self._of_go(symbol)
            return named_callees(symbol, file.grammar, self._named, file.symbols)
        except RecursionError:
            why = "its code is nested too deeply to be followed"
            return Callees((), (OpenCall(symbol.name, symbol.path, symbol.line, why),))

    def _of_go(self, symbol: Symbol) -> Callees:
        file = self._go.file(symbol.path)
        if file is None:
            return Callees()
        if symbol.kind == "type":  # its methods stand apart from it
            methods = [each for name, each in file.package.methods.items() if name.startswith(f"{symbol.name}.")]
            return collected((declaration.symbol for each in methods for declaration in each), ())
        return go_callees(file, symbol.nodes)
