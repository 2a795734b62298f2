"""Calls in other languages than Go: what names tell, found by reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.gate.calls import by_name
from skipgate.gate.calls.graph import CallGraph
from skipgate.gate.resolve import CodeBase
from skipgate.gate.trees import WorkTree
from tests.planted import Mutant, applied

PYTHON = {
    "engine.py": """\
from store import Store, load

def start(path):
    store = Store(path)
    recover(store)
    log.info(len(path))

def recover(store):
    store.sync()
    store.close()
    load()

class Engine:
    def run(self):
        self.step()
        step()
        self.flush()

    def step(self):
        return [decide(x) for x in self.items]

def decide(x):
    return x
""",
    "store.py": """\
class Store:
    def __init__(self, path):
        self.close()

    def close(self):
        pass

    def flush(self):
        pass

class Cache:
    def close(self):
        pass

    def sync(self):
        pass

def load():
    pass

def step():
    pass
""",
    "tests/test_store.py": "def sync():\n    pass\n",
}
RUST = {
    "src/a.rs": """\
impl Engine {
    fn run(&self) {
        self.step();
        Engine::check();
        Store::open();
        helper(1);
        self.store.close();
    }
    fn step(&self) {}
    fn check() {}
}
fn helper(n: u32) { outside::thing(n) }
""",
    "src/b.rs": "impl Store { fn open() {} fn close(&self) {} }\nimpl Other { fn open() {} }\n",
}
JAVA = {
    "A.java": """\
class A {
    B b = new B(1);
    void run() { step(); b.go(); this.step(); new B(2).stop(); }
    void step() {}
}
""",
    "B.java": "class B {\n    B(int n) {}\n    void go() {}\n    void stop() { System.out.println(); }\n}\n",
}
TYPESCRIPT = {
    "a.ts": """\
class Engine {
  constructor() { start(); }
  run() { this.step(); store.close(); new Engine(); }
  step() { return items.map(decide); }
}
export function start() { return helper(); }
const helper = () => 1;
""",
    "b.tsx": "export class Store {\n  close() {}\n}\nexport function helper() {}\n",
}

CALLS = [
    (PYTHON, "engine.py", "start", "Store.__init__ recover", ""),
    (PYTHON, "engine.py", "recover", "Cache.sync load", "store.close"),
    (PYTHON, "engine.py", "Engine.run", "Engine.step step Store.flush", ""),
    (PYTHON, "engine.py", "Engine.step", "decide", ""),
    (PYTHON, "store.py", "Store.__init__", "Store.close", ""),
    (RUST, "src/a.rs", "Engine.run", "Engine.step Engine.check Store.open helper Store.close", ""),
    (RUST, "src/a.rs", "helper", "", ""),
    (JAVA, "A.java", "A.run", "A.step B.go B.B B.stop", ""),
    (JAVA, "A.java", "A.b", "B.B", ""),
    (JAVA, "B.java", "B.stop", "", ""),
    (TYPESCRIPT, "a.ts", "Engine.run", "Engine.step Store.close Engine.constructor", ""),
    (TYPESCRIPT, "a.ts", "Engine.constructor", "start", ""),
    (TYPESCRIPT, "a.ts", "start", "helper", ""),
]


def held(root: Path, files: dict[str, str], path: str, name: str, callees: str, unknown: str) -> None:
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    code = CodeBase(WorkTree(root, None))
    (symbol,) = code.file(path).named(name)
    found = CallGraph(code).callees(symbol)
    assert sorted(each.name for each in found.found) == sorted(callees.split())
    assert [call.text for call in found.unknown] == unknown.split()


@pytest.mark.parametrize(("files", "path", "name", "callees", "unknown"), CALLS)
def test_callees(tmp_path: Path, files: dict[str, str], path: str, name: str, callees: str, unknown: str) -> None:
    held(tmp_path, files, path, name, callees, unknown)


def test_a_name_that_could_be_several_says_which(tmp_path: Path) -> None:
    held(tmp_path, PYTHON, "engine.py", "recover", "Cache.sync load", "store.close")
    code = CodeBase(WorkTree(tmp_path, None))
    (symbol,) = code.file("engine.py").named("recover")
    (call,) = CallGraph(code).callees(symbol).unknown
    assert call.why == "2 functions have this name"
    assert {each.key for each in call.candidates} == {"store.py :: Store.close", "store.py :: Cache.close"}
    assert (call.path, call.line) == ("engine.py", 10)


FAULTS = [
    ("one of several is taken", by_name.named_callees, "if len(exact or candidates) == 1:", "if candidates:"),
    ("tests count", by_name.NamedFunctions._read, "or _TESTS.search(path)", ""),
    ("classes are not called", by_name.answers, 'if last in ("__init__", "constructor"):', "if False:"),
    (
        "the type of a method is not heeded",
        by_name.named_callees,
        "if of and each.name ==",
        "if False and each.name ==",
    ),
]


@pytest.mark.parametrize(("what", "function", "old", "new"), FAULTS)
def test_a_planted_fault_is_noticed(tmp_path: Path, what: str, function: object, old: str, new: str) -> None:
    def everything(seed: int) -> None:
        for number, call in enumerate(CALLS):
            held(tmp_path / str(number), *call)

    with applied(Mutant(what, function, old, new, everything)), pytest.raises(AssertionError):
        everything(0)
