"""The manifest: what a generation is made of, and the check that it still is."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from knowledge.errors import GenerationError
from knowledge.index import durable
from knowledge.model import Frozen

FORMAT = 4
MANIFEST, SEAL = "manifest.json", "manifest.sha256"


class Manifest(Frozen):
    """What a generation contains and what made it; digests are sha256 as hex."""

    format: int
    number: int
    built_at: datetime
    guides: int
    themes: int
    entries: int
    model_id: str
    model_digest: str
    tokenizer: str
    library_digest: str
    sources: dict[str, str]  # file or folder of the library → digest
    files: dict[str, str]  # relative path → digest


def digests(folder: Path) -> dict[str, str]:
    """The digest of every file of a generation but the manifest and its seal, by relative path."""
    own = {folder / MANIFEST, folder / SEAL}
    paths = sorted(p for p in folder.rglob("*") if not p.is_dir() and p not in own)
    with ThreadPoolExecutor() as threads:
        found = threads.map(durable.digest, paths)
        return {path.relative_to(folder).as_posix(): digest for path, digest in zip(paths, found, strict=True)}


def seal(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and its checksum, and make sure that all of the folder is on the disk."""
    text = manifest.model_dump_json(indent=1)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    (folder / SEAL).write_text(f"{hashlib.sha256(text.encode()).hexdigest()}  {MANIFEST}\n", encoding="utf-8")
    durable.sync_tree(folder)


def read(folder: Path) -> tuple[Manifest, str]:
    """The manifest in a generation's folder, and its sha256. Raises GenerationError when it is not as sealed."""
    number = folder.name
    try:
        text = (folder / MANIFEST).read_bytes()
        sealed = (folder / SEAL).read_bytes()
    except FileNotFoundError as error:
        raise GenerationError(f"版本 {number} 缺 {Path(error.filename).name}，文件丢失或是旧格式") from error
    except OSError as error:
        raise GenerationError(f"版本 {number} 的清单读不出来：{error.strerror}") from error
    digest = hashlib.sha256(text).hexdigest()
    if sealed != f"{digest}  {MANIFEST}\n".encode():
        raise GenerationError(f"版本 {number} 的清单与校验码不符，已损坏")
    fields = json.loads(text)
    if (found := fields.get("format")) != FORMAT:
        raise GenerationError(f"版本 {number} 是{_kind(found)}格式（{found}，本程序用 {FORMAT}）")
    try:
        return Manifest.model_validate(fields), digest
    except ValidationError as error:
        raise GenerationError(f"版本 {number} 的清单缺项") from error


def _kind(found: object) -> str:
    """How a format that is not ours is called; the remedy for each is to build again, or to run its own program."""
    return "更新的程序的" if isinstance(found, int) and found > FORMAT else "以前的程序的"


def verify(folder: Path) -> tuple[Manifest, str]:
    """The same after reading every byte of the generation. Raises GenerationError naming the first fault."""
    manifest, digest = read(folder)
    number = folder.name
    if str(manifest.number) != number:
        raise GenerationError(f"版本 {number} 的文件夹里是版本 {manifest.number}")
    try:
        found = digests(folder)
    except OSError as error:
        raise GenerationError(f"版本 {number} 的文件读不出来：{error.strerror}（{error.filename}）") from error
    for name in sorted(manifest.files.keys() | found.keys()):
        if name not in manifest.files:
            raise GenerationError(f"版本 {number} 里多出文件 {name}")
        if found.get(name) != manifest.files[name]:
            raise GenerationError(f"版本 {number} 的文件 {name} 缺失或损坏")
    return manifest, digest
