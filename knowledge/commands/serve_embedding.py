"""`python -m knowledge serve-embedding [host:port]`: one model for many replicas."""

import sys
from pathlib import Path

from knowledge.index.embedding import open_embedder

ADDRESS = "127.0.0.1:7861"


def address_of(words: list[str]) -> tuple[str, int] | None:
    """Where to listen; None when it is not written as host:port."""
    host, _, port = (words[0] if words else ADDRESS).rpartition(":")
    return (host, int(port)) if host and port.isdecimal() and 0 < int(port) < 65536 else None


def serve_embedding(spec: str, model: Path, host: str, port: int) -> None:
    """Serve until told to stop."""
    from knowledge.embedding_service import serve  # a web server, which no other command needs

    embedder = open_embedder(spec, model)
    told = f"向量服务已启动：http://{host}:{port}（{embedder.model_id}）。别的进程设 BANCHENG_EMBEDDING 为这个地址。\n"
    sys.stdout.write(told)
    sys.stdout.flush()
    serve(embedder, host, port)
