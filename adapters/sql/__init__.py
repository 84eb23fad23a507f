"""SQLAlchemy Core: SQLite (embedded, the default) and PostgreSQL, by the same tables and repositories.

Protocol: SQL through https://docs.sqlalchemy.org/en/20/core/; migrations by https://alembic.sqlalchemy.org.
Tables by room in `tables/`, one repository per room beside it, mapped row by row: domain classes know no table.
"""
