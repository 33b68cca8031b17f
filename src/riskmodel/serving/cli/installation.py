"""Commands about the installation and the people behind the ids: init, identify, find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import Json, Who, workspace
from riskmodel.serving.cli.output import emit
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.review.identities import Identity
    from riskmodel.workflows.installation import Found, Identified, Initialised


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(init)
    app.command()(identify)
    app.command()(find)


def init(context: typer.Context, as_json: Json = False) -> None:
    """Make the key that ids are hashed with, once per installation; a key that exists is left alone."""
    from riskmodel.workflows.installation import init as run

    done = run(workspace(context))
    emit(done, as_json=as_json, lines=_init_lines(done))


def identify(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(help="Ids of households or persons (H or P and 24 hex digits).")],
    purpose: Annotated[str, typer.Option("--purpose", help="What for; written into the audit log.")],
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Say who stands behind ids: names, household numbers, addresses, telephones. Every look is written down."""
    from riskmodel.review.identities import Reader
    from riskmodel.workflows.installation import identify as run
    from riskmodel.workflows.operators import operator

    found = run(workspace(context), ids, Reader(operator(who), purpose), now())
    emit(found, as_json=as_json, lines=_identity_lines(found))


def find(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="Household number (户编号).")],
    person: Annotated[bool, typer.Option("--person", help="The number is a person's identity number.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Give the id of a household number, or of a person's identity number. The number itself is not written down."""
    from riskmodel.workflows.installation import find as run
    from riskmodel.workflows.operators import operator

    found = run(workspace(context), number, operator(who), now(), person=person)
    emit(found, as_json=as_json, lines=_found_lines(found))


def _init_lines(done: Initialised) -> Iterator[str]:
    if not done.created:
        yield f"{done.key} exists already; nothing was changed"
        return
    yield f"made {done.key}"
    yield "Keep a copy of it in another safe place: without it, new data cannot be matched to what is stored."


def _identity_lines(found: Identified) -> Iterator[str]:
    for identity in found.identities:
        yield f"{identity.id}  {'  '.join(_told(identity))}"
    for id_ in found.unknown:
        yield f"{id_}  not known / 无此记录"


def _told(identity: Identity) -> Iterator[str]:
    named = {
        "户编号": identity.number,
        "户主": identity.head_name,
        "姓名": identity.name,
        "住址": identity.address,
        "电话": identity.phone,
    }
    return (f"{label} {text}" for label, text in named.items() if text is not None)


def _found_lines(found: Found) -> Iterator[str]:
    yield found.id
    if found.wrong_check_digit:
        yield "the check digit of this number is wrong; is it mistyped? / 校验位不符,请核对号码"
