"""The door: commands and flags, and what a run leaves with the terminal and the runner."""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import io
import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from streaky import __version__
from streaky.config.inputs import INPUTS, SEALABLE, SECRET
from streaky.config.sources import Sources
from streaky.errors import ConfigurationError, CouldNotTell
from streaky.input.refusal import closest, visible
from streaky.runner.outputs import Runner, inert, inert_json

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from streaky.runner.ping import Ping

HANDED_ON = "Another runner delivers what this one could not."
INTERRUPTED = 130  # as shells call a process that Ctrl+C ended: 128 and the signal's number
PICTURES = {
    "card": "draw the card with the streak as SVG",
    "page": "write the page of the streak as Markdown",
}
DESCRIPTION = "Warns you before your GitHub contribution streak breaks."
EPILOG = "New here? Try 'streaky demo', then 'streaky setup'. 'streaky COMMAND --help' explains a command."

# What argparse says of a word that is none of a flag's or the command's choices.
CHOICE = re.compile(
    r"""argument (?P<which>\S+): invalid choice: (['"])(?P<given>.*)\2 \(choose from (?P<choices>.*)\)"""
)


class _Parser(argparse.ArgumentParser):
    """Reports wrong flags without the values beside them, which may be secrets."""

    def error(self, message: str) -> NoReturn:
        if wrong := CHOICE.fullmatch(message):
            choices = re.findall(r"[a-z-]+", wrong["choices"])
            near = closest(wrong["given"], choices)
            message = f"{wrong['which']} must be one of {', '.join(choices)}."
            message += f" Did you mean {near}?" if near else ""
        else:
            message = re.sub(r"""(['"]).*\1""", "what was given", message) + "."
        self.exit(2, f"{self.prog}: {message} See '{self.prog} --help'.\n")


def door() -> NoReturn:
    """Run the command of this process and end it.

    At once, without Python's finalization: threads that were given up on may still hang in a read, and
    must neither hold up the end nor fall over it.
    """
    gc.disable()  # a run is over before collecting garbage could pay
    status: object = 0
    if isinstance(sys.stdout, io.TextIOWrapper):  # one that cannot show a ✓ shows a ?, and nothing stops
        sys.stdout.reconfigure(errors="replace")
    # Whoever read our output may have gone, as with `| head`: then all that they wanted was said.
    with contextlib.suppress(BrokenPipeError):
        try:
            status = main()
        except SystemExit as end:  # of --help, or of flags that are wrong
            status = end.code
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr)
            status = INTERRUPTED
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # as where it was closed from the start
                stream.flush()
    os._exit(status if isinstance(status, int) else 0)


class _Pipe(io.FileIO):
    """A file descriptor whose reader may go away: what is written then is lost, and nothing else."""

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.EINVAL):  # the second on Windows
                raise
        return memoryview(data).nbytes


