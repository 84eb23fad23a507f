"""From `SERVES_SINCE` on, revisions only add: the release before runs on the schema of the one after.

What an upgrade may do is make tables and indexes, add columns that may be empty or have a default, and fill them.
What it may not, unless `SERVES_SINCE` is moved on (docs/operations.md): drop, rename, change, demand.
"""

import ast
import re
from pathlib import Path

import pytest

from adapters.sql.migrate import SERVES_SINCE, revisions

VERSIONS = Path(__file__).parents[2] / "adapters" / "sql" / "migrations" / "versions"
TAKES_AWAY = {
    "drop_table", "drop_column", "drop_constraint", "rename_table", "alter_column", "batch_alter_table",
    "create_unique_constraint", "create_check_constraint", "create_foreign_key", "create_primary_key",
    "create_exclude_constraint",
}  # fmt: skip
WORDS = re.compile(r"\b(DROP|RENAME|ALTER|TRUNCATE|DELETE)\b", re.IGNORECASE)


def faults(source):
    """What an upgrade does that the release before may not survive."""
    module = ast.parse(source)
    downgrade = {node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "downgrade"}
    within = [node for part in module.body if part not in downgrade for node in ast.walk(part)]
    for node in within:
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if WORDS.search(text) and text != ast.get_docstring(module, clean=False):
            yield text
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in TAKES_AWAY:
            yield node.func.attr
        if node.func.attr == "add_column" and demands(node):
            yield "add_column that must be given"


def demands(call):
    (column,) = [node for node in ast.walk(call) if isinstance(node, ast.Call) and node is not call
                 and isinstance(node.func, ast.Attribute) and node.func.attr == "Column"]  # fmt: skip
    given = {word.arg: word.value for word in column.keywords}
    empty = isinstance(given.get("nullable"), ast.Constant) and given["nullable"].value is True
    return not empty and "server_default" not in given


def test_since_it_serves_revisions_only_add():
    known = revisions()
    assert SERVES_SINCE in known
    found = {}
    for revision in known[known.index(SERVES_SINCE) + 1 :]:
        (file,) = VERSIONS.glob(f"{revision}_*.py")
        if wrong := list(faults(file.read_text(encoding="utf-8"))):
            found[file.name] = wrong
    assert found == {}, "add now, remove two releases later; or, if no release runs on it, move SERVES_SINCE on"


@pytest.mark.parametrize(
    "line",
    [
        'op.drop_table("machines")', 'op.drop_column("machines", "name")', 'op.rename_table("a", "b")',
        'op.alter_column("machines", "name", new_column_name="label")', 'op.execute("ALTER TABLE a DROP COLUMN b")',
        'op.execute("UPDATE a SET b = 1"); op.execute(f"alter table {a} rename to b")',
        'op.add_column("machines", sa.Column("colour", sa.String(9), nullable=False))',
        'op.add_column("machines", sa.Column("colour", sa.String(9)))',
        'op.create_foreign_key("fk", "a", "b", ["c"], ["d"])',
    ],
)  # fmt: skip
def test_what_takes_away_or_demands_is_found(line):
    assert list(faults(f"def upgrade():\n    {line}\n"))


@pytest.mark.parametrize(
    "line",
    [
        'op.create_table("later", sa.Column("id", sa.String(9)))', 'op.create_index("ix", "a", ["b"])',
        'op.add_column("machines", sa.Column("colour", sa.String(9), nullable=True))',
        'op.add_column("machines", sa.Column("n", sa.Integer(), nullable=False, server_default="0"))',
        'op.execute("UPDATE machines SET colour = name")',
    ],
)  # fmt: skip
def test_what_adds_is_not(line):
    assert list(faults(f"def upgrade():\n    {line}\n\n\ndef downgrade():\n    op.drop_table('later')\n")) == []
