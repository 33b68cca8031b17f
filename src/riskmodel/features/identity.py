"""Which feature set this is: a model is only used with the features that it was trained on.

The hash covers what every feature means (name, unit, group, direction, definition) and the code that computes it:
subject files, windows, arithmetic, assembly. Comments, docstrings, layout and labels are left out, so a better word
for a feature does not turn a model away. There is no date and no policy value in it.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import sys
from collections.abc import Mapping, Sequence
from functools import cache

from riskmodel.features import arithmetic, asked, facts, lists, neighbours, windows
from riskmodel.features.feature import Feature, declared


@cache
def set_hash() -> str:
    """Hash of the declared feature set: 16 hex digits."""
    subjects = dict.fromkeys(sys.modules[f.build.__module__] for f in declared())
    # by its name: in the package, `assemble` is the function
    assembly = sys.modules["riskmodel.features.assemble"]
    modules = [arithmetic, windows, lists, facts, asked, neighbours, assembly, *subjects]
    return feature_set_hash(declared(), {module.__name__: inspect.getsource(module) for module in modules})


def feature_set_hash(features: Sequence[Feature], sources: Mapping[str, str]) -> str:
    """The hash for these features and the source text of the modules that compute them."""
    meanings = [(f.name, f.unit, f.group.value, int(f.direction), f.ratio, f.definition) for f in features]
    code = {name: _code(source) for name, source in sorted(sources.items())}
    return hashlib.sha256(json.dumps([meanings, code], ensure_ascii=False).encode()).hexdigest()[:16]


def _code(source: str) -> str:
    """The text of a module in one layout, without comments, docstrings and declarations of features."""
    return ast.unparse(_Bare().visit(ast.parse(source)))


class _Bare(ast.NodeTransformer):
    """Drops what does not compute anything."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list = [d for d in node.decorator_list if not _declares(d)]
        return self.generic_visit(node)


def _declares(decorator: ast.expr) -> bool:
    """Whether a decorator is `@feature(...)`: what it says is in the meanings, except the labels."""
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "feature"
