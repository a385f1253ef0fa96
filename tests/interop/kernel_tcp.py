"""TCP against the kernel's."""

from case import Cases

CASES = Cases()
