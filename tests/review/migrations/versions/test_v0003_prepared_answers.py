from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from riskmodel.review.store import MIGRATIONS, Store


def test_the_step_adds_the_table_and_keeps_the_months(store: Store) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE prepared_answers")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
        connection.exec_driver_sql(
            "INSERT INTO published_months VALUES ('2026-01-04', 'l', 'm', NULL, 'f', 'p', 0, '2026-01-05T00:00:00Z')"
        )
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    assert "prepared_answers" in inspect(store.engine).get_table_names()
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM published_months").scalar() == 1
