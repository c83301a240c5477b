"""Flags, environment, config file and defaults made into one frozen `Settings`.

Precedence: flag, then environment (which an action's inputs become), then config file, then default.
Empty means unset everywhere, because GitHub hands over unset inputs as "". All faults are collected
and raised together as one `ConfigurationError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import PurePath, PurePosixPath
from typing import Any, TypeVar, overload
from urllib.parse import urlsplit

from streaky.channels import ADDRESSES, CHANNELS, NO_CHANNEL, no_channel
from streaky.config import inputs, values
from streaky.config.file import ConfigFile
from streaky.config.inputs import INPUTS, SEALABLE, SECRET, SECRET_PARTS
from streaky.config.settings import Settings
from streaky.errors import ConfigurationError, Fault, Place
from streaky.hosts import is_loopback
from streaky.input import urls
from streaky.input.refusal import BadValue, looks_secret
from streaky.input.row import TEAM_ALONE, Input, Preset, Seat, add_secret
from streaky.input.sealed import is_sealed
from streaky.redaction import Redactor
from streaky.runner.job import Job, read_job
from streaky.runner.server import API, GitHub
from streaky.schedule.slots import AUTO, Speaking
from streaky.streak import Rules

T = TypeVar("T")
Text = tuple[str, Place | None]  # what was written for an input, and where
NOTHING: Text = ("", None)
JOB_TOKEN = "STREAKY_JOB_TOKEN"  # the name of a variable; action.yml sets it to the job's own token


@dataclass(frozen=True, slots=True)
class Origin:
    """What an input holds as it was written ("set" for an address or a secret), and what set it: a flag, a
    variable, or a file's line and column. Where nothing sets it, `source` is "" and `value` what holds
    then."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Examined:
    """Settings in which a default stands in for what cannot be read; `faults`: all that is wrong; `origins`:
    where each input comes from."""

    settings: Settings
    faults: tuple[Fault, ...]
    origins: tuple[Origin, ...]


class Sources:
    """What flags and environment give, before and after the config file is known."""

    def __init__(
        self,
        flags: Mapping[str, str | None],
        environment: Mapping[str, str],
        mask: Callable[[Iterable[str]], None] | None = None,
    ) -> None:
        """`flags`: value by input name; `environment`: the process's variables; `mask`: takes what to hide of
        each secret that is found sealed in the config file, as soon as it is opened."""
        self._environment, self._mask = environment, mask
        self._given: dict[str, Text] = {}
        for each in INPUTS.values():
            flag, variable = flags.get(each.name) or "", environment.get(each.environment, "")
            if flag.strip():
                self._given[each.name] = (flag, Place(each.flag))
            elif variable.strip():
                self._given[each.name] = (variable, Place(each.environment))
        secrets = [(name, text) for name in SECRET if (text := flags.get(name) or "")]
        secrets += [
            (name, text) for name in SECRET if (text := environment.get(INPUTS[name].environment, ""))
        ]
        secrets.append(("github-token", environment.get(JOB_TOKEN, "")))
        self._secrets = tuple((name, text) for name, text in secrets if text)
        self.redact = Redactor(self._secrets, SECRET_PARTS)

    @property
    def config_path(self) -> str:
        """The config file's path."""
        text, _ = self._given.get(inputs.CONFIG.name, (inputs.CONFIG.default, None))
        return text.strip()

    @property
    def names_config(self) -> bool:
        """Whether the config file was asked for by name, so that it must exist."""
        return inputs.CONFIG.name in self._given

    @property
    def ping_url(self) -> str:
        """Where to tell of this run, whatever comes of it; "" for nowhere, or for what is no URL."""
        return self._readable(inputs.PING_URL) or ""

    def now(self, clock: datetime) -> datetime:
        """The present: the `now` input, else the clock. `settle` refuses a `now` that cannot be read."""
        return self._readable(inputs.NOW) or clock

    @property
    def in_repository(self) -> bool:
        """Whether the config file may be read through GitHub: a path inside of a repository that is known."""
        path = PurePosixPath(self.config_path)
        inside = not path.is_absolute() and ".." not in path.parts and "\\" not in self.config_path
        return inside and bool(self._environment.get("GITHUB_REPOSITORY", "").strip())

    @property
    def workspace(self) -> str:
        """The folder that relative paths start from: the checkout, else where we are."""
        return self._environment.get("GITHUB_WORKSPACE", "").strip() or "."

    def settle(self, file: ConfigFile | None, *, file_may_follow: bool = False) -> Settings:
        """The settings. With `file_may_follow`, what only a file can still add is not missed yet. Raises
        ConfigurationError with every fault."""
        settled = _Settled(self._given, self._environment, file, self._opened)
        settings = settled.settings(self.workspace, file_may_follow=file_may_follow)
        if settled.faults:
            raise ConfigurationError(tuple(settled.faults))
        return settings

    def team(self) -> Team:
        """What holds for everybody of a team. Raises ConfigurationError with what is wrong for all."""
        return Team(self._given, self._environment, self.workspace)

    def redactor(self, secrets: Iterable[tuple[str, str]]) -> Redactor:
        """What replaces these secrets of one person, each behind its input's name, and what was given for
        everybody. From now on `redact` replaces them, too, and the runner masks them."""
        found = tuple(secrets)
        for name, value in found:
            self._opened(name, value)
        return Redactor((*self._secrets, *found), SECRET_PARTS)

    def examine(self, file: ConfigFile | None, *, file_may_follow: bool = False) -> Examined:
        """The settings as far as they can be read, for whoever looks on in spite of faults."""
        settled = _Settled(self._given, self._environment, file, self._opened)
        settings = settled.settings(self.workspace, file_may_follow=file_may_follow)
        return Examined(settings, tuple(settled.faults), settled.origins())

    def _opened(self, name: str, value: str) -> None:
        """Hide a secret that was sealed."""
        if self.redact.learn(name, value) and self._mask:
            self._mask(Redactor([(name, value)], SECRET_PARTS).masks)

    def _readable(self, each: Input[T]) -> T | None:
        """The value that flag or environment give; None where they don't, or it cannot be read."""
        text, _ = self._given.get(each.name, ("", None))
        try:
            values.printable(text.strip())
            return each.read(text.strip()) if text else None
        except BadValue:
            return None


