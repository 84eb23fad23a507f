"""Everything that can be set, by environment variables that begin with `RVM_`.

One class per deployable. To add a setting, add a field with a default and a description:

    port: int = Field(default=8000, ge=0, le=65535, description="TCP port; 0 takes a free one.")

in `PlatformSettings` is `RVM_PLATFORM_PORT`. Then run `rvm settings --write docs/settings.md`; a test checks that the
page is current. Settings are read where things are put together (the container, the commands) and handed on as plain
values: nothing below entrypoints knows that they exist. A variable that begins like ours and is none is refused.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import EnvSettingsSource

RATE = r"^[0-9]{1,7}/[1-9][0-9]{0,5}$"
_RATE = " N/S: N at once, and N in S seconds; N = 0: no limit."


class UnknownSetting(Exception):
    """A variable has the name of no setting: it would change nothing, and somebody meant it to."""


class Group(BaseSettings):
    """The settings of one deployable. A variable that begins as they do and is none of them is refused."""

    title: ClassVar[str]

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Take values given in code first, then the environment, then `.env`. Raises UnknownSetting."""
        for source in (env_settings, dotenv_settings):
            if isinstance(source, EnvSettingsSource):
                _refuse_unknown(settings_cls, source.env_vars)
        return init_settings, env_settings, dotenv_settings, file_secret_settings


def _refuse_unknown(group: type[BaseSettings], variables: Iterable[str]) -> None:
    known = [name for name, _ in fields_of(group)]
    for name in sorted(name.upper() for name in variables):
        if name.startswith(group.model_config.get("env_prefix", "")) and name not in known:
            nearest = get_close_matches(name, known, 1)
            raise UnknownSetting(f"{name} is no setting" + (f"; is {nearest[0]} meant?" if nearest else ""))


class PlatformSettings(Group):
    """The platform: a server with its API."""

    model_config = SettingsConfigDict(env_prefix="RVM_PLATFORM_", env_file=".env", extra="ignore")
    title: ClassVar[str] = "Platform"

    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="TCP port of the API; 0 takes a free one.")
    data: Path = Field(default=Path("data/platform"), description="Folder of the embedded database and its keys.")
    database_url: str = Field(
        default="",
        description="Address of the database, postgresql://USER:PASSWORD@HOST/NAME (extra `production`); "
        "empty: SQLite in the data folder.",
    )
    redis_url: SecretStr = Field(
        default=SecretStr(""),
        description="Address of Redis, `redis://...`, by which several processes of one platform tell each other what "
        "happens and share rate limits; empty: one process, which needs none.",
    )
    redis_prefix: str = Field(
        default="rvm", pattern="^[a-z0-9-]+$", description="Begins every name in Redis: one for each platform."
    )
    proxies: str = Field(
        default="",
        description="Addresses or networks of the proxies in front, separated by commas: what they say about who calls "
        "(X-Forwarded-For) is believed; empty: nobody is.",
    )
    rate_sign_in: str = Field(
        default="20/300", pattern=RATE, description="Tries to sign in, by e-mail address and network." + _RATE
    )
    rate_sign_in_network: str = Field(
        default="600/600", pattern=RATE, description="Tries to sign in, by network address (IPv6: by /64)." + _RATE
    )
    rate_refresh: str = Field(
        default="6000/300", pattern=RATE, description="Refreshed sign-ins, by network address." + _RATE
    )
    rate_provision: str = Field(
        default="120/300", pattern=RATE, description="Claim codes tried and keys renewed, by network address." + _RATE
    )
    rate_sign_up: str = Field(default="300/3600", pattern=RATE, description="New accounts, by network address." + _RATE)
    rate_session: str = Field(default="60/300", pattern=RATE, description="New sessions, by person." + _RATE)
    rate_machine: str = Field(default="12000/60", pattern=RATE, description="Requests of one machine." + _RATE)
    organisation: str = Field(default="MyRVM", description="Name of the organisation that a new database begins with.")
    public_url: str = Field(
        default="", description="Where machines and browsers reach the platform; empty: paths without a host."
    )
    s3_url: str = Field(
        default="",
        pattern="^(https?://[^/]+)?$",
        description="Address of an S3 server (MinIO, SeaweedFS) for objects; empty: a folder in the data folder.",
    )
    s3_public_url: str = Field(
        default="",
        pattern="^(https?://[^/]+)?$",
        description="The same server as machines and browsers reach it; empty: `s3_url`.",
    )
    s3_access_key: str = Field(default="", description="Who the platform is to the S3 server.")
    s3_secret_key: SecretStr = Field(default=SecretStr(""), description="What proves it.")
    s3_region: str = Field(default="us-east-1", description="Region that signatures name.")
    s3_prefix: str = Field(
        default="myrvm",
        pattern="^[a-z0-9][a-z0-9-]{0,40}$",
        description="Beginning of the buckets' names: `myrvm-images` and so on.",
    )
    pictures_kept_days: int = Field(
        default=90, ge=1, le=3650, description="How long pictures of deposits are kept, days."
    )
    log_format: str = Field(
        default="auto",
        pattern="^(auto|json|terminal)$",
        description="`json`: one object a line; `terminal`: for people; `auto`: as it is read.",
    )
    log_level: str = Field(
        default="info",
        pattern="^(debug|info|warning|error)$",
        description="Least weight of what is written down; `debug` tells of every request.",
    )
    otlp_url: str = Field(
        default="",
        pattern="^(https?://.+)?$",
        description="OpenTelemetry collector (OTLP over HTTP, `.../v1/traces`); empty: no traces.",
    )
    relay: bool = Field(default=True, description="Publish committed events; false: nothing live moves.")
    password_memory_kib: int = Field(default=65_536, ge=8, description="Memory of one password hash (argon2id), KiB.")
    password_passes: int = Field(default=3, ge=1, description="Passes of one password hash.")
    password_lanes: int = Field(default=4, ge=1, description="Lanes of one password hash.")
    unknown_a_day: int = Field(
        default=20, ge=0, description="Items of unknown outcome that a machine is paid for in a day; more are held."
    )
    backup_passphrase: SecretStr = Field(
        default=SecretStr(""),
        description="Seals the platform's keys in a backup; at least 12 characters, kept elsewhere than the backup.",
    )
    record_months: int = Field(
        default=120,
        ge=12,
        le=1200,
        description="Whole months for which entries and postings are kept; of older ones signed checkpoints remain.",
    )
    telemetry_days: int = Field(
        default=90, ge=1, le=3650, description="Days for which samples of machines are kept; their hours stay."
    )


