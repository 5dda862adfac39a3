"""All settings, read once from `BANCHENG_*` and frozen; nobody else reads the environment."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, IPvAnyNetwork, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assistant.errors import SettingsError

PREFIX = "BANCHENG_"
SECRETS = ("_TOKEN", "_KEY", "_DATABASE_URL")  # how the names of variables end whose values are never repeated


def _listed(value: Any) -> Any:
    """`10.0.0.1, 10.0.1.0/24` as its parts."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """Frozen settings. Thresholds are 0..1; each says which eval set it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_dir: Path = Field(default=Path("var"), description="数据文件夹：模型、已发布的版本、会话库")
    embedding: str = Field(
        default="embedded",
        description="embedded、向量服务的地址（http://…），或 sentence-transformers 模型的名字或路径",
    )
    index_url: SecretStr | None = Field(
        default=None, description="发布的版本所在的 PostgreSQL（要有 pgvector），几个进程共用；不填则在数据文件夹里"
    )
    reranker: str | None = Field(default=None, description="重排模型（CrossEncoder）的名字或路径；不填则不重排")
    rerank_seconds: float = Field(default=0.5, gt=0, le=10, description="一问里等重排最多几秒")
    threads: int = Field(default=2, ge=1, le=64, description="向量计算线程数")
    host: str = Field(default="127.0.0.1", description="网页监听地址")
    port: int = Field(default=7860, ge=1, le=65535, description="网页监听端口")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/?#]+[^\s?#]*$",
        description="市民打开本服务的网址；填了，计划上才印二维码",
    )
    max_chars: int = Field(default=500, ge=50, le=2000, description="一次提问最多字数")
    session_hours: int = Field(default=24, ge=1, description="会话保留小时数")
    idle_seconds: int = Field(
        default=0, ge=0, le=3600, description="公用终端：网页多少秒没人动就清除对话，倒数 30 秒提醒；0 是不清除"
    )
    keep_gaps: bool = Field(default=True, description="记下没有答上来的问题（已隐去个人信息），供补写指南")
    database_url: SecretStr | None = Field(
        default=None, description="数据库地址，例如 postgresql://用户:密码@主机/库；不填则用数据文件夹里的 SQLite 文件"
    )
    gap_days: int = Field(default=180, ge=1, description="没有答上来的问题，多少天没人再问就删")
    feedback_days: int = Field(default=180, ge=1, description="评价保留天数")
    worklist_days: int = Field(default=365, ge=1, description="办完的待办保留天数")
    audit_days: int = Field(default=1095, ge=183, description="审计记录保留天数，法律要求日志至少留六个月")
    answers_at_once: int = Field(default=4, ge=1, le=1000, description="同时回答几个问题")
    answers_waiting: int = Field(default=24, ge=0, le=1000, description="最多几个问题排队，再多就请市民过几秒再问")
    answers_wait_seconds: float = Field(default=3.0, ge=0, le=60, description="一个问题最多排队几秒")
    answer_seconds: float = Field(
        default=10.0, gt=0, le=120, description="一问最多算几秒，到时停下并请市民再问；每一步另有自己的时限"
    )
    stop_seconds: int = Field(default=15, ge=1, le=300, description="停止服务时，最多等正在回答的几秒")
    admin_host: str = Field(default="127.0.0.1", description="管理端口的监听地址")
    admin_port: int | None = Field(default=None, ge=1, le=65535, description="管理端口：指标和开关；不填则没有")
    admin_token: SecretStr | None = Field(
        default=None, min_length=16, description="管理口令，至少 16 个字；不填则只有指标，不能改开关"
    )
    log_json: bool = Field(default=False, description="日志每行写成一个 JSON 对象")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="记到哪一级的日志")
    staff_token: SecretStr | None = Field(
        default=None, min_length=16, description="办事员工作台试用的口令，至少 16 个字"
    )
    staff_header: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z][A-Za-z0-9-]*$",
        description="登录网关写明办事员是谁的请求头，例如 X-Forwarded-User",
    )
    staff_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(), description="登录网关的地址，逗号分开，可以是网段；只信从这里来的请求头"
    )
    llm_base_url: str | None = Field(default=None, description="OpenAI 兼容接口地址；不填则不用语言模型")
    llm_model: str | None = Field(default=None, description="语言模型名")
    llm_api_key: SecretStr | None = Field(default=None, description="语言模型密钥")
    llm_fallback_base_url: str | None = Field(default=None, description="备用的 OpenAI 兼容接口地址")
    llm_fallback_model: str | None = Field(default=None, description="备用的语言模型名")
    llm_fallback_api_key: SecretStr | None = Field(default=None, description="备用语言模型密钥")
    llm_first_word_seconds: float = Field(default=3.0, gt=0, le=60, description="语言模型最迟几秒要开口")
    llm_timeout_seconds: float = Field(default=8.0, gt=0, le=60, description="一问里等语言模型最多几秒")
    llm_proposes: bool = Field(default=False, description="规则拿不准是哪一项时，让语言模型在几个候选里猜一个")

    @property
    def model_dir(self) -> Path:
        """Where the embedded model is unpacked."""
        return self.data_dir / "model"


def read_settings() -> Settings:
    """Read the environment once. Raises SettingsError naming each bad variable."""
    try:
        return Settings()
    except ValidationError as error:
        bad = "；".join(_named(str(e["loc"][0]).upper(), e["input"]) for e in error.errors())
        raise SettingsError(f"设置有误：{bad}。请改正环境变量后再试") from error


def _named(name: str, value: object) -> str:
    return f"BANCHENG_{name}" + ("" if name.endswith(SECRETS) else f"（{value!r}）")
