"""Flags, environment, config file and defaults made into one frozen `Settings`.

Precedence: flag, then environment (which an action's inputs become), then config file, then default.
Empty means unset everywhere, because GitHub hands over unset inputs as "". All faults are collected
and raised together as one `ConfigurationError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import PurePosixPath
from typing import Any

from streaky import addresses, values
from streaky.addresses import DiscordWebhook, TelegramChat
from streaky.configfile import ConfigFile
from streaky.errors import ConfigurationError, Fault, Place
from streaky.inputs import INPUTS, SECRET
from streaky.redaction import Redactor
from streaky.schedule import Kind, Speaking
from streaky.streak import Rules
from streaky.values import BadValue


@dataclass(frozen=True, slots=True)
class Telegram:
    """A bot, the chat it writes to, and the Bot API server."""

    token: str = field(repr=False)
    chat: TelegramChat
    api_url: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """A URL that takes JSON, and the secret that signs it ("" for none)."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GitHub:
    """Where and as whom GitHub is asked. `repository` is (owner, name), None outside of a runner."""

    token: str = field(repr=False)
    graphql_url: str
    server_url: str
    repository: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything one person's run has to know; `user` is a GitHub login, `now` an aware instant."""

    user: str
    now: datetime
    zone: tzinfo
    language: str
    rules: Rules
    speaking: Speaking
    dry_run: bool
    github: GitHub
    discord: DiscordWebhook | None
    telegram: Telegram | None
    webhook: Webhook | None
    apprise: tuple[str, ...] = field(repr=False)


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
        self.redact = Redactor(secrets)

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
    def in_repository(self) -> bool:
        """Whether the config file may be read through GitHub: a path inside of a repository that is known."""
        path = PurePosixPath(self.config_path)
        inside = not path.is_absolute() and ".." not in path.parts and "\\" not in self.config_path
        return inside and bool(self._environment.get("GITHUB_REPOSITORY", "").strip())

    @property
    def workspace(self) -> str:
        """The folder a relative config path starts from: the checkout, else where we are."""
        return self._environment.get("GITHUB_WORKSPACE", "").strip() or "."

    def settle(self, file: ConfigFile | None, now: datetime, *, file_may_follow: bool = False) -> Settings:
        """The settings. `now` is the clock, which a `now` input replaces; with `file_may_follow`, what
        only a file can still add is not missed yet. Raises ConfigurationError with every fault."""
        return _Settling(self._given, self._environment, file).settings(now, file_may_follow)


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
            return each.read(stripped)
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
        if self.faults:
            raise ConfigurationError(tuple(self.faults))
        return Settings(
            user=user,
            now=value["now"] or now,
            zone=value["timezone"],
            language=value["language"],
            rules=Rules(value["min-contributions"], value["rest-days"] or frozenset(), value["pause-until"]),
            speaking=Speaking(
                frozenset(Kind(kind) for kind in value["notify"]), value["remind-at"], value["quiet-until"]
            ),
            dry_run=value["dry-run"],
            github=github,
            discord=value["discord-webhook-url"],
            telegram=telegram,
            webhook=webhook,
            apprise=value["apprise-urls"] or (),
        )

    def _github(self) -> GitHub:
        api = self._runner("GITHUB_API_URL", addresses.base_url, "https://api.github.com") or ""
        # GitHub Enterprise Server: https://HOST/api/v3 for REST, https://HOST/api/graphql for GraphQL.
        derived = f"{api.removesuffix('/v3')}/graphql"
        graphql = self._runner("GITHUB_GRAPHQL_URL", addresses.base_url, derived if api else "")
        server = self._runner("GITHUB_SERVER_URL", addresses.base_url, "https://github.com")
        if not self.values["github-token"]:
            self._missing("github-token", "is missing.", "Pass the job's own: ${{ github.token }}.")
        return GitHub(
            self.values["github-token"] or "",
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
