# SPDX-License-Identifier: Apache-2.0
"""Test lines as tests/run counts them."""

import sys


class Tap:
    def __init__(self):
        self.count = self.bad = 0

    def test(self, name, faults=()):
        """One test; `faults` are lines that say what went wrong, none when it passed. A single text is one fault."""
        faults = [faults] if isinstance(faults, str) and faults else list(faults)
        self.count += 1
        self.bad += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {self.count} - {name}")
        for fault in faults:
            for line in str(fault).splitlines():
                print(f"# {line}")
        sys.stdout.flush()
        return not faults

    def end(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.bad or not self.count else 0
