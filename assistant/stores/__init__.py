"""The stores over SQLAlchemy: the one place that speaks SQL. SQLite by default, PostgreSQL by address."""