class MachineSettings(Group):
    """A machine: the agent that runs on it."""

    model_config = SettingsConfigDict(env_prefix="RVM_MACHINE_", env_file=".env", extra="ignore")
    title: ClassVar[str] = "Machine"

    id: str = Field(default="", description="The machine's id, a UUID that the platform gave it.")
    api_key: SecretStr = Field(default=SecretStr(""), description="The machine's key, shown once by the platform.")
    data: Path = Field(default=Path("data/machine"), description="Folder of the journal and what is kept beside it.")
    platform_url: str = Field(default="http://localhost:8000", description="Where the platform answers.")
    hardware: str = Field(
        default="rig",
        min_length=1,
        description="`rig`: a process of simulated hardware (`rvm machine rig`); `body` or `body:FILE`: the default or "
        "another hardware map on a simulated body that is a process of its own (`rvm machine body`); `simulated`: the "
        "default map on simulated parts inside the agent (`simulated:header`: the other map that ships, "
        "`simulated:FILE`: any); otherwise the file of a hardware map, for real parts.",
    )
    rig: str = Field(default="127.0.0.1:8100", description="Address of the process of simulated hardware.")
    kiosk: str = Field(
        default="127.0.0.1:8200",
        description="HOST:PORT of the touch screen's page, for the browser on this computer; port 0 takes a free one; "
        "empty: no screen.",
    )
    pin_hash: SecretStr = Field(
        default=SecretStr(""),
        description="Argon2id hash of the technicians' PIN (`rvm machine pin`); empty: no menu.",
    )
    vision: str = Field(
        default="model",
        pattern="^(model|recorded)$",
        description="`model`: the model package; `recorded`: play back recorded.json of the data folder.",
    )
    ai_mode: str = Field(
        default="local",
        pattern="^(local|local_then_remote)$",
        description="`local`: pictures are judged on the machine alone; `local_then_remote`: unsure of one, it asks "
        "elsewhere, and goes by its own answer where none comes in time.",
    )
    remote: str = Field(
        default="",
        pattern="^(simulated)?$",
        description="Who is asked then; empty: nobody yet. `simulated`: a stand-in, for simulated hardware alone.",
    )
    remote_budget_ms: int = Field(
        default=2000,
        ge=200,
        le=10_000,
        description="Milliseconds from a picture to its answer, the machine's own look included.",
    )
    refresh_seconds: float = Field(
        default=60.0, ge=0.1, le=86_400, description="How often keys, prices and the time are fetched."
    )
    telemetry_seconds: float = Field(
        default=30.0, ge=0.1, le=3600, description="How often the machine reports itself, at rest too."
    )
    pictures_mb: int = Field(
        default=512,
        ge=0,
        le=1_000_000,
        description="MB of the disk for pictures of items, until they are sent and as long as there is room; "
        "0: none is kept, so none is sent.",
    )
    pictures_mb_a_day: int = Field(
        default=1024,
        ge=0,
        le=1_000_000,
        description="MB of pictures that the machine sends in a day at most; 0: none is sent.",
    )
    drain_seconds: float = Field(
        default=4.0, ge=0, le=600, description="How long a machine that is stopped may finish what was begun."
    )
    time_zone: str = Field(default="Asia/Jakarta", description="Where the machine stands, by its IANA name.")
    self_test_hour: int = Field(
        default=3,
        ge=-1,
        le=23,
        description="From this hour of that place on it tests itself once a night, while nobody is there (real "
        "hardware only); -1: never.",
    )
    watch_ms: int = Field(default=300, ge=20, le=10_000, description="Milliseconds between two looks for a code.")
    clock_skew_seconds: float = Field(default=0.0, description="For tests: how far the clock is off until it is set.")
    fail_point: str = Field(default="", description="For tests: NAME:COUNT kills the process at that place.")
    events: bool = Field(default=False, description="Print what happens inside, one JSON object a line.")


