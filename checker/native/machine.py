"""Programs in the kernel language as machine code in this process.

LLVM comes with llvmlite. Optimising takes most of the time, so the machine code is kept in the user's cache folder,
under a name made of everything that it depends on: the texts, the translator, the version of LLVM, the processor.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

from checker.native.language import Program, Signature, Text, check
from checker.native.translate import translate
from spec.cache import cache_folder

_LEVEL = 2  # of optimisation
_KEPT = 200  # files in the cache
_DIGEST = 32  # bytes before the machine code in a file, to recognise a damaged one

_lock = threading.Lock()  # llvmlite is initialised once, and the linker's names are given out one by one
_numbers = itertools.count()


class MachineCode:
    """The exported functions of a program, callable; they run without the interpreter's lock."""

    def __init__(self, code: bytes, exported: Mapping[str, Signature]) -> None:
        with _lock:
            builder = llvm.JITLibraryBuilder().add_object_img(code)
            for name in exported:
                builder.export_symbol(name)
            library = builder.link(_linker(), f"kernels{next(_numbers)}")
        self.functions: dict[str, Callable[..., int]] = {}
        for name, signature in exported.items():
            kinds = [ctypes.c_void_p if kind == "row" else ctypes.c_int64 for kind in signature.parameters]
            function = ctypes.CFUNCTYPE(ctypes.c_int64, *kinds)(library[name])
            function.library = library  # type: ignore[attr-defined]  # the code is there as long as this
            self.functions[name] = function


def compile_program(
    texts: Sequence[Text],
    exported: Mapping[str, Signature],
    *,
    constants: Mapping[str, int] = {},
    signatures: Mapping[str, Signature] = {},
) -> MachineCode:
    """Compile a program, or take its machine code from the cache.

    Raises:
        KernelError: a text is not in the kernel language.
    """
    key = repr((texts, sorted(exported), sorted(constants.items()), sorted(signatures.items()), _environment()))
    folder = cache_folder()
    file = None if folder is None else folder / f"kernels-{sha256(key.encode()).hexdigest()[:32]}.o"
    code = None if file is None else _load(file)
    if code is None:
        code = machine_code(check(texts, constants=constants, signatures=signatures), exported)
        if file is not None:
            _save(file, code)
    return MachineCode(code, exported)


def machine_code(program: Program, exported: Mapping[str, Signature]) -> bytes:
    """The object file of a program."""
    text = translate(program, exported)
    with _lock:
        _initialise()
    machine = _target_machine()
    module = llvm.parse_assembly(text, llvm.create_context())
    # The text is in SSA form and has nothing to vectorise or to hoist: these passes reach the speed of LLVM's own
    # pipelines within a few per cent, in a fifth of the time.
    passes = llvm.create_new_module_pass_manager()
    passes.add_always_inliner_pass()
    passes.add_simplify_cfg_pass()
    passes.add_instruction_combine_pass()
    passes.add_new_gvn_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(_LEVEL)))
    code: bytes = machine.emit_object(module)
    return code


@cache
def _initialise() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


@cache
def _processor() -> tuple[str, str]:
    """The name and the features of the processor that this runs on."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _target_machine() -> llvm.TargetMachine:
    name, features = _processor()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=name, features=features, opt=_LEVEL, reloc="pic", codemodel="small")


@cache
def _linker() -> llvm.LLJIT:
    _initialise()
    return llvm.create_lljit_compiler(_target_machine())


@cache
def _environment() -> tuple[object, ...]:
    """What machine code depends on besides the texts."""
    here = Path(__file__).parent
    sources = [(here / name).read_bytes() for name in ("language.py", "translate.py", "machine.py")]
    return llvmlite.__version__, llvm.llvm_version_info, _processor(), sha256(b"".join(sources)).hexdigest()


def _load(file: Path) -> bytes | None:
    """The machine code in a file of the cache, if it is there and whole."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    digest, code = content[:_DIGEST], content[_DIGEST:]
    if digest != sha256(code).digest():
        return None
    with suppress(OSError):
        os.utime(file)  # the files that were not used for the longest time go first
    return code


def _save(file: Path, code: bytes) -> None:
    """Write a file of the cache in one step, so that other runs see all of it or nothing. It may fail."""
    with suppress(OSError):
        handle, name = tempfile.mkstemp(dir=file.parent, prefix="kernels-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(sha256(code).digest() + code)
            Path(name).replace(file)
        except OSError:
            Path(name).unlink()
            raise
        files = sorted(file.parent.glob("kernels-*.o"), key=lambda path: path.stat().st_mtime)
        for old in files[:-_KEPT]:
            old.unlink()
