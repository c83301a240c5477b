"""The least that a streak check could be: one GraphQL POST and one webhook POST with requests."""

import os

import requests

QUERY = """query($login: String!) { user(login: $login) { contributionsCollection {
contributionCalendar { weeks { contributionDays { date contributionCount } } } } } }"""

answer = requests.post(
    os.environ["GITHUB_GRAPHQL_URL"],
    json={"query": QUERY, "variables": {"login": "octocat"}},
    headers={"Authorization": f"bearer {os.environ['GITHUB_TOKEN']}"},
    timeout=10,
)
weeks = answer.json()["data"]["user"]["contributionsCollection"]["contributionCalendar"]["weeks"]
today = weeks[-1]["contributionDays"][-1]
told = requests.post(
    os.environ["DISCORD_WEBHOOK_URL"],
    json={"content": f"{today['date']}: {today['contributionCount']}"},
    headers={"User-Agent": "DiscordBot (https://example.com, 1)"},
    timeout=10,
)
assert told.ok, told.status_code
