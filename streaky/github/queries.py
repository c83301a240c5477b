"""The GraphQL documents, and the windows of time that they ask for.

Source: GitHub GraphQL schema, `User.contributionsCollection`: `from` to `to` spans at most one year,
both ends included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import PurePosixPath

from streaky.runner.job import Job

SHORT = timedelta(days=14)
AHEAD = timedelta(days=2)  # the furthest zone, UTC+14, is within tomorrow's UTC date
YEAR = timedelta(days=365)  # never more than a year, also across a leap day

CALENDAR = """startedAt endedAt contributionYears hasAnyRestrictedContributions
      contributionCalendar { weeks { contributionDays { date contributionCount } } }"""
BLOB = "... on Blob { oid text isBinary isTruncated }"
# Where people put the settings by mistake, by the alias that asks for it.
MISPLACED = {
    "yaml": ".github/streaky.yaml",
    "capital": ".github/Streaky.yml",
    "root": "streaky.yml",
    "rootYaml": "streaky.yaml",
}
BRANCH = "streaky"  # where a person's ledger lies
# The ledger is read through the branch's commit, so that both are of one moment.
LEDGER = f"""ref(qualifiedName: $branch) {{
      target {{ oid ... on Commit {{ file(path: $ledger) {{ object {{ {BLOB} }} }} }} }}
    }}"""
LABEL = "streaky"  # of the issue
TEAM_LABEL = "streaky-team"  # of each issue of a team, so that none of these is taken for a person's own
# With it what was said there last, and who closed it; `viewer` is the bot, whose token asks.
SAID = """number state viewerDidAuthor
        comments(last: 20) {
          nodes {
            databaseId author { login } viewerDidAuthor createdAt body
            reactions(first: 1) { viewerHasReacted }
          }
        }
        timelineItems(itemTypes: [CLOSED_EVENT], last: 1) {
          nodes { ... on ClosedEvent { createdAt actor { __typename login } } }
        }"""


def _issue(label: str) -> str:
    """The newest issues with a label, which holds no quotation mark."""
    return f"""hasIssuesEnabled
    issues(labels: ["{label}"], first: 3, orderBy: {{ field: CREATED_AT, direction: DESC }}) {{
      nodes {{
        {SAID}
      }}
    }}"""


ISSUE = _issue(LABEL)
COMMIT_SHOWN = "committedDate author { date user { login } }"
FIELDS = f"""
    isPrivate
    viewerPermission
    defaultBranchRef {{ name target {{ ... on Commit {{ {COMMIT_SHOWN} }} }} }}
    {LEDGER}
    workflow: object(expression: $workflow) {{ {BLOB} }}
    config: object(expression: $config) {{ {BLOB} }}
    {" ".join(f'{alias}: object(expression: "HEAD:{path}") {{ oid }}' for alias, path in MISPLACED.items())}\
