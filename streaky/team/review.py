"""Whether a pull request to a roster may be merged, and what to mend where it may not.

Everybody may propose their own file and nothing else; a maintainer may propose anything. No secret is needed:
a sealed value is known to be under the team's key, but not what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streaky import sealing
from streaky.config import file as config_file
from streaky.config.file import ConfigFile
from streaky.config.inputs import SEALABLE
from streaky.config.sources import Sources, Team
from streaky.errors import ConfigurationError, Fault, Place
from streaky.input.sealed import is_sealed
from streaky.sealing import BadKey, NotOpened, PublicKey
from streaky.team.proposal import GONE, Change, Proposal
from streaky.team.roster import no_plain_file, read_content, split_name

MOST_FAULTS = 50  # what is said of one pull request


@dataclass(frozen=True, slots=True)
class Review:
    """What merging would do, one sentence a person, and all that is wrong with it."""

    author: str
    maintainer: bool
    news: tuple[str, ...]
    faults: tuple[Fault, ...]


def review(proposal: Proposal, roster: str, sources: Sources, *, maintainer: bool) -> Review:
    """Judge a proposal. `roster`: the roster's path; `maintainer`: the author may write to the repository.
    Raises ConfigurationError for what is wrong with the workflow itself."""
    return _Reviewing(proposal, roster, sources.team(), maintainer=maintainer).review()


class _Reviewing:
    def __init__(self, proposal: Proposal, roster: str, team: Team, *, maintainer: bool) -> None:
        self._proposal, self._roster, self._team, self._maintainer = proposal, roster, team, maintainer
        self._author = proposal.author
        self._key, self._key_fault = _public_key(proposal.key)
        self._key_path = f"{roster}/streaky.pub"
        # Who may not touch the key is told that, and not what would be sealed with it.
        self._foreign_key = not maintainer and any(each.path == self._key_path for each in proposal.changes)

    def review(self) -> Review:
        inside = f"{self._roster}/"
        theirs = [each for each in self._proposal.changes if each.path.startswith(inside)]
        others = [each for each in self._proposal.changes if not each.path.startswith(inside)]
        news: list[str] = []
        faults: list[Fault] = []
        for change in theirs:
            login, suffix = split_name(change.path.removeprefix(inside))
            if "/" in login or not suffix:
                faults += self._common(change)
                continue
            found = [*self._of_person(change, login)]
            faults += found
            news += [] if found else [_news(change, login)]
        if theirs:
            for change in others:
                faults += self._common(change)
        if len(faults) > MOST_FAULTS:
            rest = Fault("team review", f"{len(faults) - MOST_FAULTS} more are not named here.")
            faults = [*faults[:MOST_FAULTS], rest]
        return Review(self._author, self._maintainer, tuple(news), tuple(faults))

    def _common(self, change: Change) -> Iterator[Fault]:
        """What is wrong with a change to a file that is nobody's."""
        if self._maintainer:
            if change.path == self._key_path and change.now != GONE and self._key_fault:
                yield Fault("key", self._key_fault, "", Place(change.path, 1, 1))
            return
        what = f"is no file of yours, {self._author}."
        mend = f"Propose {self._roster}/{self._author}.yml alone, and take this out of the pull request."
        yield Fault("file", what, mend, Place(change.path, 1, 1))

    def _of_person(self, change: Change, login: str) -> Iterator[Fault]:
        """What is wrong with a change to somebody's file."""
        place = Place(change.path, 1, 1)
        if not self._maintainer and login.casefold() != self._author.casefold():
            what = f"is {login}'s file, and this pull request is {self._author}'s."
            mend = f"Take it out: {login} proposes it, or a maintainer does. Yours is {self._author}.yml."
            yield Fault("file", what, mend, place)
            return
        if change.now == GONE:
            return
        name = change.path.rpartition("/")[2]
        if named := read_content(b"", name, change.path).faults:
            yield from named
            return
        if change.content is None:
            yield from self._no_content(change).faults
            return
        file = read_content(change.content, name, change.path)
        same = [name for name in self._proposal.names if split_name(name)[0].casefold() == login.casefold()]
        if len(same) > 1:
            file.fault(
                1, 1, "user", f"{login} has more than one file: {', '.join(sorted(same))}.", "Keep one."
            )
        try:
            self._team.settle(login, file)
        except ConfigurationError as error:
            yield from error.faults
        yield from self._shut(file, login)

    def _no_content(self, change: Change) -> ConfigFile:
        if not change.plain:
            return no_plain_file(change.path)
        return config_file.read(b"x" * (config_file.BIGGEST + 1), change.path, {})

    def _shut(self, file: ConfigFile, login: str) -> Iterator[Fault]:
        """What is wrong with sealed values, as far as it is seen from outside."""
        for name in SEALABLE:
            text, place = file.values.get(name, ""), file.places.get(name)
            if not is_sealed(text) or self._foreign_key:
                continue
            again = f"Take {self._key_path} as it is now, and run: streaky seal {name} --user {login}"
            try:
                key_id, _ = sealing.taken_apart(text)
            except NotOpened as shut:
                yield Fault(name, shut.what, shut.mend, place)
                continue
            if self._key is None:
                what = self._key_fault or f"is sealed, and this team has no {self._key_path}."
                yield Fault(name, what, "Ask a maintainer for a public key.", place)
            elif key_id != self._key.id:
                what = f"is sealed with the key {key_id}, and the team's is {self._key.id}."
                yield Fault(name, what, again, place)


def _public_key(raw: bytes | None) -> tuple[PublicKey | None, str]:
    """The team's key, or what is wrong with it."""
    if raw is None:
        return None, ""
    try:
        return sealing.public_key(raw.decode(errors="replace")), ""
    except BadKey as bad:
        return None, f"streaky.pub {bad.what}"


def _news(change: Change, login: str) -> str:
    if change.now == GONE:
        return f"{login} leaves."
    return f"{login} joins." if change.was == GONE else f"{login} changes their settings."
