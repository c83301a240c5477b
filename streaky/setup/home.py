"""The repository that Streaky is set up in, through PyGithub."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from github import Auth, BadAttributeException, Github, GithubException, RateLimitExceededException
from github.Repository import Repository
from github.Workflow import Workflow
from github.WorkflowRun import WorkflowRun

from streaky import HOMEPAGE, TEMPLATE
from streaky.errors import StreakyError
from streaky.setup.by_hand import WORKFLOW

NEEDED = (
    "The token must be yours, and may make repositories and write contents, secrets, actions and workflows "
    "(a classic one: repo and workflow)."
)
WRONG_TOKEN = "The token is wrong, or has expired: run `gh auth login`, or make a new one."
NO_ANSWER = "GitHub gave no usable answer."
PATIENCE = timedelta(seconds=10)  # for each request


NOT_FOUND = 404
MOMENTS = 30  # how many seconds GitHub may need for what it does after it has answered


class CannotSetUp(StreakyError):
    """A step could not be done. The steps before it stand, and the command may be started again."""


@dataclass(frozen=True, slots=True)
class Done:
    """A workflow run that has ended: its page, and whether it went well."""

    page: str
    well: bool
    conclusion: str


class Account:
    """A person's account. Every method raises CannotSetUp."""

    def __init__(self, token: str, api: str, wait: Callable[[float], None] = time.sleep) -> None:
        """`api`: where GitHub's REST API is. `wait` takes seconds."""
        self._github = Github(
            auth=Auth.Token(token), base_url=api, timeout=int(PATIENCE.total_seconds()), retry=2
        )
        self._wait = wait

    @property
    def login(self) -> str:
        """Whose the token is."""
        with _Told("GitHub does not say whose the token is."):
            login = self._github.get_user().login
            if isinstance(login, str):  # but for a proxy or a portal that answers in GitHub's place
                return login
        raise CannotSetUp("GitHub does not say whose the token is.", NO_ANSWER, "Start the command again.")

    def home(self, full_name: str) -> Home | None:
        """The repository of that name, None where there is none."""
        with _Told(f"{full_name} could not be read."):
            try:
                return Home(self._github.get_repo(full_name), self._wait)
            except GithubException as error:
                if error.status != NOT_FOUND:
                    raise
                return None

    def workflow_of_template(self) -> str:
        """The text of the template's workflow, pinned to the latest release."""
        with _Told(f"The template {TEMPLATE} could not be read."):
            found = self._template().get_contents(WORKFLOW)
            assert not isinstance(found, list)  # noqa: S101 - a file is one
            return found.decoded_content.decode()

    def _template(self) -> Repository:
        try:
            return self._github.get_repo(TEMPLATE)
        except GithubException as error:
            if error.status != NOT_FOUND:
                raise
            what, mend = f"The template {TEMPLATE} is not on this GitHub.", "Copy the workflow by hand:"
            raise CannotSetUp(what, _answer(error), f"{mend} {HOMEPAGE}#or-copy-one-file") from None

    def make(self, full_name: str, *, private: bool) -> Home:
        """Make a repository from the template, and wait until its files are there."""
        owner, _, name = full_name.partition("/")
        with _Told(f"{full_name} could not be made."):
            user, template = self._github.get_user(), self._template()
            if owner.casefold() != user.login.casefold():
                raise CannotSetUp(f"{full_name} is not yours.", "", f"Name one of {user.login}'s.")
            home = Home(user.create_repo_from_template(name, template, private=private), self._wait)
            for _ in range(MOMENTS):  # GitHub copies the files after it has answered
                if home.workflow() is not None:
                    return home
                self._wait(1)
        raise CannotSetUp(
            f"{full_name} was made, but is still empty.", "", "Start the command again in a minute."
        )