"""
OF_REPOSITORY = ", ".join(
    f"${name}: String!" for name in ("owner", "name", "branch", "ledger", "workflow", "config")
)
# A team's issues in which something has happened, the latest first.
TRACKERS = f"""query StreakyIssues($owner: String!, $name: String!, $since: DateTime!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    hasIssuesEnabled
    issues(
      filterBy: {{ labels: ["{TEAM_LABEL}"], since: $since }}
      first: 25
      after: $after
      orderBy: {{ field: UPDATED_AT, direction: DESC }}
    ) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{
        labels(first: 10) {{ nodes {{ name }} }}
        {SAID}
      }}
    }}
  }}
}}
"""
# The last branch, by name, of those that begin alike.
LAST_BRANCH = """query StreakyBranches($owner: String!, $name: String!, $prefix: String!) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: $prefix, first: 1, orderBy: { field: ALPHABETICAL, direction: DESC }) { nodes { name } }
  }
}
"""
COMMIT = """mutation StreakyLedger($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}
"""


def tracker(label: str = LABEL) -> str:
    """The document that reads the issue with this label alone."""
    return f"""query StreakyIssue($owner: String!, $name: String!) {{
  repository(owner: $owner, name: $name) {{
    {_issue(label)}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Where:
    """Where in the repository to look: its owner and name, the paths of config file and ledger (each from the
    repository's root; "" for none), and the job that looks, whose workflow is read. `issue`: whether to read
    the issue, too, which a token may not be allowed to. `branch`: the one that the ledger lies on."""

    owner: str
    name: str
    config: str
    ledger: str
    job: Job = field(default_factory=Job)
    issue: bool = False
    branch: str = BRANCH

    def variables(self) -> dict[str, str]:
        """The variables of the repository's part of a query."""
        # Paths without ./ and doubled slashes, which git knows nothing of.
        paths = {"config": self.config, "workflow": self.job.workflow}
        found = {name: f"HEAD:{PurePosixPath(path) if path else ''}" for name, path in paths.items()}
        found |= {"owner": self.owner, "name": self.name}
        return found | {"branch": f"refs/heads/{self.branch}", "ledger": self.ledger}


def stamp(day: date) -> str:
    """The start of a UTC date as GitHub's DateTime."""
    return datetime.combine(day, time.min, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _repository(*, issue: bool) -> str:
    fields = f"{FIELDS}\n    {ISSUE}" if issue else FIELDS
    return f"\n  repository(owner: $owner, name: $name) {{{fields}\n  }}"


def alone(*, issue: bool) -> str:
    """The document that reads the repository without the person, with `issue` that too."""
    return f"query StreakyRepository({OF_REPOSITORY}) {{{_repository(issue=issue)}\n}}\n"


def person(now: datetime, *, year: bool, repository: bool, issue: bool = False) -> tuple[str, dict[str, str]]:
    """The document that reads a person, with `repository` that and with `issue` its issue, too, and its time
    variables.

    `now` is an aware instant. The windows are wide enough for any zone, so that the zone may be read
    in the same request. `year` asks for the last year beside the last 14 days.
    """
    today = now.astimezone(UTC).date()
    variables = {"recent": stamp(today - SHORT), "to": stamp(today + AHEAD)}
    names = "$login: String!, $recent: DateTime!, $to: DateTime!"
    windows = _window("recent", "recent", "to")
    if year:
        variables["year"] = stamp(today + AHEAD - YEAR)
        names += ", $year: DateTime!"
        windows += "\n    " + _window("year", "year", "to")
    beside = ""
    if repository:
        beside = _repository(issue=issue)
        names += f", {OF_REPOSITORY}"
    user = f"user(login: $login) {{\n    login\n    createdAt\n    {windows}\n  }}"
    return f"query Streaky({names}) {{\n  {user}{beside}\n}}\n", variables


def many(now: datetime, logins: Sequence[str], *, year: bool) -> tuple[str, dict[str, str]]:
    """The document that reads many people at once, `u0` and so on, and its variables: the last 14 days of
    each, or with `year` the last year; and how many points are left."""
    today = now.astimezone(UTC).date()
    start = today + AHEAD - YEAR if year else today - SHORT
    variables = {"from": stamp(start), "to": stamp(today + AHEAD)}
    variables |= {f"l{number}": login for number, login in enumerate(logins)}
    names = "".join(f", $l{number}: String!" for number in range(len(logins)))
    people = "\n  ".join(
        f"u{number}: user(login: $l{number}) {{ ...Member }}" for number in range(len(logins))
    )
    query = f"""query StreakyMembers($from: DateTime!, $to: DateTime!{names}) {{
  rateLimit {{ cost limit remaining resetAt }}
  {people}
}}

fragment Member on User {{
    login
    createdAt
    {_window("window", "from", "to")}
}}
"""
    return query, variables


def _window(alias: str, start: str, end: str) -> str:
    """One window of the calendar, between two variables."""
    return f"{alias}: contributionsCollection(from: ${start}, to: ${end}) {{\n      {CALENDAR}\n    }}"


def older(first: date, until: date) -> tuple[str, dict[str, str]]:
    """The document that reads the years before `first`, back to `until`, as one alias each.

    Each window shares a day with the next one, since a window may cut its first and last day short.
    """
    names, windows = "$login: String!", []
    variables: dict[str, str] = {}
    end, number = first, 0
    while end > until:
        number += 1
        start = end - YEAR
        variables |= {f"from{number}": stamp(start), f"to{number}": stamp(end)}
        names += f", $from{number}: DateTime!, $to{number}: DateTime!"
        windows.append(_window(f"year{number}", f"from{number}", f"to{number}"))
        end = start
    joined = "\n    ".join(windows)
    return f"query StreakyOlder({names}) {{\n  user(login: $login) {{\n    {joined}\n  }}\n}}\n", variables
