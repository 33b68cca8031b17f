"""Pages to manage users: list, new, one user, and a page that asks before anything is done to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from riskmodel.errors import UsageError
from riskmodel.review.access import Role
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.form import Form, Marked
from riskmodel.serving.pages.managed import area_names, shown_to_manager
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import not_there
from riskmodel.serving.pages.shown import see_other
from riskmodel.serving.pages.visitor import Manager, Visitor
from riskmodel.workflows.administration.people import Asked, alter, disable, enable, managed, people, reset, welcome
from riskmodel.workflows.people import Welcomed

if TYPE_CHECKING:
    from riskmodel.review.users import User

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
USERS: Final = "/administration/users"
ROLES: Final = tuple(role for role in Role if role is not Role.CASE_SYSTEM)


@dataclass(frozen=True)
class Act:
    """What may be done to a user after one was asked: its title, what follows, its button."""

    title: str
    follows: str
    button: str


ACTS: Final = {
    "reset": Act(
        "重置密码", "原密码立即失效，该用户的所有登录立即结束；新密码只显示一次，首次登录须修改。", "确认重置"
    ),
    "disable": Act("停用", "该用户立即不能登录，已登录的也立即退出；记录保留，以后可以重新启用。", "确认停用"),
    "enable": Act("启用", "该用户可以用原来的密码重新登录；因输错密码造成的锁定同时解除。", "确认启用"),
}
"""By the last part of their address."""


@ROUTER.get(USERS)
def users_page(request: Request, visitor: Manager, running: Running) -> Response:
    """The users of one's area."""
    find, asked = request.query_params.get("find", "").strip()[:100], request.query_params.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1
    found = people(running, visitor.who, find, number)
    names = area_names(running, visitor.who)
    return shown_to_manager(request, "administration/users.html", visitor, found=found, find=find, names=names)


@ROUTER.get(USERS + "/new")
def new_user_page(request: Request, visitor: Manager) -> Response:
    """The form for a new user."""
    return _new(request, visitor, Form({}, {}))


@ROUTER.post(USERS + "/new")
def new_user(request: Request, visitor: Manager, form: Marked, running: Running) -> Response:
    """Make the user; the password is shown this once."""
    told = {name: form.text(name) for name in ("login", "name", "area", "staff")}
    try:
        made = welcome(running, visitor.who, Asked(roles=form.texts("role"), **told), form.text("reason"), now())
    except UsageError as error:
        return _new(request, visitor, form, error)
    return _password(request, visitor, made, "已新建用户")


@ROUTER.get(USERS + "/{user_id}")
def user_page(request: Request, visitor: Manager, running: Running, user_id: str) -> Response:
    """A user, with the form to give other roles and another area."""
    return _user(request, visitor, running, _managed(running, visitor, user_id))


@ROUTER.post(USERS + "/{user_id}")
def user_altered(request: Request, visitor: Manager, form: Marked, running: Running, user_id: str) -> Response:
    """Give other roles and another area."""
    user = _managed(running, visitor, user_id)
    try:
        alter(running, visitor.who, user, form.texts("role"), form.text("area"), form.text("reason"), now())
    except UsageError as error:
        return _user(request, visitor, running, user, form, error)
    return see_other(f"{USERS}/{user.id}?said=saved")


@ROUTER.get(USERS + "/{user_id}/{act}")
def ask_page(request: Request, visitor: Manager, running: Running, user_id: str, act: str) -> Response:
    """Whether it shall really be done, and why."""
    return _ask(request, visitor, _managed(running, visitor, user_id), act)


@ROUTER.post(USERS + "/{user_id}/{act}")
def user_done(request: Request, visitor: Manager, form: Marked, running: Running, user_id: str, act: str) -> Response:
    """Do it."""
    user, reason = _managed(running, visitor, user_id), form.text("reason")
    try:
        if act == "reset":
            return _password(request, visitor, reset(running, visitor.who, user, reason, now()), "已重置密码")
        if act in ACTS:
            (disable if act == "disable" else enable)(running, visitor.who, user, reason, now())
    except UsageError as error:
        return _ask(request, visitor, user, act, reason, error)
    return see_other(f"{USERS}/{user.id}?said=saved") if act in ACTS else _ask(request, visitor, user, act)


def _managed(running: Running, visitor: Visitor, user_id: str) -> User:
    found = managed(running, visitor.who, user_id)
    if found is None:
        raise not_there("没有这个用户，或不在您的辖区内。")
    return found


def _new(request: Request, visitor: Visitor, form: Form, error: UsageError | None = None) -> Response:
    fields: dict[str, Any] = {"form": form, "roles": ROLES, "wrong": _wrong(error)}
    return shown_to_manager(request, "administration/user_new.html", visitor, 422 if error else 200, **fields)


def _user(
    request: Request, visitor: Visitor, running: Running, user: User, form: Form | None = None,
    error: UsageError | None = None,
) -> Response:  # fmt: skip
    given = form or Form({"role": [role.value for role in user.roles], "area": [user.area]}, {})
    names = area_names(running, visitor.who)
    fields: dict[str, Any] = {
        "user": user,
        "form": given,
        "roles": ROLES,
        "acts": ACTS,
        "names": names,
        "wrong": _wrong(error),
    }
    return shown_to_manager(request, "administration/user.html", visitor, 422 if error else 200, **fields)


def _ask(
    request: Request, visitor: Visitor, user: User, act: str, reason: str = "", error: UsageError | None = None
) -> Response:
    if act not in ACTS:
        raise not_there("没有这一页。")
    asked = ACTS[act]
    fields: dict[str, Any] = {
        "title": f"{asked.title}：{user.name}（{user.login}）", "follows": [asked.follows], "button": asked.button,
        "back": f"{USERS}/{user.id}", "reason": reason, "wrong": _wrong(error), "against": False,
    }  # fmt: skip
    return shown_to_manager(request, "administration/ask.html", visitor, 422 if error else 200, **fields)


def _password(request: Request, visitor: Visitor, made: Welcomed, title: str) -> Response:
    about = f"{made.user.name}（{made.user.login}）"
    fields: dict[str, Any] = {
        "title": title,
        "about": about,
        "what": "一次性密码",
        "secret": made.password,
        "back": USERS,
    }
    return shown_to_manager(request, "administration/once.html", visitor, **fields)


def _wrong(error: UsageError | None) -> str:
    return chinese(str(error)) if error else ""
