"""Flags, environment, config file and defaults made into one frozen `Settings`.

Precedence: flag, then environment (which an action's inputs become), then config file, then default.
Empty means unset everywhere, because GitHub hands over unset inputs as "". All faults are collected
and raised together as one `ConfigurationError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import PurePath, PurePosixPath
from typing import Any, cast

from streaky.calendar import ONE_DAY
from streaky.config import addresses, values
from streaky.config.file import ConfigFile
from streaky.config.inputs import INPUTS, SECRET
from streaky.config.settings import GitHub, Settings, Telegram, Webhook
from streaky.config.values import BadValue
from streaky.errors import ConfigurationError, Fault, Place
from streaky.redaction import Redactor
from streaky.runner.job import read_job
from streaky.schedule.slots import Kind, Speaking
from streaky.streak import Rules

JOB_TOKEN = "STREAKY_JOB_TOKEN"  # the name of a variable; action.yml sets it to the job's own token


class Sources:
    """What flags and environment give, before and after the config file is known."""

    def __init__(self, flags: Mapping[str, str | None], environment: Mapping[str, str]) -> None:
        """`flags`: value by input name; `environment`: the process's variables."""
        self._environment = environment
        self._given: dict[str, tuple[str, Place]] = {}
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
        self.redact = Redactor([(name, text) for name, text in secrets if text])

    @property
    def config_path(self) -> str:
        """The config file's path."""
        text, _ = self._given.get("config", (INPUTS["config"].default, None))
        return text.strip()

    @property
    def names_config(self) -> bool:
        """Whether the config file was asked for by name, so that it must exist."""
        return "config" in self._given

    @property
    def ping_url(self) -> str:
        """Where to tell of this run, whatever comes of it; "" for nowhere, or for what is no URL."""
        text, _ = self._given.get("ping-url", ("", None))
        try:
            return addresses.web_url(text.strip()) if text else ""
        except BadValue:
            return ""

    @property
    def in_repository(self) -> bool:
        """Whether the config file may be read through GitHub: a path inside of a repository that is known."""
        path = PurePosixPath(self.config_path)
        inside = not path.is_absolute() and ".." not in path.parts and "\\" not in self.config_path
        return inside and bool(self._environment.get("GITHUB_REPOSITORY", "").strip())

    @property
    def workspace(self) -> str:
        """The folder that relative paths start from: the checkout, else where we are."""
        return _workspace(self._environment)

    def settle(self, file: ConfigFile | None, now: datetime, *, file_may_follow: bool = False) -> Settings:
        """The settings. `now` is the clock, which a `now` input replaces; with `file_may_follow`, what
        only a file can still add is not missed yet. Raises ConfigurationError with every fault."""
        return _Settling(self._given, self._environment, file).settings(now, file_may_follow)


def _workspace(environment: Mapping[str, str]) -> str:
    return environment.get("GITHUB_WORKSPACE", "").strip() or "."