def _lasting(stream: TextIO, *, line_buffering: bool) -> TextIO:
    """The same stream, which lasts though its reader goes, or a character is none that it can show."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    stream.flush()
    if stream.isatty():
        stream.reconfigure(errors="replace")
        return stream
    buffer = io.BufferedWriter(_Pipe(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(buffer, stream.encoding, "replace", line_buffering=line_buffering)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (see `streaky.errors`)."""
    given = list(sys.argv[1:] if argv is None else argv)
    parser = _parser()
    known, unknown = parser.parse_known_args(given)
    if unknown:
        parser.error(_unknown(unknown, known))
    if known.command == "demo":
        from streaky.demo import demo

        gc.enable()
        return demo(serve=known.serve)
    if known.command == "schema":
        print((Path(__file__).parent / "config.schema.json").read_text(encoding="utf-8"), end="")
        return 0
    if known.command in ("keygen", "seal", "open"):
        from streaky.key_commands import run

        return run(known.command, vars(known), os.environ)
    if known.command == "setup":
        from streaky.setup.command import run as set_up

        sys.stdout = _lasting(sys.stdout, line_buffering=True)  # each step is done though nobody reads of it
        return set_up(vars(known), os.environ)
    if known.command == "team" and known.step == "reseal":
        from streaky.key_commands import run

        return run(known.step, vars(known), os.environ)
    if known.command == "team" and known.step == "review":
        from streaky.team.joining import check_pull_request

        return check_pull_request(Path(known.proposed), known.roster, os.environ)
    if known.command == "team":
        return _run(f"team {known.step}", {}, os.environ, "text", vars(known))
    flags = {name: getattr(known, name.replace("-", "_")) for name in INPUTS}
    if secrets := [flags[name] for name in SECRET if flags[name]]:
        from streaky.runner.process import wipe_title

        wipe_title(secrets)
    if known.command in PICTURES:
        return _picture(known.command, flags, os.environ, known.out)
    return _run(known.command, flags, os.environ, known.format)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="streaky", description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"streaky {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    texts = {
        "check": "look at today once, and send what is due",
        "test-alert": "send a test alert to every channel",
        "doctor": "check every setting, token, permission and channel, without sending anything",
        **PICTURES,
    }
    for name, text in texts.items():
        usage = f"streaky {name} [--FLAG VALUE ...]"
        asks = " GitHub is asked, and the ledger is read where there is one; nothing is sent."
        description = f"{text[0].upper()}{text[1:]}.{asks if name in PICTURES else ''}"
        description += " Each flag also has an environment variable."
        command = commands.add_parser(
            name, usage=usage, help=text, description=description, allow_abbrev=False
        )
        for each in INPUTS.values():
            command.add_argument(
                each.flag,
                metavar="VALUE",
                nargs="?" if each.name == "dry-run" else None,
                const="true" if each.name == "dry-run" else None,
                help=f"{each.description} (Or {each.environment}.)".replace("%", "%%"),
            )
        if name in PICTURES:
            command.add_argument(
                "--out",
                metavar="FILE",
                help="write it to this file; left out, it is printed. A day that cannot be read"
                " changes no file.",
            )
            continue
        command.add_argument(
            "--format", choices=("text", "json"), default="text", help="how to print the report"
        )
    demo = commands.add_parser(
        "demo",
        help="run the whole job against a sandbox on this machine",
        description="Run the whole job against a sandbox on this machine. Nothing leaves it.",
        allow_abbrev=False,
    )
    demo.add_argument(
        "--serve", action="store_true", help="keep the sandbox running, and say how to send runs there"
    )
    _add_setup(commands)
    text = "print the JSON Schema of the config file"
    commands.add_parser("schema", help=text, description=f"P{text[1:]}, for editors.", allow_abbrev=False)
    _add_key_commands(commands)
    team = commands.add_parser("team", help="guard a whole team from one repository", allow_abbrev=False)
    steps = team.add_subparsers(dest="step", required=True, metavar="STEP")
    _add_team_steps(steps)
    _add_roster_commands(steps)
    return parser


def _add_team_steps(steps: argparse._SubParsersAction[_Parser]) -> None:
    """The steps of a team's run. All else is told by variables: files give what differs from person to
    person."""
    from streaky.team.steps import OPTIONS, STEPS

    for name, text in STEPS.items():
        step = steps.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False
        )
        for option, (variable, default, what) in OPTIONS.items():
            left_out = f" Left out: {default}." if default else ""
            help = f"{what}. (Or {variable}.){left_out}"
            step.add_argument(f"--{option}", metavar="VALUE", help=f"{help[0].upper()}{help[1:]}")


def _add_setup(commands: argparse._SubParsersAction[_Parser]) -> None:
    text = "make your repository with its workflow, time zone and secrets, and send a test alert"
    more = (
        " It needs a token: GITHUB_TOKEN, GH_TOKEN, or GitHub's own `gh auth login`; without one it says how"
        " to do the same by hand. Secrets are asked for, or taken from their variables, such as"
        " DISCORD_WEBHOOK_URL. What is done already is left as it is, so you can start it again."
    )
    setup = commands.add_parser("setup", help=text, description=f"M{text[1:]}.{more}", allow_abbrev=False)
    setup.add_argument("--repository", metavar="NAME", help="its name, or owner/name (default: streaky)")
    setup.add_argument(
        "--profile", action="store_true", help="add the workflow to your profile repository, LOGIN/LOGIN"
    )
    setup.add_argument("--private", action="store_true", help="make the repository private")
    setup.add_argument("--timezone", metavar="ZONE", help="your time zone (default: this machine's, asked)")
    setup.add_argument("--yes", action="store_true", help="ask nothing: take flags, variables and defaults")
    setup.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")


def _add_key_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    texts = {
        "keygen": "make a pair of keys, for sealed values",
        "seal": "seal a secret, so that a file can hold it; you are asked for it, or it is read from stdin",
        "open": "say whether a sealed value opens with STREAKY_KEY; the value is read from stdin",
    }
    for name, text in texts.items():
        command = commands.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False
        )
        if name != "keygen":
            command.add_argument("input", choices=SEALABLE, metavar="INPUT", help=f"{', '.join(SEALABLE)}")
            command.add_argument("--user", required=True, metavar="LOGIN", help="the person it is for")
        if name != "open":
            command.add_argument(
                "--public",
                default="roster/streaky.pub",
                metavar="FILE",
                help="the public key's file (default: %(default)s)",
            )
        else:
            command.add_argument("--show", action="store_true", help="print the value itself")


