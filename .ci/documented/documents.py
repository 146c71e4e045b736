"""The commands that the documents show, and the jobs that run them.

A command is a fenced block of shell commands or of Go, or a code span of the prose that shows a whole command line. The
file `ledger` lists every command with the jobs that run it. ClientsTest runs the programs in other languages.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

# AWS's tools ignore this machine's credentials, profiles and endpoints, and reach no account.
for variable in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_ENDPOINT_URL"]:
    del os.environ[variable]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_PAGER": "",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# Seconds that commands may take; some would wait for ever if something is wrong.
LONGEST = 300

FENCE = re.compile(r"^( *)```(\w*)\s*$")
LANGUAGES = {"sh", "bash", "shell", "console", "go"}
SPAN = re.compile(r'`((?:[A-Z_]+=\S+ )*(?:aws|mvn|sam|docker|keyferry|bench/\w+)(?= )[^`]*(?: -|&&|"[$])[^`]*)`')


@dataclass(frozen=True)
class Command:
    file: str
    line: int
    text: str

    @property
    def lines(self):
        return self.text.splitlines()

    @property
    def name(self):
        """What the ledger calls it."""
        return f"{self.file}: {self.lines[0]}"


def documents():
    paths = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    paths += [ROOT / "events/README.md", ROOT / "infra/localstack/README.md"]
    return [path.relative_to(ROOT).as_posix() for path in paths]


def parse(file):
    """The blocks of a document, and its spans."""
    fence, block, blocks, spans = None, [], [], {}
    for number, line in enumerate((ROOT / file).read_text(encoding="utf-8").splitlines(), 1):
        mark = FENCE.match(line)
        if mark and fence is None:
            fence, block = mark, []
        elif mark:
            if fence[2] in LANGUAGES:
                blocks.append(Command(file, number - len(block), "\n".join(block)))
            fence = None
        elif fence is not None:
            block.append(line.removeprefix(fence[1]))
        else:
            for span in SPAN.findall(line):
                spans.setdefault(span, Command(file, number, span))
    return blocks, list(spans.values())


def all_commands():
    """Every block, and every span that no block shows, in the documents' order."""
    parsed = {file: parse(file) for file in documents()}
    shown = [line for blocks, _ in parsed.values() for block in blocks for line in block.lines]
    commands = []
    for blocks, spans in parsed.values():
        spans = [span for span in spans if not any(line.startswith(span.text) for line in shown)]
        commands += sorted(blocks + spans, key=lambda command: command.line)
    return commands


def find(file, part):
    """The one command of a document that contains a text."""
    found = [command for command in all_commands() if command.file == file and part in command.text]
    if len(found) != 1:
        raise LookupError(f"{file} has {len(found)} commands that contain {part!r}; there must be one")
    return found[0]


def ledger():
    """Pairs of a command's name and what the indented lines below it say."""
    entries = []
    for line in (HERE / "ledger").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            entries[-1][1].append(line.strip())
        elif line and not line.startswith("#"):
            entries.append((line, []))
    return entries


def shell(text, expect=0, **environment):
    """Runs commands with bash and returns what they print to standard output."""
    done = subprocess.run(
        ["timeout", str(LONGEST), "bash", "-euo", "pipefail", "-c", text],
        cwd=environment.pop("cwd", ROOT),
        env={**os.environ, **{name: str(value) for name, value in environment.items()}},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    must(done.returncode == expect,
         f"exit status {done.returncode}, not {expect}, of\n{text}\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def must(holds, what):
    if not holds:
        raise AssertionError(what)


class Job:
    """Steps that each run one command of a document and check its result, in the order of the file."""

    def __init__(self):
        self.name = f".ci/documented/{Path(sys.argv[0]).name}"
        self.steps = []
        if not (shutil.which("aws") and shutil.which("sam")):
            tools = subprocess.check_output([ROOT / ".ci/sam/install"], text=True).strip()
            os.environ["PATH"] = f"{os.environ['PATH']}:{tools}"

    def runs(self, file, part):
        """Declares a step: a function of the command in `file` that contains `part`."""

        def declare(step):
            self.steps.append((find(file, part), step))
            return step

        return declare

    def run(self):
        """Prints a line for each step. Returns the exit status, 1 if a step fails or the ledger disagrees."""
        failed = False
        for command, step in self.steps:
            begin = time.monotonic()
            try:
                verdict, why = "ok", step(command) or ""
            except Exception as error:  # One step's failure must not hide the others'.
                verdict, failed = "FAILED", True
                why = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
            seconds = time.monotonic() - begin
            print(f"{verdict:7}{seconds:6.1f} s  {command.file}:{command.line}: {command.lines[0][:90]}", flush=True)
            if why:
                print(re.sub("^", "        ", why, flags=re.M), flush=True)
        ran = Counter(command.name for command, _ in self.steps)
        listed = Counter(name for name, jobs in ledger() if self.name in [job.split(":")[0] for job in jobs])
        for name in (ran - listed) + (listed - ran):
            failed = True
            print(f"FAILED  the ledger and this job disagree on whether it runs {name}")
        return 1 if failed else 0
