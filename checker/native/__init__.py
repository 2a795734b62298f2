"""The native engine: generated kernels and the search around them, compiled to machine code.

    language     the kernel language: a small subset of Python over 64-bit integers, checked before it is translated
    intrinsics   what the language has beyond operators, as CPython runs it
    reference    the language executed by CPython with the same wrap-around: the definition that tests compare with
    translate    checked kernels to LLVM IR
    machine      LLVM IR to functions that can be called, by llvmlite; compiled code is cached on disk

Nothing here is imported before a search turns out to be large.
"""
