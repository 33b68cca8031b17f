from __future__ import annotations

import numpy as np

from models.random_trees import model_text, random_rows, random_tree
from riskmodel.models import shapley_kernel
from riskmodel.models.lightgbm_splits import splits_of
from riskmodel.models.lightgbm_text import trees
from riskmodel.models.shapley import TreeTables
from riskmodel.models.shapley_tables import laid_out


def test_plain_python_and_machine_code_give_the_same_numbers() -> None:
    """No compiler assumption stands between the source and the result: tables within rounding, look-ups to the bit."""
    random = np.random.default_rng(1)
    text = model_text([random_tree(random, leaves, 5, deepest=5) for leaves in (1, 2, 7, 9)], 5)
    splits = [splits_of(tree) for tree in trees(text, 5)]
    compiled = TreeTables.of(splits)
    tables, leaves, _ = laid_out(splits)
    shapley_kernel.fill(tables, leaves)
    np.testing.assert_allclose(tables.entries, compiled.tables.entries, rtol=1e-12, atol=1e-15)

    x = random_rows(random, 40, 5)
    margin, contributions = np.empty(len(x)), np.zeros(x.shape)
    shapley_kernel.explain(x, compiled.tables, margin, contributions)
    found = compiled.explained(x)
    np.testing.assert_array_equal(found[0], margin)
    np.testing.assert_array_equal(found[1], contributions)
