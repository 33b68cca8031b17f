"""Commands about the service's database: keys make, keys list, keys revoke, database upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import Json, workspace
from riskmodel.serving.cli.output import emit
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from datetime import datetime

    from riskmodel.review.keys import Key


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    keys = typer.Typer(help="Keys with which case systems ask the service. 接口密钥", no_args_is_help=True)
    keys.command("make")(make)
    keys.command("list")(list_keys)
    keys.command("revoke")(revoke)
    app.add_typer(keys, name="keys")
    database = typer.Typer(help="The database of the service.", no_args_is_help=True)
    database.command("upgrade")(upgrade)
    app.add_typer(database, name="database")


def make(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Whose key it is, for example the name of the case system.")],
    area: Annotated[str, typer.Option("--area", help='First digits of the area code; "" = everywhere.')],
    roles: Annotated[list[str] | None, typer.Option("--role", help="case_system, analyst, officer, reviewer.")] = None,
    days: Annotated[int, typer.Option("--days", help="Days until it ends, at most 730.")] = 365,
    per_minute: Annotated[int, typer.Option("--per-minute", help="Most requests in a minute.")] = 600,
    as_json: Json = False,
) -> None:
    """Make a key. Its text is shown this once and stored nowhere."""
    from riskmodel.workflows.database import make_key

    done = make_key(workspace(context), name, roles or ["case_system"], area, days, now(), per_minute)
    lines = [
        f"key {done.key.id} of {done.key.name}, good until {done.key.expires_at}; it is shown this once 仅显示一次:",
        done.text,
    ]
    emit(done, as_json=as_json, lines=lines)


def list_keys(context: typer.Context, as_json: Json = False) -> None:
    """List all keys, without their secrets."""
    from riskmodel.workflows.database import keys

    found = keys(workspace(context))
    lines = [_line(key, now()) for key in found] or ["no key yet. Make one: riskmodel keys make NAME --area CODE"]
    emit({"keys": found}, as_json=as_json, lines=lines)


def revoke(
    context: typer.Context,
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="Id of the key (12 hex digits).")],
    as_json: Json = False,
) -> None:
    """Make a key void. A running service refuses it within a second."""
    from riskmodel.workflows.database import revoke_key

    done = revoke_key(workspace(context), key_id, now())
    emit(done, as_json=as_json, lines=[f"key {done.id} of {done.name} is void since {done.revoked_at}"])


def upgrade(context: typer.Context, as_json: Json = False) -> None:
    """Bring the tables to the version of this program. Make a backup first."""
    from riskmodel.workflows.database import upgrade as run

    done = run(workspace(context))
    emit(done, as_json=as_json, lines=[f"the tables are of version {done.version}"])


def _line(key: Key, now: datetime) -> str:
    state = f"until {key.expires_at}" if key.valid(now) else f"ended 已到期 {key.expires_at}"
    state = f"void since {key.revoked_at}" if key.revoked_at else state
    roles = " ".join(role.value for role in key.roles)
    return f"{key.id}  {key.area or 'everywhere':12}  {roles:24}  {key.per_minute:>7,}/min  {state}  {key.name}"
