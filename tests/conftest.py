"""The .gate files below are material of tests, and no tests by themselves: many of them are wrong on purpose."""

collect_ignore_glob = ["*.gate"]
