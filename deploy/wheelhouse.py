"""Write down what a wheelhouse holds, so that a machine without a network installs these very files and no others.

`python deploy/wheelhouse.py wheelhouse` writes `wheelhouse/requirements.txt`: one `name==version --hash=sha256:…` a wheel.
"""

import hashlib
import sys
from pathlib import Path


def line_of(wheel: Path) -> str:
    """The requirement of one wheel; its name and version are the first two parts of the file's name (PEP 427)."""
    name, version, *_ = wheel.name.split("-")
    with wheel.open("rb") as file:
        return f"{name}=={version} --hash=sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def main(folder: Path) -> None:
    """Exits with 1 when something in the folder is not a wheel: its bytes would be run while it is installed."""
    wheels = sorted(folder.glob("*.whl"))
    others = sorted({path.name for path in folder.iterdir()} - {wheel.name for wheel in wheels} - {"requirements.txt"})
    if others or not wheels:
        sys.exit(f"{folder} 里应当只有 wheel 文件：{'、'.join(others) or '一个也没有'}")
    (folder / "requirements.txt").write_text("\n".join(map(line_of, wheels)) + "\n", encoding="utf-8")
    sys.stdout.write(f"{folder}/requirements.txt：{len(wheels)} 个包\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