def _add_roster_commands(steps: argparse._SubParsersAction[_Parser]) -> None:
    """What is done with a team's roster by hand, or for a pull request to it."""
    text = (
        "seal the roster's values anew with its public key; STREAKY_KEY has the old and the new private key"
    )
    step = steps.add_parser("reseal", help=text, description=f"S{text[1:]}.", allow_abbrev=False)
    step.add_argument("--roster", default="roster", metavar="FOLDER", help="the roster's folder")
    step.add_argument("--public", metavar="FILE", help="the public key's file (default: FOLDER/streaky.pub)")
    step.add_argument("--look", action="store_true", help="only say what is under an old key; needs no key")
    text = "check the pull request of this run: does it change its author's own file alone, and rightly?"
    step = steps.add_parser("review", help=text, description=f"C{text[1:]}", allow_abbrev=False)
    step.add_argument(
        "--roster", default="roster", metavar="PATH", help="the roster's path in the repository"
    )
    step.add_argument("--proposed", default="proposed", metavar="FOLDER", help="where it is checked out")


def _unknown(words: Sequence[str], known: argparse.Namespace) -> str:
    """What is wrong with words that no flag of a command takes; only what has a flag's form is named.
    `known`: the command, and what its own flags were given."""
    names = [
        name
        for word in words
        if re.fullmatch(r"--[a-z]{1,20}(-[a-z]{1,20}){0,3}", name := word.partition("=")[0])
    ]
    if not names:
        return "too many arguments"
    said, own = [], vars(known).keys() - {"command", "step", "input"}
    for name in names:
        near = closest(name.removeprefix("--"), [each.replace("_", "-") for each in sorted(own)])
        said.append(f"{name} (did you mean --{near}?)" if near else name)
    return f"unknown flags: {', '.join(said)}"


def _run(
    command: str,
    flags: Mapping[str, str | None],
    environment: Mapping[str, str],
    form: str,
    told: Mapping[str, Any] = {},
) -> int:
    """One run of the guard, the doctor or a team's step, with its traces in the terminal and the runner.
    `told`: what a team's step is told."""
    # Though nobody reads to the end: the alert is sent, outputs are written, the exit status is its own.
    sys.stdout = _lasting(sys.stdout, line_buffering=False)
    sys.stderr = _lasting(sys.stderr, line_buffering=True)
    # JSON on stdout stays alone there; the runner reads commands on either stream.
    runner = Runner(environment, sys.stderr if form == "json" else sys.stdout)
    sources = Sources(flags, environment, runner.mask)
    if runner.present:
        runner.mask(sources.redact.masks)
    if runner.debugging:
        _trace(sources)
    # A checkup is no check; and of a team's steps the last one speaks for all.
    silent = command == "doctor" or (command.startswith("team ") and command != "team report")
    ping = None if silent else _ping(sources)
    status, said = 1, "Streaky failed."
    try:
        status, said = _guarded(command, sources, runner, form, told)
    finally:
        # A job that hands on leaves the last word to the next one.
        if ping and said != HANDED_ON and (unheard := ping.finish(status, said)):
            runner.warning(unheard)
            print(inert(f"warning: {unheard}"), file=sys.stderr)
    return status


def _picture(
    command: str, flags: Mapping[str, str | None], environment: Mapping[str, str], out: str | None
) -> int:
    """Draw the card or the page as of now; the exit status."""
    from streaky.pictures.today import drawn

    # Nothing is sent, so no channel is missed.
    sources = Sources({**flags, "dry-run": "true"}, environment)
    try:
        text = drawn(sources, datetime.now(UTC))["card.svg" if command == "card" else "README.md"]
        if not out:
            print(inert(text.decode()), end="", flush=True)
        else:
            Path(out).write_bytes(text)
    except ConfigurationError as error:
        for fault in error.faults:
            print(inert(f"error: {visible(sources.redact(str(fault)))}"), file=sys.stderr)
        return error.exit_status
    except CouldNotTell as problem:
        print(inert(f"error: {sources.redact(str(problem))}"), file=sys.stderr)
        return 1
    except OSError as error:
        print(inert(f"error: {visible(out or '')} cannot be written: {error.strerror}."), file=sys.stderr)
        return 2
    return 0


def _ping(sources: Sources) -> Ping | None:
    """Tell an outside watch that a run starts, where one is named."""
    if not sources.ping_url:
        return None
    from streaky.runner.ping import Ping

    ping = Ping(sources.ping_url)
    ping.start()
    return ping


