"""The story: some people on one Sunday, a scene each. A scene tells what happens, and checks that it does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from streaky.demo.stage import SUNDAY, Stage, say
from streaky.sandbox import Fault, Sandbox
from streaky.sandbox.github.graphql.schema import schema
from streaky.sandbox.github.work import work

INTRODUCTION = """\
Streaky guards a GitHub contribution streak. It is a workflow in your own repository: GitHub starts it a few
times a day, it looks at your calendar, and it warns you while there is still time.

Here are {people} people on one Sunday in November, each by their own clock. The program and all that it
decides and writes are real; GitHub, Discord and Telegram are stand-ins on this machine.
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """A person, where they are, what it is about, and what happens."""

    login: str
    zone: str
    streak: int
    title: str
    play: Callable[[Stage], None]


def play(program: str) -> int:
    """Play all scenes; 0 when all went as it should."""
    say(INTRODUCTION.format(people=NUMBERS[len(SCENES)]))
    well = True
    schema()  # a third of a second, which belongs to the sandbox and not to the story
    with Sandbox() as sandbox, TemporaryDirectory() as workspace:
        started = time.monotonic()
        for scene in SCENES:
            say(f"── {scene.login.capitalize()}, in {_city(scene.zone)}: {scene.title}")
            stage = Stage(sandbox, scene.login, ZoneInfo(scene.zone), workspace, scene.streak)
            scene.play(stage)
            sandbox.heal()
            well &= stage.well
            say()
        took = time.monotonic() - started
    say(f"All of that took {took:.1f} seconds. Now be octocat, from any folder:")
    say(f"  {program} demo --serve")
    return 0 if well else 1


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def saved(stage: Stage) -> None:
    """A rescue: warned in the evening, and the warnings say so when the day is safe."""
    stage.discord()
    stage.telegram()
    report = stage.run("22:40")
    stage.expect(true=report.exit_status == 0 and len(report.alerts) == 1)
    report = stage.run("22:44", "GitHub starts the same run once more, as it does at times.")
    stage.tell("But Hana was warned already, so nothing is sent.")
    stage.expect(true=not report.alerts)
    stage.contribute("22:55")
    report = stage.run("23:07")
    stage.expect(true=all(each.state == "resolved" for each in report.outcomes))
    stage.tell("Nothing rings: the messages that were there have changed.")


def way(stage: Stage) -> None:
    """A warning that says what could be done: work of today that does not count yet."""
    stage.discord()
    name = f"{stage.login}/tea-timer"
    pushed = stage.happens("17:10", f"Mateo pushes a branch to {name}, and forgets to open a pull request.")
    work(stage.sandbox.github, stage.login, pushed, branch=f"{name}: quieter-bell")
    stage.run("21:15")
    stage.expect(true="quieter-bell" in stage.read)


def milestone(stage: Stage) -> None:
    """A round number, in the person's language."""
    stage.telegram()
    stage.settings["STREAKY_LANGUAGE"] = "de"
    stage.contribute("14:20")
    report = stage.run("14:40")
    stage.expect(true=[str(each.slot.kind) for each in report.alerts] == ["milestone"])


def rest(stage: Stage) -> None:
    """A day of rest that was agreed on."""
    stage.discord()
    stage.settings["STREAKY_REST_DAYS"] = "sun"
    report = stage.run("21:30", so="a day of rest")
    stage.expect(true=not report.outcomes)
    stage.tell("So nothing is sent.")


def banned(stage: Stage) -> None:
    """A runner whose address a service refuses, and a fresh one that delivers."""
    stage.discord()
    discord = stage.sandbox.discord
    discord.fail(Fault.edge_ban(), times=None)
    report = stage.run("21:40")
    stage.tell("But Discord refuses this runner's address: others have sent too much from it.")
    stage.expect(true=report.handed_on)
    discord.heal()
    outputs = report.outputs()
    left = {"STREAKY_HANDED_ON": outputs["handed-on"], "STREAKY_PENDING": outputs["pending"]}
    report = stage.run(
        "21:42", "The same run starts a second job, on a fresh runner with another address.", **left
    )
    stage.expect(true=[str(each.state) for each in report.outcomes] == ["sent"])


def without_a_secret(stage: Stage) -> None:
    """Nothing but the template: an issue warns, and a comment on it pauses."""
    report = stage.run("21:20")
    stage.expect(true=[each.channel for each in report.outcomes if each.state == "sent"] == ["issue"])
    (issue,) = stage.repository.issues
    stage.tell("GitHub's app rings on the phone, since the comment mentions Noor.")
    now = stage.happens(
        "21:35", f"{stage.login.capitalize()} is on a train, and answers with a comment: /pause 3d"
    )
    comment = stage.repository.tracker.comment(issue, "/pause 3d", author=stage.login, at=now)
    stage.arrived()  # which is their own comment
    report = stage.run("22:07", so="on a pause")
    until = SUNDAY + timedelta(days=2)
    stage.tell(f"It puts a rocket on the comment, closes the issue, and is silent up to {until:%A}.")
    stage.expect(true=[each.content for each in comment.reactions] == ["rocket"] and issue.state == "closed")


def unknown(stage: Stage) -> None:
    """GitHub does not show the calendar: said aloud, and never taken for safe."""
    stage.telegram()
    github = stage.sandbox.github
    github.refuse_year, github.refuse_beyond = "RESOURCE_LIMITS_EXCEEDED", timedelta()
    report = stage.run("21:40")
    stage.tell("And the run ends red, so that GitHub sends an e-mail, too: the last way to be heard.")
    stage.expect(true=report.exit_status == 1 and len(report.alerts) == 1)


# A scene more is a function above and a line here.
SCENES = (
    Scene("hana", "Asia/Tokyo", 412, "late in the evening, and nothing yet", saved),
    Scene("mateo", "America/Bogota", 42, "a way to save the day", way),
    Scene("lukas", "Europe/Berlin", 99, "a round number, in his own language", milestone),
    Scene("amara", "Africa/Lagos", 58, "Sunday is her day of rest", rest),
    Scene("ines", "Europe/Lisbon", 17, "Discord refuses the machine that GitHub lends her", banned),
    Scene("noor", "Asia/Karachi", 230, "only the template, and no secret at all", without_a_secret),
    Scene("diego", "Asia/Manila", 31, "GitHub does not show the calendar", unknown),
)
NUMBERS = {5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
