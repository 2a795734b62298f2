"""LLVM, which comes with llvmlite: from programs in the kernel language to functions that can be called."""

from __future__ import annotations

import ctypes
import itertools
import threading
from collections.abc import Callable, Mapping
from functools import cache

import llvmlite
import llvmlite.binding as llvm

from skipgate.checker.native.language import KernelProgram, Signature
from skipgate.checker.native.translate import translate

_LEVEL = 2  # of optimisation

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
            function.code = library  # type: ignore[attr-defined]  # keeps the code alive
            self.functions[name] = function


def machine_code(program: KernelProgram, exported: Mapping[str, Signature]) -> bytes:
    """The object file of a program."""
    text = translate(program, exported)
    with _lock:
        _initialise()
    machine = _target_machine()
    module = llvm.parse_assembly(text, llvm.create_context())
    # The text is in SSA form, computes nothing twice, and has nothing to vectorise or to hoist: these passes reach the
    # speed of LLVM's own pipelines within a few per cent, in a fraction of the time. (NewGVN, which finds more that
    # is computed twice, aborts on some programs.)
    passes = llvm.create_new_module_pass_manager()
    passes.add_always_inliner_pass()
    passes.add_simplify_cfg_pass()
    passes.add_sccp_pass()
    passes.add_instruction_combine_pass()
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


def environment() -> str:
    """What LLVM makes machine code for."""
    return repr((llvmlite.__version__, llvm.llvm_version_info, llvm.get_process_triple(), *_processor()))
