"""keygen, seal, open and team reseal: what people do by hand with keys and sealed values.

Nothing secret is taken from the command line, where others on the machine could read it, and nothing secret
is printed but what was asked for, alone and once, on stdout.
"""

from __future__ import annotations

import getpass
import io
import os
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from streaky import sealing
from streaky.config import file as config_file
from streaky.config import values
from streaky.config.inputs import IN_FILE, INPUTS, KEY
from streaky.errors import ConfigurationError
from streaky.input.refusal import BadValue, visible
from streaky.input.sealed import is_sealed
from streaky.sealing import BadKey, NotOpened, PrivateKey, PublicKey

BIGGEST = 65_536  # bytes of what is read from stdin
SECRETS_PAGE = "Settings → Secrets and variables → Actions"


class _Refused(Exception):
    """The command cannot be done: what is wrong, and the mend, as text for the person."""


def run(command: str, options: Mapping[str, Any], environment: Mapping[str, str]) -> int:
    """Run one of the commands; its exit status: 0 done, 2 what was given is wrong (nothing was printed on
    stdout). `options`: the command's arguments by name."""
    try:
        if command == "keygen":
            _keygen(Path(options["public"]), environment)
        elif command == "seal":
            _seal(options["input"], options["user"], Path(options["public"]))
        elif command == "reseal":
            return _reseal(Path(options["roster"]), options["public"], environment, look=options["look"])
        else:
            _open(options["input"], options["user"], environment, show=options["show"])
    except ImportError:
        return _refuse("The package cryptography is not installed here. Install streaky[sealed].")
    except KeyboardInterrupt:
        return _refuse("Nothing was done.")
    except _Refused as refused:
        return _refuse(str(refused))
    return 0


def _refuse(why: str) -> int:
    print(f"error: {visible(why)}", file=sys.stderr)
    return 2


def _keygen(file: Path, environment: Mapping[str, str]) -> None:
    """Make a pair of keys: the public one into a new file, the private one to stdout."""
    _keep_out_of_logs(environment, "the private key")
    key = sealing.new_key()
    public = f"{key.public}\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="ascii", newline="\n") as stream:
            stream.write(public)
    except (OSError, ValueError) as error:
        if os.path.lexists(file):
            what = f"{file} exists, and is never overwritten: what was sealed with it would no longer open."
            raise _Refused(f"{what} Name another file with --public.") from None
        raise _Refused(_unusable(file, "written", error)) from None
    try:
        print(key.text, flush=True)
    except OSError:
        file.unlink()  # nobody has its private key
        raise _Refused("The private key could not be printed, so no pair of keys was made.") from None
    _tell(f"The public key is in {file}: commit it.")
    _tell(f"Above is the private key. It is shown only now: make it the repository secret {KEY.environment}")
    _tell(f"({SECRETS_PAGE}), and keep a copy where you keep passwords.")


def _seal(name: str, user: str, file: Path) -> None:
    """Print a value of an input, sealed for a person."""
    login, key = _login(user), _public_key(file)
    value = _hidden(f"{name} of {login} (not shown): ")
    _check(name, value)
    try:
        line = f"{name}: {sealing.seal(value, key, login, name)}"
    except BadKey as bad:
        raise _Refused(f"{file} {bad.what} {bad.mend}") from None
    print(line, flush=True)


def _open(name: str, user: str, environment: Mapping[str, str], *, show: bool) -> None:
    """Say whether a sealed value opens for a person, and print it where that is asked for."""
    if show:
        _keep_out_of_logs(environment, "the value")
    login, keys = _login(user), _private_keys(environment)
    if _in_terminal():
        _tell(f"Paste the line {name}: sealed:v1:… and end it with Enter.")
    text = _sealed_text(name)
    try:
        value = sealing.open_sealed(text, keys, login, name)
    except NotOpened as shut:
        raise _Refused(f"{name} {shut.what} {shut.mend}") from None
    _check(name, value)
    if show:
        print(value, flush=True)
    else:
        print(f"{name} of {login} opens, and is well formed. Add --show to see it.", flush=True)


