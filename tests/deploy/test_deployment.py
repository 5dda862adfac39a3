"""The files that operators install by: read as their programs read them, and held against what the program expects."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from assistant.config import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s;#]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Package → version, of one file of requirements; a local part (`+cpu`) says where a wheel was built."""
    found = PIN.findall((ROOT / name).read_text(encoding="utf-8"))
    return {package.lower().replace("_", "-"): version.partition("+")[0] for package, version in found}


def test_the_lock_has_every_requirement_at_its_version_with_a_hash() -> None:
    wanted, locked = pins("requirements.txt"), pins("requirements.lock")
    assert {package: locked.get(package) for package in wanted} == wanted, "运行 make lock"
    blocks = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    assert all("--hash=sha256:" in block for block in blocks if block.strip())


def test_a_wheelhouse_is_written_down_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "one_two-1.0-py3-none-any.whl").write_bytes(b"wheel")
    command = [sys.executable, str(DEPLOY / "wheelhouse.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    digest = hashlib.sha256(b"wheel").hexdigest()
    assert (tmp_path / "requirements.txt").read_text() == f"one_two==1.0 --hash=sha256:{digest}\n"
    (tmp_path / "source-1.0.tar.gz").write_bytes(b"")
    told = subprocess.run(command, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (1, f"{tmp_path} 里应当只有 wheel 文件：source-1.0.tar.gz\n")


def test_compose_sets_what_the_program_reads_and_starts_in_order() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    named = {name for service in services.values() for name in service.get("environment", {})}
    fields = {PREFIX + field.upper() for field in Settings.model_fields}
    assert {name for name in named if name.startswith(PREFIX)} <= fields
    assert services["app"]["depends_on"]["publish"] == {"condition": "service_completed_successfully"}
    assert services["publish"]["command"] == ["python", "-m", "knowledge", "publish"]
    for name in ("app", "embedding", "publish"):
        service = services[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert "ports" not in service, f"{name} is reached through the proxy alone"
    subnet = compose["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert services["app"]["environment"]["FORWARDED_ALLOW_IPS"] == subnet


def test_the_image_holds_what_it_runs_and_runs_as_nobody() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"}
    assert copied == {"knowledge", "assistant", "ui"} == let_in - {"wheelhouse"}
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"]
    assert not any("pip install" in line and "--require-hashes" not in line for line in lines)


def test_the_proxy_keeps_streams_whole_and_operators_doors_shut() -> None:
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for directive in ("http2 on;", "proxy_buffering off;", "hash $route consistent;", "client_max_body_size 64k;"):
        assert directive in conf, directive
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in conf, "what a visitor wrote there counts for nothing"
    assert re.search(r"location ~ \^/\(metrics\|readyz\|healthz\|admin\)", conf)


@pytest.mark.parametrize("setting", [
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "CapabilityBoundingSet=",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "IPAddressDeny=any", "SystemCallFilter=@system-service",
    "MemoryMax=2G", "KillSignal=SIGTERM",
])  # fmt: skip
def test_the_unit_is_shut_in(setting: str) -> None:
    assert setting in (DEPLOY / "bancheng@.service").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("licence, family", [
    ("MIT License", "MIT、ISC、PSF"), ("Apache-2.0 AND MIT", "Apache-2.0"), ("BSD-3-Clause", "BSD"), ("MPL-2.0 AND MIT", "MPL-2.0"),
    ("GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL"), ("GPL-3.0-only", None), ("UNKNOWN", None),
    ("MIT License\n… EXPRESS OR IMPLIED, LIMITATION", "MIT、ISC、PSF"),
])  # fmt: skip
def test_a_licence_is_counted_to_the_strictest_family_it_names(licence: str, family: str | None) -> None:
    sys.path.insert(0, str(DEPLOY))
    try:
        import licences
    finally:
        sys.path.remove(str(DEPLOY))
    assert licences.family_of(licence) == family


def test_every_locked_package_is_in_the_list_of_licences() -> None:
    text = (ROOT / "docs/licences.md").read_text(encoding="utf-8")
    listed = {name.lower().replace("_", "-") for name in re.findall(r"(?:\| |，)([A-Za-z0-9_.-]+) \d", text)}
    assert set(pins("requirements.lock")) - {"setuptools"} == listed, "运行 make licences"
