from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from riskmodel.review.store import MIGRATIONS, Store


def test_the_step_makes_parts_of_months_and_the_ways_to_visits(store: Store) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE month_parts")
        connection.exec_driver_sql("DROP INDEX ix_visits_household_id")
        connection.exec_driver_sql("DROP INDEX ix_visits_visited_on")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0005'")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
    made = inspect(store.engine)
    assert "month_parts" in made.get_table_names()
    assert {"ix_visits_household_id", "ix_visits_visited_on"} <= {one["name"] for one in made.get_indexes("visits")}