class Team:
    """What flags and environment give for everybody of a team, read once for all of them.

    A person's own file comes before it: a team's `timezone` is what holds for those who name none.
    """

    def __init__(self, given: Mapping[str, Text], environment: Mapping[str, str], workspace: str) -> None:
        """Raises ConfigurationError with what is wrong for everybody."""
        self._given, self._environment, self._workspace = given, environment, workspace
        nobody: dict[str, Text] = {inputs.USER.name: ("team", None), inputs.CONFIG.name: ("", None)}
        self._shared = _Settled({**given, **nobody}, environment, None, None)
        self._shared.settings(workspace, file_may_follow=True, for_all=True)
        if self._shared.faults:
            raise ConfigurationError(tuple(self._shared.faults))

    @property
    def github(self) -> GitHub:
        """Where and as whom GitHub is asked for all of them."""
        return self._shared.github

    @property
    def job(self) -> Job:
        """The run that they are guarded by."""
        return self._shared.job

    def settle(
        self, login: str, file: ConfigFile, opened: Callable[[str, str], None] | None = None
    ) -> Settings:
        """The settings of the person `login`, whose file it is. `opened` is told each value that was sealed,
        by input name; without it nothing is opened, what is sealed is as if it were not there, and what the
        team's secrets could add is not missed. Raises ConfigurationError with every fault of the file."""
        own = {*file.values}
        named = [channel for channel in CHANNELS if channel.named(file.values)]
        for channel in CHANNELS:
            # Who names a channel of their own has none of the team's common ones. Whose file holds a secret
            # of a channel has that one whole: their bot does not write to the team's chat, and the team's
            # secret does not sign what their URL gets.
            secret = any(each.secret and each.name in file.values for each in channel.inputs)
            if secret or (named and channel.own and channel not in named):
                own |= {each.name for each in channel.inputs if each.not_in_roster is not TEAM_ALONE}
        given = {name: text for name, text in self._given.items() if name not in own}
        given[inputs.USER.name] = (login, None)
        settled = _Settled(given, self._environment, file, opened, self._shared)
        settings = settled.settings(self._workspace, file_may_follow=False, for_all=opened is None)
        if settled.faults:
            raise ConfigurationError(tuple(settled.faults))
        return settings


