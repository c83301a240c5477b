"""REST's issues in the sandbox's GitHub: issues, comments, labels, assignees and reactions.

Source: GitHub REST docs, "Issues", "Comments", "Labels", "Assignees", "Reactions"; error texts as github.com
sends them: danger/danger#424 and suzuki-shunsuke/github-comment#124 (too long), harvester/harvester#10448
(assignees), ossf/allstar#64 (issues switched off).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github.answers import instant, page, problem, stamp
from streaky.sandbox.github.issues import (
    LONGEST_BODY,
    LONGEST_LABEL,
    LONGEST_TITLE,
    REACTIONS,
    Comment,
    Issue,
    Label,
    Reaction,
)
from streaky.sandbox.github.people import simple
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.tokens import Token

Body = Mapping[str, Any]
SWITCHED_OFF = "Issues has been disabled in this repository."
NO_RIGHTS = "Must have admin rights to Repository."


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks about the issues of a repository, and when (aware).

    `spend` counts what makes content, and answers when that was too much.
    """

    found: Repository
    token: Token
    now: datetime
    spend: Callable[[], Response | None]

    @property
    def login(self) -> str:
        return self.token.login(self.found.owner)

    @property
    def may_triage(self) -> bool:
        """Whether labels, assignees and the state of anybody's issue are theirs to change."""
        return self.token.of_a_job or self.found.allows(self.login, "triage")


def about_issues(parts: list[str]) -> bool:
    """Whether a path below a repository's is about issues."""
    return parts[0] in ("issues", "labels", "assignees")


def answer(request: Request, asker: Asker, parts: list[str], body: Body) -> Response | None:
    """The answer about issues; None where there is no such route. A body of another shape raises KeyError,
    TypeError or AttributeError."""
    found = asker.found
    if not found.has_issues and parts[0] == "issues":
        return Response.json([]) if (request.method, parts) == ("GET", ["issues"]) else _gone()
    match request.method, parts:
        case "GET", ["issues"]:
            return Response.json(
                [issue_shown(found, each) for each in page(_listed(asker, request), request.query)]
            )
        case "POST", ["issues"]:
            return asker.spend() or _open(asker, body)
        case "GET", ["issues", "comments", id] if id.isdecimal():
            return _on_comment(
                asker, int(id), lambda issue, each: Response.json(comment_shown(found, issue, each))
            )
        case "PATCH", ["issues", "comments", id] if id.isdecimal():
            return _on_comment(asker, int(id), lambda issue, each: _rewrite(asker, issue, each, body))
        case "DELETE", ["issues", "comments", id] if id.isdecimal():
            return _on_comment(asker, int(id), lambda issue, each: _remove(asker, issue, each))
        case "GET", ["issues", "comments", id, "reactions"] if id.isdecimal():
            return _on_comment(
                asker, int(id), lambda _, each: Response.json([reaction_shown(one) for one in each.reactions])
            )
        case "POST", ["issues", "comments", id, "reactions"] if id.isdecimal():
            return _on_comment(asker, int(id), lambda _, each: _react(asker, each, body))
        case _, ["issues", number, *rest_of] if number.isdecimal():
            issue = found.tracker.issue(int(number))
            return _on_issue(request, asker, issue, rest_of, body) if issue else problem(404, "Not Found")
        case "GET", ["labels"]:
            return Response.json(
                [label_shown(found, each) for each in page(found.tracker.labels, request.query)]
            )
        case "GET", ["labels", name]:
            label = found.tracker.known(name)
            return Response.json(label_shown(found, label)) if label else problem(404, "Not Found")
        case "POST", ["labels"]:
            return _make_label(asker, body)
        case "GET", ["assignees", login]:
            return Response(204) if found.role(login) else problem(404, "Not Found")
    return None


def _on_issue(
    request: Request, asker: Asker, issue: Issue, rest_of: list[str], body: Body
) -> Response | None:
    found = asker.found
    match request.method, rest_of:
        case "GET", []:
            return Response.json(issue_shown(found, issue))
        case "PATCH", []:
            return _change(asker, issue, body)
        case "GET", ["comments"]:
            since = instant(request.query.get("since"))
            chosen = [each for each in issue.comments if since is None or each.updated >= since]
            return Response.json([comment_shown(found, issue, each) for each in page(chosen, request.query)])
        case "POST", ["comments"]:
            return asker.spend() or _comment(asker, issue, body)
        case "POST", ["labels"]:
            if not asker.may_triage:
                return problem(403, NO_RIGHTS)
            issue.labels += [name for name in _labels(asker, body["labels"]) if name not in issue.labels]
            return _labels_of(found, issue)
        case "DELETE", ["labels", name]:
            label = found.tracker.known(name)
            if label is None or label.name not in issue.labels:
                return problem(404, "Label does not exist")
            issue.labels.remove(label.name)
            return _labels_of(found, issue)
        case "POST", ["assignees"]:
            # silently: those who cannot be assigned, and all of them for somebody who may not assign
            able = [who for who in body["assignees"] if asker.may_triage and _assignable(found, issue, who)]
            issue.assignees += [who for who in able if who not in issue.assignees]
            return Response.json(issue_shown(found, issue), 201)
    return None


