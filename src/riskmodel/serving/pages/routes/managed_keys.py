"""Pages to manage the keys of case systems: list, new, and a page that asks before one is revoked."""

from __future__ import annotations

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
from riskmodel.workflows.administration.keys import Asked, give, key_of, keys, revoke

if TYPE_CHECKING:
    from riskmodel.review.keys import Key

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
KEYS: Final = "/administration/keys"
ROLES: Final = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
FIRST: Final = {"role": [Role.CASE_SYSTEM.value], "days": ["365"], "per_minute": ["600"]}
"""What the form for a new key says at first."""


@ROUTER.get(KEYS)
def keys_page(request: Request, visitor: Manager, running: Running) -> Response:
    """The keys of one's area."""
    fields: dict[str, Any] = {
        "keys": keys(running, visitor.who),
        "now": now(),
        "names": area_names(running, visitor.who),
    }
    return shown_to_manager(request, "administration/keys.html", visitor, **fields)


@ROUTER.get(KEYS + "/new")
def new_key_page(request: Request, visitor: Manager) -> Response:
    """The form for a new key."""
    return _new(request, visitor, Form(FIRST, {}))


@ROUTER.post(KEYS + "/new")
def new_key(request: Request, visitor: Manager, form: Marked, running: Running) -> Response:
    """Make the key; its text is shown this once."""
    told = {name: form.text(name) for name in ("name", "area", "days", "per_minute")}
    try:
        made = give(running, visitor.who, Asked(roles=form.texts("role"), **told), form.text("reason"), now())
    except UsageError as error:
        return _new(request, visitor, form, error)
    fields: dict[str, Any] = {
        "title": "已签发密钥",
        "about": made.key.name,
        "what": "密钥",
        "secret": made.text,
        "back": KEYS,
    }
    return shown_to_manager(request, "administration/once.html", visitor, **fields)


@ROUTER.get(KEYS + "/{key_id}/revoke")
def ask_page(request: Request, visitor: Manager, running: Running, key_id: str) -> Response:
    """Whether it shall really be revoked, and why."""
    return _ask(request, visitor, _managed(running, visitor, key_id))


@ROUTER.post(KEYS + "/{key_id}/revoke")
def revoked(request: Request, visitor: Manager, form: Marked, running: Running, key_id: str) -> Response:
    """Revoke it."""
    key = _managed(running, visitor, key_id)
    try:
        revoke(running, visitor.who, key, form.text("reason"), now())
    except UsageError as error:
        return _ask(request, visitor, key, form.text("reason"), error)
    return see_other(f"{KEYS}?said=saved")


def _managed(running: Running, visitor: Visitor, key_id: str) -> Key:
    found = key_of(running, visitor.who, key_id)
    if found is None:
        raise not_there("没有这个密钥，或不在您的辖区内。")
    return found


def _new(request: Request, visitor: Visitor, form: Form, error: UsageError | None = None) -> Response:
    fields: dict[str, Any] = {"form": form, "roles": ROLES, "wrong": chinese(str(error)) if error else ""}
    return shown_to_manager(request, "administration/key_new.html", visitor, 422 if error else 200, **fields)


def _ask(request: Request, visitor: Visitor, key: Key, reason: str = "", error: UsageError | None = None) -> Response:
    fields: dict[str, Any] = {
        "title": f"吊销密钥：{key.name}（{key.id}）", "button": "确认吊销", "back": KEYS, "reason": reason,
        "follows": ["使用该密钥的业务系统一秒钟内就不能再访问；吊销后不能恢复，只能重新签发。"],
        "wrong": chinese(str(error)) if error else "", "against": False,
    }  # fmt: skip
    return shown_to_manager(request, "administration/ask.html", visitor, 422 if error else 200, **fields)
