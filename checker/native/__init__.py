"""The native engine: generated kernels and the search around them, compiled to machine code.

    language     the kernel language: a small subset of Python over 64-bit integers
    language_check  refuses what is not in it
    intrinsics   what the language has beyond operators, as CPython runs it
    reference    the language executed by CPython with the same wrap-around: the definition that tests compare with
    translate    checked kernels to LLVM IR
    machine      LLVM IR to functions that can be called, by llvmlite
    units        programs to be compiled, and the cache of their machine code
    worker       compiling in another process
    loops        the search, in the kernel language
    memory       rows in reserved address space
    threads      calls that run at the same time
    engine       drives the loops: threads, growth, limits
    retrace      shortest traces from a search that keeps no predecessors
    takeover     going on with a search that has begun under CPython
    compilation  machine code, got ready while something else runs
    tiers        which engine searches when
    walks        random walks, in the kernel language
    walkers      drives the walks

Nothing but `tiers` and `compilation` is imported before a search turns out to be large.
"""
