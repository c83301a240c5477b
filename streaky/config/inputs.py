"""Every input, in one table: how it is read, where it can be set, and what is said of it.

The flags of `streaky check`, the environment, the config file and its JSON Schema, `action.yml`, `guard.yml`,
the template's comments and docs/settings.md all follow from it. After a change run `make generate`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from streaky.channels import CHANNELS
from streaky.config import values
from streaky.input import switches, urls
from streaky.input.refusal import UnlessSealed
from streaky.input.row import JSON, NO_SECRET, TEAM_ALONE, WORKFLOW, Input, Preset, Seat, Secret, matching
from streaky.locales import languages


def _list_of(items: JSON, pattern: str, most: int) -> JSON:
    """The schema of a list, as YAML writes it or as text with commas; `pattern` is that of one item."""
    text = matching(f"{pattern}( *, *{pattern}){{0,{most - 1}}}")
    return {"anyOf": [{"type": "array", "maxItems": most, "items": items}, text]}


def _or_auto(schema: JSON) -> JSON:
    """The schema of a list that may also be auto."""
    return {"anyOf": [{"enum": ["auto", ["auto"]]}, *schema["anyOf"]]}


def _words(words: Collection[str], most: int) -> JSON:
    return _list_of({"enum": [*words]}, f"({'|'.join(words)})", most)


TIME = "([01]?[0-9]|2[0-3]):[0-5][0-9]"
REPOSITORY = r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/([A-Za-z0-9._-]{1,100}|[*])"
LANGUAGES = languages()
# A language may be written with any region, and one of a region (zh-CN) without it.
ANY_REGION = "|".join(code for code in LANGUAGES if "-" not in code)
OWN_REGION = "|".join("{}([-_]{})?".format(*code.split("-")) for code in LANGUAGES if "-" in code)

USER = Input(
    name="user",
    environment="STREAKY_USER",
    read=values.login,
    what="Whose streak to guard.",
    form="A GitHub login, such as `octocat`.",
    without="the repository's owner",
    examples=("octocat",),
    schema=matching("@?[A-Za-z0-9][A-Za-z0-9_-]{0,38}"),
)
GITHUB_TOKEN = Secret(
    name="github-token",
    environment="GITHUB_TOKEN",
    read=values.secret,
    what="The token that reads GitHub.",
    form="A personal access token with `read:user` always counts your private contributions; the job's own"
    " token counts them only if your profile shows them.",
    without="the job's own token",
    not_in_file=NO_SECRET,  # the file itself is read with it
    guard_name="token",
    guard_value="secrets.token || github.token",
    not_in_roster=TEAM_ALONE,
)
TIMEZONE = Input(
    name="timezone",
    environment="STREAKY_TIMEZONE",
    read=values.zone,
    what="The time zone that your days are in.",
    form="An IANA name, such as `Europe/Berlin`.",
    without="the `timezone:` of your workflow's schedule, else `UTC`",
    examples=("Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "UTC"),
    schema=matching("[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
    | {"not": {"enum": [*values.ABBREVIATIONS]}},
)
CONFIG = Preset(
    name="config",
    environment="STREAKY_CONFIG",
    read=values.config_path,
    what="The path of the config file.",
    form="A path in the repository, such as `my/streaky.yml`; it need not be checked out.",
    without="`.github/streaky.yml`, if there is one",
    default=".github/streaky.yml",
    seats=WORKFLOW,
    not_in_roster=TEAM_ALONE,
)
# The channels' own inputs stand in streaky/channels, and have their place here.
OF_CHANNELS = tuple(each for channel in CHANNELS for each in channel.inputs)
NOTIFY = Preset(
    name="notify",
    environment="STREAKY_NOTIFY",
    read=values.kinds,
    lines=True,
    what="Which alerts to send.",
    form="Any of `at-risk`, `safe`, `broken`, `milestone` and `unknown`. "
    "You are always told when Streaky's schedule stops, your token expires, or GitHub counts fewer days.",
    default="at-risk,broken,milestone,unknown",
    examples=("at-risk,unknown", ["at-risk", "safe"]),
    schema=_words(values.CHOSEN_KINDS, values.MOST_ITEMS),
)
REMIND_AT = Preset(
    name="remind-at",
    environment="STREAKY_REMIND_AT",
    read=values.times_or_auto,
    lines=True,
    what="The local times of a day's reminders.",
    form="`auto`: 18:00, 21:00 and 23:00; once your habit is known, the first one comes half an hour after"
    " the time by which you usually contribute. Or times of your own, such as `20:30` or `18:00,22:30`, which"
    " are obeyed exactly. A run sends the latest one that has passed, while GitHub shows no contribution.",
    more="The hours of `cron:` in the workflow should begin before them and end after them.",
    default="auto",
    examples=("auto", "20:30", "18:00, 22:30", ["12:00", "18:00"]),
    schema=_or_auto(_list_of(matching(TIME), TIME, values.MOST_REMINDERS)),
)
LEAD = Preset(
    name="lead",
    environment="STREAKY_LEAD",
    read=values.duration,
    what="Send the first warning at least this long before your day ends, even if GitHub runs late.",
    form="Hours and minutes, such as `90m` or `1h30m`.",
    more="When no later run can be counted on, the warning comes before the first reminder.",
    default="2h",
    examples=("90m", "1h30m"),
    schema=matching("(?=.*[1-9])([0-9]{1,4}h)?([0-9]{1,4}m)?"),
)
HOLD = Preset(
    name="hold",
    environment="STREAKY_HOLD",
    read=values.hold,
    what="Let a run wait up to this long for the next reminder; a contribution in that time cancels it.",
    form="Minutes, such as `15m`, at most `20m`. The wait costs runner minutes.",
    default="0",
    examples=("15m",),
    schema={"anyOf": [{"const": 0}, matching("(0|(0|1?[0-9]|20)m)")]},
    not_in_roster=TEAM_ALONE,
)
QUIET_UNTIL = Preset(
    name="quiet-until",
    environment="STREAKY_QUIET_UNTIL",
    read=values.time_of_day,
    what="Before this time, send no early warning, and say nothing about a broken or unknown day.",
    form="A local time, such as `07:30`.",
    default="09:00",
    examples=("07:30",),
    schema=matching(TIME),
)
REST_DAYS = Input(
    name="rest-days",
    environment="STREAKY_REST_DAYS",
    read=values.weekdays,
    lines=True,
    what="Weekdays that need no contribution.",
    form="Their names, such as `sat,sun`, or `weekend`. At least one day must be left to guard.",
    without="every day needs one",
    examples=(["sat", "sun"], "sun", "sat,sun", "weekend"),
    schema=_words((*values.WEEKDAYS, *values.WEEKDAY_NAMES, values.WEEKEND), len(values.WEEKDAYS) - 1),
)
PAUSE_UNTIL = Input(
    name="pause-until",
    environment="STREAKY_PAUSE_UNTIL",
    read=values.pause,
    read_in_file=values.dated_pause,
    what="Send no alerts up to this date, included.",
    form="A date, such as `2026-12-31`. A run that you start by hand also takes `today`, `3d` or `2w`, and"
    " remembers the pause until it is over, or until `none` ends it.",
    without="no pause",
    examples=("2026-12-31",),
    schema={"format": "date"} | matching("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
    guard_value="github.job == 'guard' && inputs.pause-until || ''",  # the second job would only repeat it
)
MIN_CONTRIBUTIONS = Preset(
    name="min-contributions",
    environment="STREAKY_MIN_CONTRIBUTIONS",
    read=values.number,
    what="How many contributions make a day count.",
    form="A whole number, such as `3`.",
    default="1",
    examples=(3,),
    schema={"type": "integer", "minimum": 1, "maximum": 999999},
)
LANGUAGE = Preset(
    name="language",
    environment="STREAKY_LANGUAGE",
    read=values.language,
    what="The language of your alerts.",
    form=f"One of {', '.join(f'`{code}`' for code in LANGUAGES)}; a region may follow, as in `pt-BR`.",
    default="en",
    examples=("de", "pt-BR"),
    schema={"anyOf": [{"enum": LANGUAGES}, matching(f"(({ANY_REGION})[-_][A-Za-z0-9]{{2,8}}|{OWN_REGION})")]},
)
SUGGEST = Preset(
    name="suggest",
    environment="STREAKY_SUGGEST",
    read=switches.switch,
    what="Whether a warning names up to three ways to save the day.",
    form="`true` or `false`.",
    more="`docs/ways.md` says what they are.",
    default="true",
    examples=(False,),
    schema={"anyOf": [{"type": "boolean"}, {"enum": switches.SWITCHES}]},
)
MUTE = Input(
    name="mute",
    environment="STREAKY_MUTE",
    read=values.repositories,
    lines=True,
    what="Repositories that are never named as a way to save the day.",
    form="Their names, such as `octocat/hello`, or `octo-org/*` for all of an owner's.",
    without="all may be named",
    examples=(["octocat/hello", "octo-org/*"],),
    schema=_list_of(matching(REPOSITORY), REPOSITORY, values.MOST_ITEMS),
)
CARD = Preset(
    name="card",
    environment="STREAKY_CARD",
    read=values.card,
    lines=True,
    what="Keep a page and a card beside the ledger, on the branch `streaky`.",
    form="`true`, `false`, or the card's look: a theme, and parts to leave out, such as `ocean, no-map`.",
    more="All of these are in `docs/page.md`.",
    default="true",
    examples=("ocean, no-map", ["ember", "no-rescues"], False),
    schema={"anyOf": [{"type": "boolean"}, _list_of(matching("(no-)?[a-z]+"), "(no-)?[a-z]+", 6)]},
)
LEDGER = Preset(
    name="ledger",
    environment="STREAKY_LEDGER",
    read=values.ledger,
    read_in_file=values.ledger_but_no_file,
    what="Where to remember what was sent.",
    form="`auto` is the branch `streaky` of your repository, where the job has `contents: write`; `none`; or"
    " `file:PATH`, which is never taken from the config file.",
    default="auto",
    examples=("auto", "none"),
    schema={"enum": ["auto", "none"]},
    not_in_roster=TEAM_ALONE,
)
PING_URL = Secret(
    name="ping-url",
    environment="STREAKY_PING_URL",
    read=urls.web_url,
    what="An outside watch that is told of each run's start, success or failure, from a secret.",
    form="A healthchecks.io-style URL, such as `https://hc-ping.com/UUID`.",
    parts=(urls.PARTS,),
    without="nobody is told",
    not_in_file=NO_SECRET,  # it is told of runs whose file cannot be read, too
    not_in_roster=TEAM_ALONE,
)
PENDING = Input(
    name="pending",
    environment="STREAKY_PENDING",
    read=values.pending,
    lines=True,
    what="Deliver only what an earlier job could not deliver.",
    form="The output `pending` of that job, as it is.",
    without="all that is due is sent",
    seats=Seat.ACTION,
    guard_value="needs.guard.outputs.pending",  # "" in the first job, which needs none
    not_in_roster=TEAM_ALONE,
)
DRY_RUN = Preset(
    name="dry-run",
    environment="STREAKY_DRY_RUN",
    read=switches.switch,
    what="Decide and show everything, but send nothing.",
    form="`true` or `false`.",
    default="false",
    seats=WORKFLOW | Seat.FILE,
    examples=(True,),
    schema={"anyOf": [{"type": "boolean"}, {"enum": switches.SWITCHES}]},
    not_in_roster=TEAM_ALONE,
)
KEY = Secret(
    name="key",
    environment="STREAKY_KEY",
    read=values.private_keys,
    lines=True,
    what="The private key that opens the sealed values of your config file, from a secret.",
    form="As `streaky keygen` prints it, `streaky-private:v1:…`; several, one per line, while keys change.",
    more="See [sealed values](sealed.md).",
    parts=(r"\s*(?:streaky-\w+:v\d+:)?(\S+)",),
    without="nothing sealed can be opened",
    not_in_file=NO_SECRET,
    not_in_roster=TEAM_ALONE,
)
NOW = Input(
    name="now",
    environment="STREAKY_NOW",
    read=values.instant,
    what="The clock, for tests and demos.",
    form="ISO 8601 with an offset, such as `2026-11-23T21:30:00+01:00`.",
    without="the machine's own clock",
    seats=Seat(0),
    not_in_roster=TEAM_ALONE,
)

# All of the above, in their order.
TABLE = [each for value in [*globals().values()] for each in (value if value is OF_CHANNELS else (value,))]
INPUTS: dict[str, Input[Any]] = {each.name: each for each in TABLE if isinstance(each, Input)}
SECRET = frozenset(name for name, each in INPUTS.items() if each.secret)
SECRET_PARTS = {name: each.parts for name, each in INPUTS.items() if each.parts}
# What a config file may hold sealed.
SEALABLE = tuple(
    name for name, each in INPUTS.items() if each.private or isinstance(each.not_in_file, UnlessSealed)
)
# What a config file may name, and what is said where it must not set it.
IN_FILE = {
    name: each.not_in_file for name, each in INPUTS.items() if Seat.FILE in each.seats or each.not_in_file
}
# The same for one person's file in a team's roster.
IN_ROSTER = {name: INPUTS[name].not_in_roster for name in IN_FILE} | {
    name: each.not_in_roster for name, each in INPUTS.items() if each.not_in_roster
}
