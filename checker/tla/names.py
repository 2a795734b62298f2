"""Names of a specification as names of TLA+.

They stay as they are, except those that mean something in TLA+ or in its standard modules. Names that the exporter adds
give way to those of the specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_RESERVED_WORDS = """
    ACTION ASSUME ASSUMPTION AXIOM BY BOOLEAN CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE DEFS DOMAIN ELSE
    ENABLED EXCEPT EXTENDS FALSE HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED ONLY OTHER
    PICK PROOF PROPOSITION PROVE QED RECURSIVE SF_ STATE STRING SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM TRUE
    UNCHANGED UNION USE VARIABLE VARIABLES WF_ WITH WITNESS
"""
_STANDARD_OPERATORS = """
    Nat Int Seq Len Append Head Tail SubSeq SelectSeq IsFiniteSet Cardinality Print PrintT Assert JavaTime TLCGet TLCSet
    Permutations SortSeq RandomElement Any ToString TLCEval
"""
_RESERVED, _STANDARD = frozenset(_RESERVED_WORDS.split()), frozenset(_STANDARD_OPERATORS.split())


class NameAllocator:
    """Gives out names that mean nothing else, for as long as it lives."""

    def __init__(self, used: Iterable[str]) -> None:
        self.taken = set(used) | _RESERVED | _STANDARD
        self.own: dict[str, str] = {}
        self.locals: set[str] = set()

    def of(self, name: str) -> str:
        """The name for one of the specification, always the same. Those of instances have a `_` for each dot."""
        name = name.replace("[_]", "")
        if "." in name and name not in self.own:
            self.own[name] = self.fresh(name.replace(".", "_"))
        if name not in self.own:
            self.own[name] = name if _is_fine(name) else self.fresh(f"{name}_" if re.search("[A-Za-z]", name) else "x")
        return self.own[name]

    def rename(self, name: str) -> None:
        """Let a name of the specification have another one here."""
        self.own[name] = self.fresh(f"{name}_")

    @property
    def tag(self) -> str:
        """The field that tells the shape of a variant."""
        if "" not in self.own:
            self.own[""] = self.fresh("kind")
        return self.own[""]

    def fresh(self, stem: str) -> str:
        """A name that is not taken yet, if possible this one."""
        name = self._free(stem if _is_fine(stem) else f"x{stem}")
        self.taken.add(name)
        return name

    def local(self, stem: str) -> str:
        """The same for a name inside a definition: until `locals` are cleared, at its end."""
        name = self._free(stem)
        self.locals.add(name)
        return name

    def _free(self, stem: str) -> str:
        name, number = stem, 1
        while name in self.taken or name in self.locals:
            number += 1
            name = f"{stem}{number}"
        return name


def module_name(text: str) -> str:
    """A name for a module, which is also the name of a file."""
    name = re.sub("[^A-Za-z0-9_]", "_", text)
    return name if re.search("[A-Za-z]", name) and _is_fine(name) else f"m_{name}"


def _is_fine(name: str) -> bool:
    letters = re.search("[A-Za-z]", name) is not None
    return letters and name not in _RESERVED | _STANDARD and not name.startswith(("WF_", "SF_"))
