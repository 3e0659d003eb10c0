"""``fhirserver db check | upgrade``: the schema of the database."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from fhirserver import cli
from fhirserver.assembly import open_database
from fhirserver.cli.messages import DATABASE_ABSENT, DATABASE_DIFFERS, DATABASE_GOOD, DATABASE_UPGRADED
from fhirserver.settings import Settings, without_password

_DESCRIPTION = """\
check    open the database, say whether its schema is the one this server needs, and compare every table with it
upgrade  bring an empty or older database to that schema, all or nothing; make a backup first

Exit code: 0 the schema is good, 1 it is not, 2 the database cannot be opened."""


def arguments(parser: ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.add_argument("action", choices=("check", "upgrade"))
    cli.settings_options(parser, ("database_url",))


def run(chosen: Namespace) -> int:
    settings = cli.settings_of(chosen)
    return _upgrade(settings) if chosen.action == "upgrade" else _check(settings)


def _upgrade(settings: Settings) -> int:
    from fhirserver.store.migrate import upgrade

    path = cli.database_path(settings.database_url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    revision = upgrade(settings.database_url)
    _say(DATABASE_UPGRADED.text(cli.language(), {"url": _shown(settings), "revision": revision}))
    return cli.DONE


def _check(settings: Settings) -> int:
    from fhirserver.store.migrate import check, revision

    path = cli.database_path(settings.database_url)
    if path is not None and not path.exists():
        raise DATABASE_ABSENT.error(path=path)
    open_database(settings).close()
    differences = check(settings.database_url)
    for difference in differences:
        cli.complain(DATABASE_DIFFERS.text(cli.language(), {"difference": difference}))
    if differences:
        return cli.REFUSED
    found = revision(settings.database_url)
    _say(DATABASE_GOOD.text(cli.language(), {"url": _shown(settings), "revision": found}))
    return cli.DONE


def _shown(settings: Settings) -> str:
    return without_password(settings.database_url)


def _say(text: str) -> None:
    print(text)
