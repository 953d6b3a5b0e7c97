#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what README.md shows of the command, from a run of it; or compares.

usage: readme.py COMMAND MKCERT [README.md]

Certificates are made for a fixed day, and the command judges for that day. Both backends are
needed; a port of the system's choice stands in the README as 5269."""
import os
import re
import subprocess
import sys
import tempfile

NOW = "2026-03-15T12:00:00Z"
SPECS = ["root", "ca key=p384 subject=O=Example,CN=Root not-after=+3000d",
         "ca", "ca issuer=root eku=serverAuth subject=O=Example,CN=E7 not-after=+900d",
         "fullchain", "issuer=ca san=dns:example.org,dns:conference.example.org not-after=+61d"]


def main():
    command, mkcert = (os.path.abspath(path) for path in sys.argv[1:3])
    backends = subprocess.run([command, "verify", "x", "--name", "x", "--backend", "gnutls"],
                              capture_output=True, check=False).returncode, \
        subprocess.run([command, "verify", "x", "--name", "x", "--backend", "openssl"],
                       capture_output=True, check=False).returncode
    if 2 in backends:
        print("SKIPPED: the command is built with one library only")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([mkcert, "-d", folder, "-t", NOW, *SPECS], check=True)
        os.rename(f"{folder}/fullchain-chain.pem", f"{folder}/fullchain.pem")
        text = run(command, folder, ["verify", "fullchain.pem", "--name", "example.org"], [])
        server = subprocess.Popen(
            [command, "listen", "xmpp", "--domain", "example.org", "--cert", "fullchain.pem", "--key",
             "fullchain.key", "--cafile", "root.pem", "--listen", "127.0.0.1:0", "--count", "1"],
            cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        address = server.stderr.readline().decode().split()[-1]
        text += "\n" + run(command, folder, ["connect", "xmpp:example.org"], ["--connect", address])
        server.wait(30)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:5269", text)
    if len(sys.argv) < 4:
        print(text, end="")
        return 0
    with open(sys.argv[3], encoding="utf-8") as readme:
        if text in readme.read():
            return 0
    print("README.md shows something else than this:\n" + text)
    return 1


def run(command, folder, arguments, more):
    """What a reader would type, and what is said. The day and the CA are of these certificates."""
    done = subprocess.run([command, *arguments, *more, "--cafile", "root.pem", "--at", NOW], cwd=folder,
                          capture_output=True, check=False)
    if done.returncode != 0 or done.stderr:
        sys.exit(done.stdout.decode() + done.stderr.decode())
    return f"$ s2sverify {' '.join(arguments)}\n" + done.stdout.decode()


sys.exit(main())