def _listed(asker: Asker, request: Request) -> list[Issue]:
    """The issues that a list's query asks for, the newest first."""
    query = request.query
    state, since = query.get("state", "open"), instant(query.get("since"))
    labels = {name.casefold() for name in query.get("labels", "").split(",") if name}
    chosen = [
        each
        for each in asker.found.issues
        if (state in (each.state, "all"))
        and labels <= {name.casefold() for name in each.labels}
        and query.get("creator", each.author).casefold() == each.author.casefold()
        and (since is None or each.updated >= since)
    ]
    key = (lambda each: each.updated) if query.get("sort") == "updated" else (lambda each: each.created)
    return sorted(chosen, key=key, reverse=query.get("direction", "desc") == "desc")


def _open(asker: Asker, body: Body) -> Response:
    found, tracker = asker.found, asker.found.tracker
    title, text = str(body.get("title") or ""), body.get("body") or ""
    wrong = _wrong_issue(asker, title, text, body.get("assignees"), None)
    if wrong:
        return wrong
    issue = tracker.open(title, text, author=asker.login, at=asker.now)
    if asker.may_triage:  # silently dropped otherwise
        issue.labels = _labels(asker, body.get("labels") or ())
        issue.assignees = list(body.get("assignees") or ())
    return Response.json(issue_shown(found, issue), 201)


def _change(asker: Asker, issue: Issue, body: Body) -> Response:
    if not asker.may_triage and asker.login.casefold() != issue.author.casefold():
        return problem(403, NO_RIGHTS)
    title, text = str(body.get("title", issue.title) or ""), body.get("body", issue.body) or ""
    wrong = _wrong_issue(asker, title, text, body.get("assignees"), issue)
    if wrong:
        return wrong
    state, reason = body.get("state"), body.get("state_reason")
    if state not in (None, "open", "closed"):
        return _invalid("Issue", "state", "invalid", value=state)
    issue.title, issue.body, issue.updated = title, text, asker.now
    if asker.may_triage:
        issue.labels = _labels(asker, body["labels"]) if "labels" in body else issue.labels
        issue.assignees = list(body["assignees"]) if "assignees" in body else issue.assignees
    if state == "closed" and issue.state == "open":
        issue.close(asker.login, asker.now, reason or "completed")
    elif state == "open" and issue.state == "closed":
        issue.reopen(asker.now)
    return Response.json(issue_shown(asker.found, issue))


def _wrong_issue(asker: Asker, title: str, text: str, assignees: Any, issue: Issue | None) -> Response | None:
    """Why an issue cannot be like that."""
    if not title.strip():
        return _invalid("Issue", "title", "missing_field")
    for field, value, most in (("title", title, LONGEST_TITLE), ("body", text, LONGEST_BODY)):
        if len(value) > most:
            return _invalid("Issue", field, "custom", f"{field} is too long (maximum is {most} characters)")
    for who in assignees or () if asker.may_triage else ():
        if not _assignable(asker.found, issue, who):
            said = f"assignees {who} cannot be assigned to this issue"
            return _invalid("Issue", "assignees", "invalid", said, value=[who])
    return None


def _assignable(found: Repository, issue: Issue | None, login: str) -> bool:
    """Whether a person can be assigned: somebody of the repository, or who commented on the issue."""
    commented = {each.author.casefold() for each in issue.comments} if issue else set()
    return found.role(login) is not None or login.casefold() in commented


def _labels(asker: Asker, given: Any) -> list[str]:
    """The labels that are named, each once; those that are missing are made."""
    names = [each["name"] if isinstance(each, dict) else each for each in given]
    return list(dict.fromkeys(asker.found.tracker.label(name).name for name in names))


def _labels_of(found: Repository, issue: Issue) -> Response:
    return Response.json([label_shown(found, found.tracker.label(name)) for name in issue.labels])


def _make_label(asker: Asker, body: Body) -> Response:
    name = str(body["name"])
    if not asker.token.of_a_job and not asker.found.allows(asker.login, "write"):
        return problem(404, "Not Found")
    if len(name) > LONGEST_LABEL:
        return _invalid(
            "Label", "name", "custom", f"name is too long (maximum is {LONGEST_LABEL} characters)"
        )
    if asker.found.tracker.known(name):
        return _invalid("Label", "name", "already_exists")
    label = asker.found.tracker.label(name, body.get("color") or "ededed", body.get("description"))
    return Response.json(label_shown(asker.found, label), 201)