def _guarded(
    command: str, sources: Sources, runner: Runner, form: str, told: Mapping[str, Any]
) -> tuple[int, str]:
    """One run's exit status, and the reason for it where it is not 0."""
    try:
        if command.startswith("team "):
            from streaky.team.commands import run

            step = command.removeprefix("team ")
            return run(step, told, os.environ, sources, runner, datetime.now(UTC))
        if command == "doctor":
            return _doctor(sources, runner, form), ""
        return _guard(sources, runner, form, test=command == "test-alert")
    except ConfigurationError as error:
        return _refuse(error, sources, runner, form), "The configuration is wrong."
    except Exception:  # the last door: a defect ends the run, but its traceback must not leak
        print(inert(sources.redact(traceback.format_exc())), file=sys.stderr)
        runner.error("Streaky failed; this is a defect, please report it with the log.")
        return 1, "Streaky failed."


def _guard(sources: Sources, runner: Runner, form: str, *, test: bool) -> tuple[int, str]:
    from streaky.guard import guard

    report = guard(sources, datetime.now(UTC), test=test)
    if runner.has_summary:
        from streaky.pictures.summary import summary

        runner.summary(summary(report))
    if form != "json":
        from streaky.pictures.terminal import terminal

        print(inert(terminal(report)), flush=True)
    runner.outputs(report.outputs())
    if test:
        _self_check(sources, runner, form)
    status = report.exit_status
    if form == "json":
        print(inert_json(report.document()))
    if report.problem:
        runner.error(str(report.problem))
    unheard = report.unheard
    for outcome in report.failures:
        if outcome.old and outcome.slot not in unheard:
            continue
        say = runner.error if outcome.slot in unheard or report.test else runner.warning
        if report.handed_on and runner.hands_on:
            say = runner.notice  # the next job has the last word
        say(f"{outcome.slot} on {outcome.channel}: {outcome.why} {outcome.mend}".rstrip())
    for doubt in report.understood.doubts:
        if doubt.loud:
            runner.warning(str(doubt))
    for note in report.notes:
        say = runner.warning if note in report.warnings else runner.notice
        (runner.error if note == report.lost else say)(note)
    if report.handed_on and runner.hands_on:
        return status, HANDED_ON
    nobody = unheard or report.lost
    reason = str(report.problem) if report.problem else "An alert reached nobody." if nobody else ""
    return status, reason


def _doctor(sources: Sources, runner: Runner, form: str) -> int:
    """One checkup; its exit status."""
    from streaky.doctor import examine, told

    checkup = examine(sources, datetime.now(UTC))
    if runner.has_summary:
        runner.summary(told.page(checkup))
    print(inert_json(checkup.document()) if form == "json" else inert(told.terminal(checkup)), flush=True)
    runner.outputs(checkup.outputs())
    told.annotate(checkup, runner)
    return checkup.exit_status


def _self_check(sources: Sources, runner: Runner, form: str) -> None:
    """The part of a checkup that a test alert leaves open, on the same page."""
    from streaky.doctor import examine, told

    checkup = examine(sources, datetime.now(UTC), after_test=True)
    if runner.has_summary:
        runner.summary(told.section(checkup))
    if form != "json":
        print(inert("\n".join(told.lines(checkup))), flush=True)
    runner.outputs(checkup.outputs())
    told.annotate(checkup, runner, beside_test=True)


def _refuse(error: ConfigurationError, sources: Sources, runner: Runner, form: str) -> int:
    """Name every fault of the configuration; nothing was sent."""
    # One line each: a path, unlike a value, is told as it is, and may hold any character.
    faults = [visible(sources.redact(str(fault))) for fault in error.faults]
    if form == "json":
        print(inert_json({"version": 1, "exit-status": error.exit_status, "faults": faults}))
    for fault, text in zip(error.faults, faults, strict=True):
        print(inert(f"error: {text}"), file=sys.stderr, flush=True)
        runner.error(text, fault.place, fault.input)
    if runner.has_summary:
        from streaky.pictures.summary import refusal

        runner.summary(refusal(faults))
    return error.exit_status


def _trace(sources: Sources) -> None:
    """Write a full trace to stderr, every secret replaced."""

    class Redacted(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            # One command to the runner, however many lines it has.
            return "::debug::" + "%0A".join(inert(sources.redact(super().format(record))).splitlines())

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacted("%(relativeCreated)d ms %(name)s: %(message)s"))
    logger = logging.getLogger("streaky")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