class Home:
    """One repository. Every method raises CannotSetUp."""

    def __init__(self, repository: Repository, wait: Callable[[float], None]) -> None:
        self._repository, self._wait = repository, wait

    @property
    def page(self) -> str:
        return self._repository.html_url

    def workflow(self) -> str | None:
        """The text of the workflow here, None where there is none."""
        with _Told("The workflow could not be read."):
            try:
                found = self._repository.get_contents(WORKFLOW)
            except GithubException as error:
                if error.status != NOT_FOUND:  # of the file, or of any: "This repository is empty."
                    raise
                return None
            return None if isinstance(found, list) else found.decoded_content.decode()

    def write_workflow(self, text: str) -> None:
        """Put the workflow here, in place of the one that is."""
        with _Told(f"{WORKFLOW} could not be written."):
            try:
                found = self._repository.get_contents(WORKFLOW)
            except GithubException as error:
                if error.status != NOT_FOUND:
                    raise
                self._repository.create_file(WORKFLOW, "Add Streaky", text)
                return
            assert not isinstance(found, list)  # noqa: S101 - a file is one
            self._repository.update_file(WORKFLOW, "Set up Streaky", text, found.sha)

    def secrets(self) -> frozenset[str]:
        """The names of the repository's secrets. What they hold nobody can read."""
        with _Told("The names of the repository's secrets could not be read."):
            return frozenset(each.name for each in self._repository.get_secrets())

    def keep_secret(self, name: str, value: str) -> None:
        """Set a secret, sealed with the repository's own key."""
        with _Told(f"The secret {name} could not be set."):
            self._repository.create_secret(name, value)

    def start(self, command: str) -> int:
        """Start the workflow with a command; the id of the run before it, 0 for none."""
        with _Told("The test alert could not be started."):
            workflow = self._taken_up()
            if workflow.state.startswith("disabled"):
                page = f"{self.page}/actions/workflows/{workflow.path.rpartition('/')[2]}"
                raise CannotSetUp(
                    "The workflow is switched off.", "", f"Press Enable workflow at {page}, and start again."
                )
            before = self._newest()
            workflow.create_dispatch(self._repository.default_branch, {"command": command}, throw=True)
            return before.id if before else 0

    def _taken_up(self) -> Workflow:
        """The workflow, once GitHub knows it: some seconds after its file was written."""
        for _ in range(MOMENTS):
            try:
                return self._workflow()
            except GithubException as error:
                if error.status != NOT_FOUND:
                    raise
            self._wait(1)
        raise CannotSetUp(
            "GitHub does not know the workflow yet.",
            "",
            f"Start the command again in a minute. If it says the same, see {self.page}/settings/actions.",
        )

    def follow(self, before: int, tell: Callable[[str], None]) -> Done:
        """Wait for the run that came after `before`, telling of each change; 5 minutes at the most."""
        seen = ""
        with _Told("The run of the test alert could not be followed."):
            for _ in range(100):
                run = self._newest()
                if run is not None and run.id != before:
                    if run.status != seen:
                        seen = run.status
                        tell(seen.replace("_", " "))
                    if run.status == "completed":
                        return Done(run.html_url, run.conclusion == "success", run.conclusion or "")
                self._wait(3)
        raise CannotSetUp("The test alert has not ended yet.", "", f"Look at {self.page}/actions.")

    def _workflow(self) -> Workflow:
        return self._repository.get_workflow(WORKFLOW.rpartition("/")[2])

    def _newest(self) -> WorkflowRun | None:
        return next(iter(self._workflow().get_runs(event="workflow_dispatch")), None)


class _Told:
    """Turns what PyGithub raises into CannotSetUp, in words."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, GithubException):
            raise CannotSetUp(self._what, _answer(error), _mend(error)) from None
        if isinstance(error, OSError):  # requests' own are OSErrors, too
            raise CannotSetUp(self._what, "GitHub was not reached.", "Start the command again.") from None
        if isinstance(error, (BadAttributeException, AttributeError, TypeError, ValueError, KeyError)):
            # What answers in GitHub's place gives PyGithub something else than it expects.
            raise CannotSetUp(self._what, NO_ANSWER, "Start the command again.") from None


def _answer(error: GithubException) -> str:
    told = error.data.get("message", "") if isinstance(error.data, dict) else ""
    return f'GitHub answered {error.status} "{told}".' if told else f"GitHub answered {error.status}."


def _mend(error: GithubException) -> str:
    """What to do about what GitHub answered; nothing where its own words say it."""
    if isinstance(error, RateLimitExceededException) or error.status == 429:
        return "Wait: for some minutes, or an hour at most. Then start the command again."
    if error.status >= 500:
        return "Start the command again in a minute."
    if error.status == 401:
        return WRONG_TOKEN
    return NEEDED if error.status in (403, NOT_FOUND) else ""