class _Settling:
    """One pass over all inputs that collects every fault."""

    def __init__(
        self, given: Mapping[str, tuple[str, Place]], environment: Mapping[str, str], file: ConfigFile | None
    ) -> None:
        self.given, self.environment, self.file = given, environment, file
        self.faults: list[Fault] = list(file.faults) if file else []
        self.values = dict(self._read_all())

    def _read_all(self) -> Iterator[tuple[str, Any]]:
        for name, each in INPUTS.items():
            text, place = each.default, None
            if name in self.given:
                text, place = self.given[name]
            elif self.file and name in self.file.values:
                text, place = self.file.values[name], self.file.places[name]
            yield name, self._read(name, text, place)

    def _read(self, name: str, text: str, place: Place | None) -> Any:
        """The input's value; None when it is unset or wrong."""
        if not text:
            return None
        each = INPUTS[name]
        try:
            stripped = text.strip()
            values.printable(stripped, lines=each.lines)
            value = each.read(stripped)
            if name == "pause-until" and isinstance(value, str) and place and place.in_file:
                raise BadValue(f"{values.shown(text)} has no end in a file.", "Write a date, YYYY-MM-DD.")
            return value
        except BadValue as bad:
            self.faults.append(Fault(name, bad.what, bad.mend, place))
            return None

    def _runner(self, variable: str, read: Any, default: str = "") -> Any:
        """A variable that the runner sets itself."""
        text = self.environment.get(variable, "").strip() or default
        try:
            values.printable(text)
            return read(text) if text else None
        except BadValue as bad:
            self.faults.append(Fault(variable, bad.what, bad.mend))
            return None

    def _wrong(self, name: str) -> bool:
        return any(fault.input == name for fault in self.faults)

    def _missing(self, name: str, what: str, mend: str) -> None:
        if not self._wrong(name):
            self.faults.append(Fault(name, what, mend))

    def settings(self, now: datetime, file_may_follow: bool) -> Settings:
        value = self.values
        # What a file that cannot be read would have added is not missed either.
        file_may_follow = file_may_follow or self._wrong("config")
        github = self._github()
        user = value["user"] or self._runner("GITHUB_REPOSITORY_OWNER", values.login)
        if not user and github.repository:
            user = github.repository[0]
        if not user and not self._wrong("GITHUB_REPOSITORY_OWNER"):
            self._missing("user", "nobody to guard is named.", "Set user to a GitHub login.")
        telegram, webhook = self._telegram(file_may_follow), self._webhook()
        self._some_channel()
        job = read_job(self.environment, github.repository)
        ledger, _, path = value["ledger"].partition(":") if value["ledger"] else ("", "", "")
        if self.faults:
            raise ConfigurationError(tuple(self.faults))
        now = value["now"] or now
        pause = self._pause(now)
        return Settings(
            user=user,
            now=now,
            zone=value["timezone"],
            language=value["language"],
            rules=Rules(value["min-contributions"], value["rest-days"] or frozenset(), pause),
            speaking=Speaking(
                frozenset(Kind(kind) for kind in value["notify"]),
                value["remind-at"],
                value["quiet-until"],
                value["lead"],
            ),
            dry_run=value["dry-run"],
            github=github,
            discord=value["discord-webhook-url"],
            telegram=telegram,
            webhook=webhook,
            apprise=value["apprise-urls"] or (),
            job=job,
            ledger=ledger,
            ledger_path=path and f"{PurePath(_workspace(self.environment), path.strip())}",
            snooze=pause if job.event == "workflow_dispatch" and "pause-until" in self.given else None,
            hold=value["hold"],
            ping_url=value["ping-url"] or "",
            pending=value["pending"],
        )

    def _pause(self, now: datetime) -> date | None:
        """The last date of the pause; yesterday's where it is to end."""
        pause = self.values["pause-until"]
        today = now.astimezone(self.values["timezone"]).date()
        if isinstance(pause, str):
            return today if pause == "today" else today - ONE_DAY
        return cast("date | None", pause)

    def _github(self) -> GitHub:
        api = self._runner("GITHUB_API_URL", addresses.base_url, "https://api.github.com") or ""
        # GitHub Enterprise Server: https://HOST/api/v3 for REST, https://HOST/api/graphql for GraphQL.
        derived = f"{api.removesuffix('/v3')}/graphql"
        graphql = self._runner("GITHUB_GRAPHQL_URL", addresses.base_url, derived if api else "")
        server = self._runner("GITHUB_SERVER_URL", addresses.base_url, "https://github.com")
        if not self.values["github-token"]:
            self._missing("github-token", "is missing.", "Pass the job's own: ${{ github.token }}.")
        token = self.values["github-token"] or ""
        return GitHub(
            token,
            self._runner(JOB_TOKEN, values.secret) or token,
            api,
            graphql or "",
            server or "",
            self._runner("GITHUB_REPOSITORY", values.repository),
        )

    def _telegram(self, file_may_follow: bool) -> Telegram | None:
        token, chat, api_url = (
            self.values[f"telegram-{part}"] for part in ("bot-token", "chat-id", "api-url")
        )
        if token and not chat and not file_may_follow:
            self._missing(
                "telegram-chat-id", "is missing beside telegram-bot-token.", "Set it to your chat's id."
            )
        if chat and not token:
            self._missing("telegram-bot-token", "is missing beside telegram-chat-id.", "Set it as a secret.")
        return Telegram(token, chat, api_url) if token and chat and api_url else None

    def _webhook(self) -> Webhook | None:
        url, secret = self.values["webhook-url"], self.values["webhook-secret"]
        if secret and not url:
            self._missing("webhook-url", "is missing beside webhook-secret.", "Set it as a secret.")
        return Webhook(url, secret or "") if url else None

    def _some_channel(self) -> None:
        channels = ("discord-webhook-url", "telegram-bot-token", "webhook-url", "apprise-urls")
        if self.values["dry-run"] or any(self.values[name] or self._wrong(name) for name in channels):
            return
        listed = ", ".join(channels)
        fault = Fault(
            "discord-webhook-url", "no channel is set, so no alert could be sent.", f"Set one of: {listed}."
        )
        self.faults.append(fault)
