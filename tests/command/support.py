# SPDX-License-Identifier: MIT
"""Runs the command and looks at what it says.

COMMAND_WRAPPER in the environment goes in front of it, for example
"valgrind -q --leak-check=full --error-exitcode=99"."""
import atexit
import json
import os
import shlex
import subprocess
import sys
import tempfile

WRAPPER = shlex.split(os.environ.get("COMMAND_WRAPPER", ""))
LIMIT = 120 if WRAPPER else 30  # seconds that one run may take

ACCEPTED, REFUSED, USAGE, UNDECIDED = range(4)


def environment():
    """The test's own, and a sanitizer's end told apart from the command's."""
    env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
    for tool in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"):
        env[tool] = env.get(tool, "") + ":exitcode=99"
    return env


class Run:
    """One run that came to its end."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def json(self):
        return json.loads(self.out)


class Bench:
    """Certificates, the command, and a count of what went wrong."""

    def __init__(self, title):
        if len(sys.argv) < 3:
            sys.exit(f"usage: {sys.argv[0]} COMMAND MKCERT")
        self.title, self.program, self.mkcert = title, os.path.abspath(sys.argv[1]), sys.argv[2]
        self.checks = self.failures = 0
        scratch = tempfile.TemporaryDirectory()
        atexit.register(scratch.cleanup)
        self.folder = scratch.name

    def make(self, *specs):
        """mkcert's arguments: NAME SPEC ..."""
        subprocess.run([self.mkcert, "-d", self.folder, *specs], check=True, timeout=60)

    def make_usual(self, **leaves):
        """Leaves under a serverAuth-only CA, as a public one is today."""
        specs = ["root", "ca key=p384", "ca", "ca issuer=root eku=serverAuth"]
        for name, spec in leaves.items():
            specs += [name, "issuer=ca " + spec]
        self.make(*specs)

    def file(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.file(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return self.file(name)

    def run(self, *arguments, **more):
        env = environment()
        env.update(more.pop("env", {}))
        done = subprocess.run([*WRAPPER, self.program, *arguments], capture_output=True,
                              timeout=LIMIT, env=env, check=False, stdin=subprocess.DEVNULL, **more)
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())

    def check(self, what, got, wanted):
        self.checks += 1
        if got != wanted:
            self.failures += 1
            print(f"FAILED: {what}\n  wanted: {wanted!r}\n  got:    {got!r}")

    def check_has(self, what, text, *parts):
        for part in parts:
            self.checks += 1
            if part not in text:
                self.failures += 1
                print(f"FAILED: {what}\n  wanted in it: {part!r}\n  got: {text}")

    def check_clean(self, what, text, width=80):
        """Nothing that a terminal would obey, and no line too long."""
        self.check(what + ": no control characters",
                   [c for c in text if ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160], [])
        if width:
            self.check(what + ": width", [line for line in text.splitlines() if len(line) > width],
                       [])

    def finish(self):
        print(f"{self.title}: {self.checks} checks, {self.failures} failed")
        sys.exit(1 if self.failures or not self.checks else 0)
