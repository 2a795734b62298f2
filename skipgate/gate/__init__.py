"""Specifications bound to code: anchors, their fingerprints, and the gate that notices when the two drift apart.

From the bottom up: `git`, `trees` and `changes` read a repository without ever running anything of it; `grammars`,
`declarations` and `fingerprint` understand its code, and `calls` who calls whom in it; `anchors`, `resolve`,
`following`, `lock`, `drift` and `specs` bind both together; `judging`, `staleness` and `checking` are the questions
that `gate` asks of a change; `report_*` say what came of it.
"""