def _comment(asker: Asker, issue: Issue, body: Body) -> Response:
    if issue.locked and not asker.may_triage:
        return problem(403, "Unable to create comment because issue is locked.")
    wrong = _wrong_comment(body["body"])
    if wrong:
        return wrong
    comment = asker.found.tracker.comment(issue, body["body"], author=asker.login, at=asker.now)
    return Response.json(comment_shown(asker.found, issue, comment), 201)


def _wrong_comment(text: str) -> Response | None:
    """Why a comment cannot say that."""
    if not text.strip():
        return _invalid("IssueComment", "data", "unprocessable", "Body cannot be blank")
    if len(text) > LONGEST_BODY:
        said = f"Body is too long (maximum is {LONGEST_BODY} characters)"
        return _invalid("IssueComment", "data", "unprocessable", said)
    return None


def _on_comment(asker: Asker, id: int, then: Callable[[Issue, Comment], Response]) -> Response:
    known = asker.found.tracker.find(id)
    return then(*known) if known else problem(404, "Not Found")


def _shown(found: Repository, issue: Issue, comment: Comment) -> Response:
    return Response.json(comment_shown(found, issue, comment))


def _rewrite(asker: Asker, issue: Issue, comment: Comment, body: Body) -> Response:
    if not _may_edit(asker, comment):
        return problem(403, NO_RIGHTS)
    wrong = _wrong_comment(body["body"])
    if wrong:
        return wrong
    comment.body, comment.updated = body["body"], asker.now
    return Response.json(comment_shown(asker.found, issue, comment))


def _remove(asker: Asker, issue: Issue, comment: Comment) -> Response:
    if not _may_edit(asker, comment):
        return problem(403, NO_RIGHTS)
    issue.comments.remove(comment)
    return Response(204)


def _may_edit(asker: Asker, comment: Comment) -> bool:
    """Whether a comment is theirs to edit: their own, or anybody's for who may write here."""
    own = comment.author.casefold() == asker.login.casefold()
    return own or asker.token.of_a_job or asker.found.allows(asker.login, "write")


def _react(asker: Asker, comment: Comment, body: Body) -> Response:
    content = body["content"]
    if content not in REACTIONS:
        return _invalid("Reaction", "content", "invalid", value=content)
    reaction, new = asker.found.tracker.react(comment, content, user=asker.login, at=asker.now)
    return Response.json(reaction_shown(reaction), 201 if new else 200)


def _gone() -> Response:
    return problem(410, SWITCHED_OFF)


def _invalid(resource: str, field: str, code: str, message: str = "", **more: Any) -> Response:
    """The refusal of a field. Source: GitHub REST docs, "Troubleshooting the REST API", validation errors."""
    error = {"resource": resource, "field": field, "code": code, **more}
    return problem(422, "Validation Failed", errors=[error | ({"message": message} if message else {})])


def issue_shown(found: Repository, issue: Issue) -> dict[str, Any]:
    """An excerpt of an issue."""
    assignees = [simple(login) for login in issue.assignees]
    return {
        "id": issue.id,
        "number": issue.number,
        "title": issue.title,
        "body": issue.body or None,
        "user": simple(issue.author),
        "author_association": found.association(issue.author),
        "state": issue.state,
        "state_reason": issue.reason,
        "locked": issue.locked,
        "labels": [label_shown(found, found.tracker.label(name)) for name in issue.labels],
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "comments": len(issue.comments),
        "created_at": stamp(issue.created),
        "updated_at": stamp(issue.updated),
        "closed_at": stamp(issue.closing.at) if issue.closing else None,
        "closed_by": simple(issue.closing.by) if issue.closing else None,
        "url": found.link(f"issues/{issue.number}"),
        "html_url": f"{found.page}/issues/{issue.number}",
    }


def comment_shown(found: Repository, issue: Issue, comment: Comment) -> dict[str, Any]:
    """An excerpt of an issue-comment."""
    return {
        "id": comment.id,
        "body": comment.body,
        "user": simple(comment.author),
        "author_association": found.association(comment.author),
        "created_at": stamp(comment.created),
        "updated_at": stamp(comment.updated),
        "issue_url": found.link(f"issues/{issue.number}"),
        "url": found.link(f"issues/comments/{comment.id}"),
        "html_url": f"{found.page}/issues/{issue.number}#issuecomment-{comment.id}",
    }


def label_shown(found: Repository, label: Label) -> dict[str, Any]:
    """An excerpt of a label."""
    shown = {"id": label.id, "name": label.name, "color": label.color, "description": label.description}
    return shown | {"default": False, "url": found.link(f"labels/{label.name}")}


def reaction_shown(reaction: Reaction) -> dict[str, Any]:
    """An excerpt of a reaction."""
    shown = {"id": reaction.id, "content": reaction.content, "created_at": stamp(reaction.at)}
    return shown | {"user": simple(reaction.user)}