class _Settled:
    """Every input, read once: `settled[USER]` is its value, or None when nothing sets it.

    A value that cannot be read is a fault. Its default stands in for it until all faults are raised together.
    `opened` is told each value of the file that was sealed, by input name; without it they stay shut. `team`:
    what holds for everybody of the team whose roster the file belongs to.
    """

    def __init__(
        self,
        given: Mapping[str, Text],
        environment: Mapping[str, str],
        file: ConfigFile | None,
        opened: Callable[[str, str], None] | None,
        team: _Settled | None = None,
    ) -> None:
        self._environment, self._opened, self._team = environment, opened, team
        self._shut: set[str] = set()  # what stays sealed because of a fault elsewhere
        self._unopened: list[str] = []  # what stays sealed because nothing is installed that opens it
        self._texts: dict[str, Text] = {**_file_texts(file), **given}
        self._file = file.source if file else ""
        self._may_follow = (False, False)  # what a file may still add: anything; what is sealed
        self.faults: list[Fault] = list(file.faults) if file else []
        self._values: dict[str, Any] = {}
        for each in INPUTS.values():
            self[each]  # a sealed value has asked for the key before its turn

    @overload
    def __getitem__(self, each: Preset[T]) -> T: ...
    @overload
    def __getitem__(self, each: Input[T]) -> T | None: ...
    def __getitem__(self, each: Input[T]) -> T | None:
        if each.name not in self._values:
            common = self._team if self._team and not self._theirs(each) else None
            self._values[each.name] = common[each] if common else self._read(each)
        value: T | None = self._values[each.name]
        return value

    def text(self, name: str) -> Text:
        """What was written for an input."""
        return self._texts.get(name, NOTHING)

    def _read(self, each: Input[T]) -> T | None:
        text, place = self.text(each.name)
        if text:
            try:
                stripped = self._unsealed(each.name, text.strip(), place)
                if not stripped:
                    return None
                values.printable(stripped, lines=each.lines)
                return self._reader(each, place)(stripped)
            except BadValue as bad:
                self.faults.append(Fault(each.name, bad.what, bad.mend, place))
        return each.read(each.default) if each.default else None

    def _reader(self, each: Input[T], place: Place | None) -> Callable[[str], T]:
        if not (place and place.in_file):
            return each.read
        in_roster = each.read_in_roster if self._team and not self._team.in_sandbox else None
        return in_roster or each.read_in_file or each.read

    @cached_property
    def in_sandbox(self) -> bool:
        """Whether GitHub itself is on this machine, as in a demo or a test."""
        return is_loopback(urlsplit(self.github.api_url).hostname or "")

    def _unsealed(self, name: str, text: str, place: Place | None) -> str:
        """The text, opened where it is a sealed one in a file; "" where the fault is the user's or the key's.
        Raises BadValue."""
        if not (place and place.in_file and name in SEALABLE and is_sealed(text)):
            return text
        keys, user = self[inputs.KEY], self._user
        if self._opened is None or self._wrong(inputs.USER.name) or self._wrong(inputs.KEY.name) or not user:
            self._shut.add(name)
            return ""
        if not keys:
            raise BadValue("is sealed, and no key is set that opens it.", add_secret(inputs.KEY))
        from streaky.sealing import NothingOpens, NotOpened, open_sealed  # loaded with the keys

        try:
            value = open_sealed(text, keys, user, name)
        except NothingOpens:  # an outage, which must not silence the channels that need no seal
            self._unopened.append(name)
            return ""
        except NotOpened as shut:
            raise BadValue(shut.what, shut.mend) from None
        self._opened(name, value)
        if not value.strip():
            raise BadValue("is sealed, but empty.", "Seal the value anew with streaky seal.")
        return value.strip()

    @cached_property
    def _user(self) -> str:
        """Who is guarded; "" where nobody is named."""
        user = self[inputs.USER] or self._runner("GITHUB_REPOSITORY_OWNER", values.login)
        return user or (self._repository[0] if self._repository else "")

    @cached_property
    def _repository(self) -> tuple[str, str] | None:
        return self._runner("GITHUB_REPOSITORY", values.repository)

    def _runner(self, variable: str, read: Callable[[str], T], default: str = "") -> T | None:
        """A variable that the runner sets itself."""
        text = self._environment.get(variable, "").strip() or default
        try:
            values.printable(text)
            return read(text) if text else None
        except BadValue as bad:
            self.faults.append(Fault(variable, bad.what, bad.mend))
            return None

    def _wrong(self, name: str) -> bool:
        shut = name in self._shut or name in self._unopened
        return shut or any(fault.input == name for fault in self.faults)

    def _missing(self, each: Input[Any], what: str, mend: str) -> None:
        if not self._wrong(each.name):
            self.faults.append(Fault(each.name, what, mend))

    def misses(self, each: Input[Any], beside: Input[Any]) -> None:
        """Note the fault that an input is missing beside another one, unless a file may still have it."""
        file_may_follow, sealed_may_follow = self._may_follow
        if self._theirs(beside) and not (file_may_follow if Seat.FILE in each.seats else sealed_may_follow):
            self._missing(each, f"is missing beside {beside.name}.", self._add(each))

    def _theirs(self, each: Input[Any]) -> bool:
        """Whether an input is the guarded person's own, and not what the team has for everybody."""
        return self._team is None or self._team.text(each.name) is not self.text(each.name)

    def _add(self, each: Input[Any]) -> str:
        """The mend for an address that is missing."""
        if not self._team:
            return add_secret(each)
        return f"Add the line that `streaky seal {each.name} --user {self._user}` prints to {self._file}."

    def _no_channel(self) -> Fault:
        if not self._team:
            return no_channel()
        mend = f"{self._add(ADDRESSES[0])} Or remove `issue: false`: then an issue warns you."
        return Fault("issue", NO_CHANNEL, mend)

    def origins(self) -> tuple[Origin, ...]:
        """Where each input comes from."""

        def origin(each: Input[Any]) -> Origin:
            text, place = self._texts.get(each.name, ("", None))
            if not text:
                return Origin(each.name, each.left_out.replace("`", ""), "")
            hidden = each.secret or each.private or looks_secret(text)
            return Origin(each.name, "set" if hidden else " ".join(text.split()), f"{place or ''}")

        return tuple(origin(each) for each in INPUTS.values())

    def settings(self, workspace: str, *, file_may_follow: bool, for_all: bool = False) -> Settings:
        """All of them. `for_all`: of a team's file or its common part alone, to which the other may add."""
        # What a file that cannot be read would have added is not missed either.
        file_may_follow = file_may_follow or self._wrong(inputs.CONFIG.name)
        github = self.github
        if not self._user and not self._wrong("GITHUB_REPOSITORY_OWNER"):
            self._missing(inputs.USER, "nobody to guard is named.", "Set user to a GitHub login.")
        has_key = self[inputs.KEY] is not None or self._wrong(inputs.KEY.name)
        sealed_may_follow = for_all or (file_may_follow and has_key)
        self._may_follow = (file_may_follow, sealed_may_follow)
        channels = tuple(
            address
            for channel in CHANNELS
            if (address := channel.read(self)) and not address.needs(self._unopened)
        )
        job = self.job
        ledger, _, path = self[inputs.LEDGER].partition(":")
        _, zone_from = self._texts.get(inputs.TIMEZONE.name, ("", None))
        _, pause_from = self._texts.get(inputs.PAUSE_UNTIL.name, ("", None))
        by_hand = job.event == "workflow_dispatch" and pause_from is not None and not pause_from.in_file
        settings = Settings(
            user=self._user,
            zone=self[inputs.TIMEZONE],
            zone_from=f"{zone_from or ''}",
            language=self[inputs.LANGUAGE],
            rules=Rules(self[inputs.MIN_CONTRIBUTIONS], self[inputs.REST_DAYS] or frozenset()),
            speaking=Speaking(
                self[inputs.NOTIFY],
                self[inputs.REMIND_AT] or AUTO,
                self[inputs.QUIET_UNTIL],
                self[inputs.LEAD],
                auto=not self[inputs.REMIND_AT],
            ),
            dry_run=self[inputs.DRY_RUN],
            github=github,
            channels=channels,
            job=job,
            ledger=ledger,
            ledger_path=path and f"{PurePath(workspace, path.strip())}",
            pause=self[inputs.PAUSE_UNTIL],
            pause_by_hand=by_hand,
            hold=self[inputs.HOLD],
            suggest=self[inputs.SUGGEST],
            mute=self[inputs.MUTE] or (),
            ping_url=self[inputs.PING_URL] or "",
            pending=self[inputs.PENDING],
            card=self[inputs.CARD],
            unopened=tuple(self._unopened),
            member=self._team is not None,
        )
        # Whether the job may write an issue is only known once its workflow was read.
        if not (sealed_may_follow or settings.dry_run or settings.may_use_issue) and not any(
            self._values[each.name] or self._wrong(each.name) for each in ADDRESSES
        ):
            self.faults.append(self._no_channel())
        return settings

    @cached_property
    def job(self) -> Job:
        """The run."""
        return self._team.job if self._team else read_job(self._environment, self.github.repository)

    @cached_property
    def github(self) -> GitHub:
        """Where and as whom GitHub is asked."""
        if self._team:
            return self._team.github
        api = self._runner("GITHUB_API_URL", urls.base_url, API) or ""
        # GitHub Enterprise Server: https://HOST/api/v3 for REST, https://HOST/api/graphql for GraphQL.
        derived = f"{api.removesuffix('/v3')}/graphql"
        graphql = self._runner("GITHUB_GRAPHQL_URL", urls.base_url, derived if api else "")
        server = self._runner("GITHUB_SERVER_URL", urls.base_url, "https://github.com")
        token = self[inputs.GITHUB_TOKEN] or ""
        if not token:
            mend = "In a workflow pass ${{ github.token }}; elsewhere set GITHUB_TOKEN."
            self._missing(inputs.GITHUB_TOKEN, "is missing.", mend)
        return GitHub(
            token,
            self._runner(JOB_TOKEN, values.secret) or token,
            api,
            graphql or "",
            server or "",
            self._repository,
        )


def _file_texts(file: ConfigFile | None) -> dict[str, Text]:
    return {name: (text, file.places[name]) for name, text in file.values.items()} if file else {}
