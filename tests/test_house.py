"""The rules of the house that no linter knows (docs/architecture.md, CONTRIBUTING.md)."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin

pytestmark = pytest.mark.once
OURS = ("portal", "catalog", "harvest", "stats", "theme_gouvfr")
FOLDERS = (*OURS, "tests", "bench")
FILE, CLASS, FUNCTION = 400, 200, 50  # lines at most
SOURCES = sorted(path for name in FOLDERS for path in (settings.BASE_DIR / name).rglob("*.py"))
MIGRATIONS = [path for path in SOURCES if path.parent.name == "migrations" and path.name != "__init__.py"]
CODE = [path for path in SOURCES if path not in MIGRATIONS]
TEMPLATES = sorted(path for name in OURS for path in (settings.BASE_DIR / name).rglob("templates/**/*.html"))
OBJECTS = ("User", "Organization", "Dataset", "CommunityResource", "Reuse", "Dataservice", "License", "Post")

each = pytest.mark.parametrize


def short(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def modules_imported(tree: ast.AST) -> set[str]:
    """Return the first part of the name of each module that the code imports."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


def calls_of(tree: ast.AST, names: set[str]) -> list[ast.Call]:
    """Return the calls of these attributes, as in `migrations.RunPython(…)`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in names]


@each("path", CODE, ids=short)
def test_files_classes_and_functions_stay_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            limit = CLASS if isinstance(node, ast.ClassDef) else FUNCTION
            assert node.end_lineno - node.lineno < limit, node.name


@each("path", [*SOURCES, *TEMPLATES], ids=short)
def test_nothing_is_left_to_be_done(path):
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX"))
    assert not re.search(rf"\b({marks})\b", path.read_text(encoding="utf-8"))


@each("path", CODE, ids=short)
def test_a_module_of_ours_says_what_it_is_for(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or path.name in {"apps.py", "__init__.py"} or ast.get_docstring(tree)


@each("path", MIGRATIONS, ids=short)
def test_a_migration_has_a_name(path):
    assert not re.search(r"_auto_\d{8}", path.name)


@each("path", MIGRATIONS, ids=short)
def test_a_migration_that_moves_data_lives_without_our_code_and_can_be_undone(path):
    """Tables may name our defaults and validators; what runs must not, since that code will have moved on."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for operation in calls_of(tree, {"RunPython", "RunSQL"}):
        assert not modules_imported(tree) & set(OURS)
        names = {keyword.arg for keyword in operation.keywords}
        assert len(operation.args) > 1 or names & {"reverse_code", "reverse_sql", "elidable"}


@each("name", OBJECTS)
def test_a_model_and_its_administration_share_one_name(name):
    model = next(model for model in apps.get_models() if model.__name__ == name)
    assert type(admin.site.get_model_admin(model)).__name__ == f"{name}Admin"


@each("model", [m for m in apps.get_models() if m._meta.app_label in OURS], ids=lambda model: model.__name__)
def test_a_model_has_names_for_people(model):
    assert model._meta.verbose_name
    assert model.__str__ is not object.__str__
