"""PostgreSQL, Redis and S3 of one platform, from wheels: started together, each under its name.

with ProductionParts(folder) as parts:
    settings = PlatformSettings(**parts.settings())
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from attrs import define, field

from entrypoints.parts.missing import PartsMissing
from entrypoints.parts.postgres import PostgresServer, ServerFailed
from entrypoints.parts.redis import NotStarted, RedisServer
from entrypoints.parts.s3 import S3NotStarted, S3Server

DATABASE = "myrvm"
Server = PostgresServer | RedisServer | S3Server


@define
class ProductionParts:
    """The three servers of one platform."""

    folder: Path
    """Where S3 keeps its objects and every server its log, and PostgreSQL its data if it may go there."""
    postgres_folder: Path | None = None
    """None: one of its own, which goes when it is closed."""
    postgres: PostgresServer = field(init=False)
    redis: RedisServer = field(init=False)
    s3: S3Server = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.postgres = PostgresServer(self.postgres_folder)
        self.redis = RedisServer(self.folder / "redis")
        self.s3 = S3Server(self.folder / "s3")

    @property
    def servers(self) -> dict[str, Server]:
        """Each server by its name."""
        return {"postgres": self.postgres, "redis": self.redis, "s3": self.s3}

    def start(self) -> None:
        """Start those that do not run, all at once, and see to it that the database is there. Raises PartsMissing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(len(self.servers)) as together:
            starting = [together.submit(server.start) for server in self.servers.values()]
        try:
            for one in starting:
                one.result()
            if not self.postgres.has_database(DATABASE):
                self.postgres.create_database(DATABASE)
        except (ServerFailed, NotStarted, S3NotStarted, OSError) as failed:
            self.close()
            raise PartsMissing(str(failed)) from failed

    def close(self) -> None:
        """Stop all of them."""
        with ThreadPoolExecutor(len(self.servers)) as together:
            list(together.map(lambda close: close(), (self.postgres.close, self.redis.close, self.s3.stop)))

    def settings(self) -> dict[str, str]:
        """Return the platform's settings that name them, as environment variables without their prefix."""
        return {
            "database_url": self.postgres.url_of(DATABASE),
            "redis_url": self.redis.url,
            "s3_url": self.s3.url,
            "s3_access_key": self.s3.access_key,
            "s3_secret_key": self.s3.secret_key,
        }

    def addresses(self) -> dict[str, str]:
        """Return where each server is, for anybody to read."""
        return {
            "postgres": f"postgresql://127.0.0.1:{self.postgres.port}/{DATABASE}",
            "redis": self.redis.url,
            "s3": self.s3.url,
        }

    def __enter__(self) -> ProductionParts:  # noqa: PYI034 - Self is newer than our Python
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
