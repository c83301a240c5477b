"""The same by hand: the pages of GitHub's on which each step is done."""

from __future__ import annotations

from streaky import HOMEPAGE, TEMPLATE
from streaky.setup.choices import NAME, ROWS

WORKFLOW = ".github/workflows/streaky.yml"


def template_page(template: str = TEMPLATE) -> str:
    """The page that makes a repository from a template, `owner/name`."""
    owner, name = template.split("/")
    return f"https://github.com/new?template_owner={owner}&template_name={name}"


def by_hand(repository: str = "", *, profile: bool = False) -> str:
    """The steps in words, each with its page. `repository`: its name or owner/name, "" for the usual one;
    `profile`: it is there already, and gets one file."""
    name = repository or ("LOGIN" if profile else NAME)
    home = f"https://github.com/{name if '/' in name else f'LOGIN/{name}'}"
    secrets = "; ".join(" and ".join(row.environment for row in rows) for rows in ROWS.values())
    first, second = (
        f"1. Make your repository:        {template_page()}",
        f"2. Write your time zone into:   {home}/edit/main/{WORKFLOW}",
    )
    if profile:
        first = f"1. Take the workflow's text:    {HOMEPAGE}#or-copy-one-file"
        second = f"2. Save it with your time zone: {home}/new/main?filename={WORKFLOW}"
    return "\n".join(
        (
            "Without a token, the same is done on GitHub's pages:",
            first,
            second,
            f"3. Add one channel's secrets:   {home}/settings/secrets/actions/new",
            f"   ({secrets};",
            "   without any, an issue of the repository warns you)",
            f"4. Send the test alert:         {home}/actions/workflows/streaky.yml",
            "",
            "Or give a token: `gh auth login`, or the variable GITHUB_TOKEN with a personal access token",
            "that may make repositories and write contents, secrets, actions and workflows.",
            f"More: {HOMEPAGE}#readme",
        )
    )
