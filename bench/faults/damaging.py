"""Bytes that rot: every file of the published generation, and both pointers."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.faults.judging import OLD, Ground, Row, Verdict, judge

EVERY_BYTE_UP_TO = 2000
SPOTS = 40


def rows(ground: Ground) -> Iterator[Row]:
    """Truncated, one bit flipped, deleted: the publication before is served, or the pointer's twin believed."""
    data = ground.copy()
    folder = data / "generations" / str(OLD)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for where, paths in (("版本的", files), ("指针的", [data / "CURRENT", data / "CURRENT.copy"])):
        verdicts: dict[str, Counter[Verdict]] = {}
        for path in paths:
            for kind, damaged in damages(path.read_bytes(), ground):
                verdicts.setdefault(kind, Counter())[judged(path, damaged, data)] += 1
        yield from (Row(f"{kind}，{where} {len(paths)} 个文件逐个", found) for kind, found in verdicts.items())
    yield neither(data)
    yield extra(ground)


def damages(whole: bytes, ground: Ground) -> Iterator[tuple[str, bytes | None]]:
    """Each damage of a file's bytes and its kind; None is a lost file."""
    yield from (("截断", whole[:length]) for length in sorted({0, len(whole) // 2, len(whole) - 1}))
    every = range(len(whole))
    for at in every if len(whole) <= EVERY_BYTE_UP_TO else ground.chance.sample(every, SPOTS):
        yield "改一位", whole[:at] + bytes([whole[at] ^ (1 << ground.chance.randrange(8))]) + whole[at + 1 :]
    yield "删去", None


def judged(path: Path, damaged: bytes | None, data: Path) -> Verdict:
    """The verdict on one damaged file, which is whole again afterwards."""
    whole = path.read_bytes()
    harm = path.unlink if damaged is None else partial(path.write_bytes, damaged)
    harm()
    try:
        return judge(data, harmed=True, old=OLD - 1, new=OLD)
    finally:
        path.write_bytes(whole)


def neither(data: Path) -> Row:
    """Both pointers emptied: which generation is published is not guessed."""
    for name in ("CURRENT", "CURRENT.copy"):
        (data / name).write_bytes(b"")
    return Row("两个指针文件都清空", Counter([judge(data, harmed=True)]), "不知道发布的是哪个，不猜")


def extra(ground: Ground) -> Row:
    """A file too many in the published generation, and the whole generation lost."""
    verdicts: Counter[Verdict] = Counter()
    data = ground.copy()
    (data / "generations" / str(OLD) / "lexical" / "corpus.jsonl").write_text("{}", encoding="utf-8")
    verdicts[judge(data, harmed=True, old=OLD - 1, new=OLD)] += 1
    data = ground.copy()
    (data / "generations" / str(OLD)).rename(data / "elsewhere")
    verdicts[judge(data, harmed=True, old=OLD - 1, new=OLD)] += 1
    return Row("版本里多出文件；整个版本不见", verdicts)
