# SPDX-License-Identifier: MIT
"""Runs the example servers against each other, over loopback.

EXAMPLES_WRAPPER in the environment goes in front of every program, for example
"valgrind -q --leak-check=full --error-exitcode=99"."""
import os
import shlex
import subprocess
import sys
import tempfile
import threading

WRAPPER = shlex.split(os.environ.get("EXAMPLES_WRAPPER", ""))
LIMIT = 120 if WRAPPER else 20  # seconds that one program may take

# 0 and 1 are the programs' own; a sanitizer's is told apart from them.
ENVIRONMENT = dict(os.environ)
for tool in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"):
    ENVIRONMENT[tool] = ENVIRONMENT.get(tool, "") + ":exitcode=99"


def check_status(command, status, log):
    if status not in (0, 1):
        sys.exit(f"{command[0]} ended with {status}:\n{log}")


class Bench:
    """Certificates and programs, and a count of what went wrong."""

    def __init__(self, title, argv, needed):
        if len(argv) < 4:
            sys.exit(f"usage: {argv[0]} EXAMPLES-DIR MKCERT BACKEND ...")
        self.title, self.folder, self.mkcert, self.backends = title, argv[1], argv[2], argv[3:]
        self.checks = self.failures = 0
        for name in needed:
            for backend in self.backends:
                path = self.program(name, backend)
                if not os.access(path, os.X_OK):
                    print(f"\n*** {title} EXAMPLES NOT TESTED: {path} was not built ***\n")
                    sys.exit(77)
        self.scratch = tempfile.TemporaryDirectory()

    def program(self, name, backend):
        return os.path.join(self.folder, f"{name}-{backend}")

    def certificates(self, **leaves):
        """Under a serverAuth-only CA, as a public one is today."""
        specs = ["root", "ca key=p384", "ca", "ca issuer=root eku=serverAuth",
                 "stranger", "ca", "unknown", "issuer=stranger san=dns:a.example,dns:mx.b.example"]
        for name, spec in leaves.items():
            specs += [name, "issuer=ca " + spec]
        subprocess.run([self.mkcert, "-d", self.scratch.name, *specs], check=True, timeout=60)

    def file(self, name):
        return os.path.join(self.scratch.name, name)

    def identity(self, certificate):
        """Options for a program: who it is, if anybody, and whom it trusts."""
        options = ["-A", self.file("root.pem")]
        if certificate:
            options += ["-C", self.file(certificate + "-chain.pem"),
                        "-K", self.file(certificate + ".key")]
        return options

    def check(self, what, got, wanted):
        self.checks += 1
        if got != wanted:
            self.failures += 1
            print(f"FAILED: {what}\n  wanted: {wanted}\n  got:    {got}")

    def finish(self):
        print(f"{self.title}: {self.checks} checks, {self.failures} failed")
        self.scratch.cleanup()
        sys.exit(1 if self.failures or not self.checks else 0)


class Server:
    """A server that prints its port, then what came of its one connection."""

    def __init__(self, command):
        self.command = command
        self.process = subprocess.Popen(WRAPPER + command, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=ENVIRONMENT, encoding="utf-8")
        self.alarm = threading.Timer(LIMIT, self.process.kill)
        self.alarm.start()
        self.port = self.process.stdout.readline().strip()

    def end(self):
        """What it said, and its log."""
        out, log = self.process.communicate()
        self.alarm.cancel()
        check_status(self.command, self.process.returncode, log)
        return out.strip(), log


def run_client(command, port):
    """What it said, and its log."""
    done = subprocess.run([*WRAPPER, *command, "-p", port], capture_output=True, timeout=LIMIT,
                          env=ENVIRONMENT, encoding="utf-8", check=False)
    check_status(command, done.returncode, done.stderr)
    return done.stdout.strip(), done.stderr


def converse(server_command, client_command):
    """Returns what the server and the client said."""
    server = Server(server_command)
    said, _ = run_client(client_command, server.port)
    return server.end()[0], said
