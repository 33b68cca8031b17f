from __future__ import annotations

from riskmodel.serving.pages.actions import ACTIONS, action_title
from riskmodel.workflows import backup, database, erase, installation, publish, registering, restore
from riskmodel.workflows.administration import log_search, people


def test_the_actions_of_workflows_have_titles_and_unknown_ones_stay() -> None:
    named = {backup.ACTION, erase.ACTION, installation.FIND, publish.ACTION, restore.ACTION}
    named |= {database.ACTION, log_search.ACTION, registering.ACTION, people.ACTION}
    assert named <= ACTIONS.keys()
    assert action_title("read") == "查看农户"
    assert action_title("something") == "something"
