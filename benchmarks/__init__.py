"""skipgate's speed, against TLC and SPIN on the same models in the same run. Not part of the installed packages.

`python -m benchmarks` measures and writes docs/performance.md; `--quick` measures small models and prints the page.
"""