def _reseal(folder: Path, public: str | None, environment: Mapping[str, str], *, look: bool) -> int:
    """Seal a roster's values anew with its public key, or `look` only which are under an old one."""
    from streaky.team import reseal  # no other command has a roster

    file = Path(public) if public else folder / "streaky.pub"
    new = _public_key(file)
    keys = () if look else _private_keys(environment)
    if not look and new.id not in (key.public.id for key in keys):
        what = f"{KEY.environment} has no private key for {file}, so what is sealed with it would not open."
        raise _Refused(f"{what} Put the new one below the old one, one a line.")
    anew = before = 0
    left: list[str] = []
    try:
        for each in reseal.old_ones(folder, new) if look else reseal.reseal(folder, new, keys):
            anew, before = anew + len(each.anew), before + len(each.before)
            for place in each.anew:
                print(visible(f"{place}: sealed anew"), flush=True)
            left += (str(fault) for fault in each.left)
    except ConfigurationError as error:
        raise _Refused(str(error)) from None
    for fault in left:
        _refuse(fault)
    print(f"Sealed anew: {anew}. Under the key {new.id} before: {before}. Left: {len(left)}.", flush=True)
    return 2 if left else 0


def _sealed_text(name: str) -> str:
    """The sealed value of an input on stdin: alone, as the line that `seal` prints, or in a whole file."""
    raw = _stdin().readline(BIGGEST + 1) if _in_terminal() else _stdin().read(BIGGEST + 1)
    if is_sealed(alone := raw.decode(errors="replace").strip()):
        return alone
    read = config_file.read(raw, "standard input", IN_FILE)
    text = read.values.get(name, "")
    if not is_sealed(text):
        raise _Refused(f"standard input has no sealed value of {name}. Give it the line that seal printed.")
    return text


def _check(name: str, value: str) -> None:
    """Refuse what is no value of that input."""
    each = INPUTS[name]
    try:
        if not value.strip():
            raise BadValue("is empty.")
        values.printable(value.strip(), lines=each.lines)
        each.read(value.strip())
    except BadValue as bad:
        raise _Refused(f"{name} {bad.what} {bad.mend}".rstrip()) from None


def _login(user: str) -> str:
    try:
        return values.login(user.strip()).lower()
    except BadValue as bad:
        raise _Refused(f"--user: {bad.what} {bad.mend}") from None


def _public_key(file: Path) -> PublicKey:
    try:
        with file.open("rb") as stream:
            text = stream.read(1000).decode(errors="replace")
    except FileNotFoundError:
        mend = "Copy it from the repository, or make a pair of keys with streaky keygen."
        raise _Refused(f"{file} does not exist. {mend}") from None
    except (OSError, ValueError) as error:
        raise _Refused(_unusable(file, "read", error)) from None
    try:
        return sealing.public_key(text)
    except BadKey as bad:
        raise _Refused(f"{file} {bad.what} {bad.mend}") from None


def _private_keys(environment: Mapping[str, str]) -> tuple[PrivateKey, ...]:
    """The keys of the environment; in a terminal they are asked for where it has none."""
    text = environment.get(KEY.environment, "")
    if not text.strip() and _in_terminal():
        text = _hidden(f"{KEY.environment} (not shown): ")
    if not text.strip():
        raise _Refused(f"No key is set. Put the private key into the variable {KEY.environment}.")
    try:
        return sealing.private_keys(text)
    except BadKey as bad:
        raise _Refused(f"{KEY.environment}: {bad.what} {bad.mend}") from None


def _hidden(prompt: str) -> str:
    """What is typed without being shown, or what comes by a pipe, without the line break at its end."""
    if _in_terminal():
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                return getpass.getpass(prompt, sys.stderr)
            except EOFError:
                raise _Refused("Nothing was typed.") from None
            except getpass.GetPassWarning:
                raise _Refused("This terminal shows what is typed. Hand the value over by a pipe.") from None
    raw = _stdin().read(BIGGEST + 1)
    if len(raw) > BIGGEST:
        raise _Refused("The value is too long.")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise _Refused("The value is not text (UTF-8).") from None
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def _in_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _stdin() -> BinaryIO:
    """stdin as bytes; empty where it was closed from the start."""
    return io.BytesIO() if sys.stdin is None else sys.stdin.buffer


def _keep_out_of_logs(environment: Mapping[str, str], what: str) -> None:
    if environment.get("GITHUB_ACTIONS") == "true":
        raise _Refused(f"In a workflow, {what} would stand in the log. Do this on your own computer.")


def _unusable(file: Path, done: str, error: OSError | ValueError) -> str:
    reason = getattr(error, "strerror", None) or "that is no path"
    return f"{file} cannot be {done}: {reason}."


def _tell(text: str) -> None:
    print(text, file=sys.stderr)
