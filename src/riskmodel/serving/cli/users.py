"""Commands about the people of the pages: users make, list, alter, reset, disable, enable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import Json, workspace
from riskmodel.serving.cli.output import emit
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from riskmodel.review.users import User
    from riskmodel.workflows.people import Welcomed

Login = Annotated[str, typer.Argument(help="Name to sign in with.")]
Roles = Annotated[list[str], typer.Option("--role", help="analyst, officer, reviewer, administrator; more than once.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    users = typer.Typer(help="People who sign in to the pages. 用户", no_args_is_help=True)
    users.command("make")(make)
    users.command("list")(list_users)
    users.command("alter")(alter)
    users.command("reset")(reset)
    users.command("disable")(disable)
    users.command("enable")(enable)
    app.add_typer(users, name="users")


def make(
    context: typer.Context,
    login: Login,
    name: Annotated[str, typer.Option("--name", help="Name that others see.")],
    area: Annotated[str, typer.Option("--area", help='First digits of the area code; "" = everywhere.')],
    roles: Roles,
    staff: Annotated[str, typer.Option("--staff", help="Staff code in visits (default: the login).")] = "",
    as_json: Json = False,
) -> None:
    """Make a user. The password is shown this once, and has to be changed at the first sign-in."""
    from riskmodel.workflows.people import make_user

    _welcome(make_user(workspace(context), login, name, roles, area, staff, now()), as_json=as_json)


def list_users(context: typer.Context, as_json: Json = False) -> None:
    """List all users."""
    from riskmodel.workflows.people import users

    found = users(workspace(context))
    lines = [_line(user) for user in found] or ["no user yet. Make one: riskmodel users make LOGIN --name NAME ..."]
    emit({"users": found}, as_json=as_json, lines=lines)


def alter(
    context: typer.Context,
    login: Login,
    roles: Annotated[list[str] | None, typer.Option("--role", help="Roles in place of those there were.")] = None,
    area: Annotated[str | None, typer.Option("--area", help="Area in place of the one there was.")] = None,
    as_json: Json = False,
) -> None:
    """Give other roles or another area; who is signed in has to sign in again."""
    from riskmodel.workflows.people import alter_user

    done = alter_user(workspace(context), login, roles or [], area, now())
    emit(done, as_json=as_json, lines=[_line(done)])


def reset(context: typer.Context, login: Login, as_json: Json = False) -> None:
    """Give a new password, which is shown this once; sessions and a lock end."""
    from riskmodel.workflows.people import reset_user

    _welcome(reset_user(workspace(context), login, now()), as_json=as_json)


def disable(context: typer.Context, login: Login, as_json: Json = False) -> None:
    """Let nobody in under this name; open sessions end at once."""
    from riskmodel.workflows.people import disable_user

    done = disable_user(workspace(context), login, now())
    emit(done, as_json=as_json, lines=[_line(done)])


def enable(context: typer.Context, login: Login, as_json: Json = False) -> None:
    """Let somebody in again, and lift the lock after wrong passwords."""
    from riskmodel.workflows.people import enable_user

    done = enable_user(workspace(context), login, now())
    emit(done, as_json=as_json, lines=[_line(done)])


def _welcome(done: Welcomed, *, as_json: bool) -> None:
    lines = [_line(done.user), f"password, shown this once 初始密码，仅显示一次: {done.password}"]
    emit(done, as_json=as_json, lines=lines)


def _line(user: User) -> str:
    state = f"disabled since {user.disabled_at}" if user.disabled_at else "may sign in"
    roles = " ".join(role.value for role in user.roles)
    return f"{user.login:20}  {user.area or 'everywhere':12}  {roles:24}  {state}  {user.name}"