class RigSettings(Group):
    """A rig: simulated hardware for one agent."""

    model_config = SettingsConfigDict(env_prefix="RVM_RIG_", env_file=".env", extra="ignore")
    title: ClassVar[str] = "Rig"

    file: Path = Field(default=Path("data/machine/rig.json"), description="Where counters and items last.")
    port: int = Field(default=8100, ge=0, le=65535, description="TCP port on 127.0.0.1; 0 takes a free one.")
    motion_seconds: float = Field(default=1.0, gt=0, le=60, description="Seconds that the motor takes for an item.")


class BodySettings(Group):
    """A simulated body for one agent: wires, a serial line, a camera."""

    model_config = SettingsConfigDict(env_prefix="RVM_BODY_", env_file=".env", extra="ignore")
    title: ClassVar[str] = "Body"

    data: Path = Field(default=Path("data/machine"), description="Folder of what lasts, and of the serial line.")
    port: int = Field(default=8100, ge=0, le=65535, description="TCP port on 127.0.0.1; 0 takes a free one.")
    seed: int = Field(default=1, description="Chance of noise, glitches and echoes.")


class VisionSettings(Group):
    """Seeing: on a machine, in the demo, and in `rvm recognise`."""

    model_config = SettingsConfigDict(env_prefix="RVM_VISION_", env_file=".env", env_ignore_empty=True, extra="ignore")
    title: ClassVar[str] = "Vision"

    model: Path | None = Field(default=None, description="Folder of the model package; empty: the one that ships.")
    threads: int = Field(default=0, ge=0, le=64, description="Threads of each network; 0: one for each core.")
    detector: str = Field(
        default="onnx",
        pattern="^(onnx|ultralytics|tensorrt)$",
        description="What runs the detector: `onnx`: ONNX Runtime; `tensorrt`: the GPU, where there is one, else ONNX "
        "Runtime and a warning that says why; `ultralytics` (extra `ultralytics`).",
    )
    weights: Path | None = Field(
        default=None,
        description="For `ultralytics`: a file of weights (`.pt`, `.onnx`) in place of the package's detector.",
    )
    engines: Path = Field(
        default=Path("data/engines"),
        description="For `tensorrt`: folder of the engines built on this device; nobody else may write there.",
    )
    half: bool = Field(
        default=False,
        description="For `tensorrt` 10: let it choose half precision. From 11 on the precision is the network's own.",
    )
    segmenter: str = Field(
        default="ground",
        pattern="^(ground|sam2)$",
        description="What tells the item from the ground: `ground`: its colour, without weights; `sam2`: SAM 2 (extra "
        "`ultralytics`).",
    )
    sam2_weights: Path | None = Field(
        default=None, description="For `sam2`: the file of its weights, called as Ultralytics calls it, `sam2.1_t.pt`."
    )
    shows_mm: int | None = Field(
        default=None,
        ge=50,
        le=5000,
        description="Millimetres of the chute's floor that the longer side of a picture shows: then items shorter or "
        "longer than any container are refused; empty: not known.",
    )


GROUPS: tuple[type[Group], ...] = (PlatformSettings, MachineSettings, RigSettings, BodySettings, VisionSettings)


def fields_of(group: type[BaseSettings]) -> Iterator[tuple[str, FieldInfo]]:
    """Name of the environment variable, and the field it sets."""
    prefix = group.model_config.get("env_prefix", "")
    for name, field in group.model_fields.items():
        yield f"{prefix}{name}".upper(), field


def default_of(field: FieldInfo) -> str:
    default: Any = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, SecretStr):
        return ""
    return "" if default is None else str(default)


def page() -> str:
    """docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Written by `rvm settings --write docs/settings.md` from `entrypoints/settings.py`; do not edit.",
        "Each is an environment variable, or a line in a file `.env` in the working folder. A name that begins as they",
        "do and is none of them is refused.",
    ]
    for group in GROUPS:
        lines += ["", f"## {group.title}", "", group.__doc__ or "", ""]
        lines += ["| variable | default | what it does |", "|---|---|---|"]
        for name, field in fields_of(group):
            default = default_of(field)
            shown = f"`{default}`" if default else "(empty)"
            lines.append(f"| `{name}` | {shown} | {(field.description or '').replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"
