"""Nothing of the desk works for somebody who has not logged in, and nothing is done that is not on record."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.audit import Action
from assistant.casework.records import Records
from assistant.config import Settings
from assistant.kept import Stores
from tests.ui.staff.conftest import TOKEN, Open, log_in, post
from ui.running import behind_proxies
from ui.staff.access import COOKIE, VALID, Access

OPEN = {("GET", "/login"), ("POST", "/login"), ("POST", "/logout"), ("GET", "/assets/{name}")}
GATEWAY = {"staff_header": "X-Forwarded-User", "staff_proxies": "10.0.0.5, 10.1.0.0/16"}


def doors(client: TestClient) -> list[tuple[str, str]]:
    """Every method and path of the desk, as the application itself lists them."""
    mount = next(
        route for route in client.app.routes if getattr(route, "path", "") == "/staff" and hasattr(route, "app")
    )  # type: ignore[attr-defined]
    routes = [route for route in mount.app.routes if isinstance(route, Route)]
    return [(method, route.path) for route in routes for method in sorted(route.methods or ()) if method != "HEAD"]


def filled(path: str) -> str:
    return "/staff" + re.sub(r"\{[^}]*\}", "410000", path)


def test_nothing_works_without_a_login(desk: Open, stores: Stores) -> None:
    client = desk()
    found = doors(client)
    assert len(found) > 15 and set(found) >= OPEN
    for method, path in found:
        if (method, path) in OPEN:
            continue
        answer = client.request(method, filled(path), data={"form_key": "x"} if method == "POST" else None)
        expected = (303, "/staff/login") if method == "GET" else (401, None)
        assert (answer.status_code, answer.headers.get("location")) == expected, path
    assert client.get("/staff/results?q=x", headers={"Sec-Fetch-Mode": "cors"}).status_code == 401
    assert stores.audit.all() == []


def test_without_a_setting_there_is_no_desk(desk: Open, service: Open, settings: Settings) -> None:
    known = doors(desk())
    for missing in ({}, {"staff_header": "X-Forwarded-User"}, {"staff_proxies": "10.0.0.5"}):
        client = service(Settings(data_dir=settings.data_dir, **missing))  # type: ignore[arg-type]
        for method, path in [("GET", "/"), *known]:
            answer = client.request(method, filled(path), headers={"X-Forwarded-User": "wang"})
            assert answer.status_code in (404, 405), path
            assert "工作台" not in answer.text
        assert client.get("/staff").status_code == 404


def test_a_wrong_token_opens_nothing_and_is_not_repeated(desk: Open) -> None:
    client = desk()
    client.get("/staff/login")
    answer = client.post(
        "/staff/login", data={"name": "张", "token": "guess", "form_key": client.cookies["bancheng_staff_form"]}
    )
    assert (answer.status_code, COOKIE in client.cookies, "guess" in answer.text) == (401, False, False)
    assert "口令不对" in answer.text
    for _ in range(6):
        answer = client.post(
            "/staff/login", data={"name": "张", "token": TOKEN, "form_key": client.cookies["bancheng_staff_form"]}
        )
        client.cookies.delete(COOKIE)
    assert answer.status_code == 429


def test_the_cookie_is_for_the_desk_alone(desk: Open) -> None:
    client = desk()
    client.get("/staff/login")
    said = {"name": "窗口甲", "token": TOKEN, "form_key": client.cookies["bancheng_staff_form"]}
    kept = client.post("/staff/login", data=said).headers["set-cookie"]
    assert {"HttpOnly", "Path=/staff", "SameSite=strict", "Max-Age=36000"} <= set(kept.split("; "))
    assert TOKEN not in kept


def test_a_forged_or_old_cookie_is_no_login() -> None:
    day = [datetime(2026, 11, 23, 8, tzinfo=UTC)]
    access = Access(Settings(staff_token=TOKEN), lambda: day[0])  # type: ignore[arg-type]
    response = Response()
    access.let_in(response, "窗口甲", secure=True)
    cookie = response.headers["set-cookie"].split(";")[0].partition("=")[2].strip('"')
    body, _, mark = cookie.partition(".")

    def actor(value: str) -> str | None:
        headers = [(b"cookie", f"{COOKIE}={value}".encode())]
        return access.actor(Request({"type": "http", "headers": headers, "client": None}))

    assert actor(cookie) == "窗口甲"
    assert [actor(value) for value in (body, f"{body}.", f"{body}.{'0' * 64}", f"x{body}.{mark}", "", "é.é")] == [
        None
    ] * 6
    other = Access(Settings(staff_token=TOKEN + "2"), lambda: day[0])  # type: ignore[arg-type]
    request = Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())], "client": None})
    assert other.actor(request) is None
    day[0] += VALID + timedelta(seconds=1)
    assert actor(cookie) is None


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("10.0.0.5", [("X-Forwarded-User", "wang")], 200),
        ("10.1.77.1", [("X-Forwarded-User", "窗口乙".encode())], 200),
        ("10.0.0.6", [("X-Forwarded-User", "wang")], 401),
        ("10.0.0.5", [], 401),
        ("10.0.0.5", [("X-Forwarded-User", "")], 401),
        ("10.0.0.5", [("X-Forwarded-User", "wang"), ("X-Forwarded-User", "li")], 401),
        ("10.0.0.5", [("X-Forwarded-User", "w" * 61)], 401),
        ("testclient", [("X-Forwarded-User", "wang")], 401),
    ],
)
def test_the_gateway_is_believed_only_from_its_address(
    desk: Open, settings: Settings, stores: Stores, address: str, headers: list[tuple[str, Any]], status: int
) -> None:
    client = desk(Settings(data_dir=settings.data_dir, **GATEWAY), address=address)  # type: ignore[arg-type]
    assert client.get("/staff/", headers=headers).status_code == status
    actors = [action.actor for action in stores.audit.all()]
    assert actors == ([{"10.0.0.5": "wang", "10.1.77.1": "窗口乙"}[address]] if status == 200 else [])
    assert ("GET", "/login") not in doors(client)


def test_the_gateway_is_known_by_its_connection_and_not_by_what_it_forwards(desk: Open, settings: Settings) -> None:
    client = desk(Settings(data_dir=settings.data_dir, staff_header="X-User", staff_proxies="127.0.0.1"))  # type: ignore[arg-type]
    for peer, status in (("127.0.0.1", 200), ("10.9.9.9", 401)):
        app = behind_proxies(client.app, "127.0.0.1, 10.9.9.9")
        visitor = TestClient(app, follow_redirects=False, client=(peer, 50000))
        headers = {"X-User": "wang", "X-Forwarded-For": "203.0.113.7" if status == 200 else "127.0.0.1"}
        assert visitor.get("/staff/", headers=headers).status_code == status


def test_a_post_from_elsewhere_changes_nothing(staff: TestClient, stores: Stores) -> None:
    before = len(stores.audit.all())
    said = {"guide": "410000/card-reissue", "text": "记得看背面", "form_key": staff.cookies["bancheng_staff_form"]}
    for data, headers in (
        (said | {"form_key": ""}, {}), (said | {"form_key": "guess"}, {}), ({}, {}),
        (said, {"Sec-Fetch-Site": "cross-site"}), (said, {"Sec-Fetch-Site": "same-site"}),
    ):  # fmt: skip
        answer = staff.post("/staff/notes", data=data, headers=headers)
        assert (answer.status_code, "退回上一页" in answer.text) == (403, True)
    assert len(stores.audit.all()) == before
    assert "记得看背面" not in staff.get("/staff/guides/410000/card-reissue").text


def test_leaving_takes_the_cookie_back(staff: TestClient) -> None:
    assert staff.get("/staff/").status_code == 200
    post(staff, "/staff/logout")
    assert staff.get("/staff/").headers["location"] == "/staff/login"


def test_every_page_is_strict(staff: TestClient) -> None:
    for path in ("/staff/", "/staff/login", "/staff/guides/410000/card-reissue", "/staff/nothing"):
        headers = staff.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "frame-ancestors 'none'" in headers["content-security-policy"] and headers["cache-control"] == "no-store"


def test_every_door_is_on_record_by_name_and_without_anybodys_words(staff: TestClient, stores: Stores) -> None:
    staff.get("/staff/?q=王小明的身份证丢了&audience=person")
    staff.get("/staff/guides/410100/card-reissue?place=410100")
    staff.get("/staff/guides/410000/nothing")
    post(staff, "/staff/notes", guide="410000/card-reissue", text="备注的话")
    done = [(a.actor, a.verb, a.subject, a.detail) for a in stores.audit.all()]
    assert done == [
        ("窗口甲", "login", "", ""), ("窗口甲", "search", "", "audience=person"),
        ("窗口甲", "view_guide", "410100/card-reissue", "place=410100"), ("窗口甲", "view_guide", "410000/nothing", ""),
        ("窗口甲", "add_note", "410000/card-reissue", ""),
    ]  # fmt: skip


class FullDisk:
    """An audit that cannot be written."""

    def append(self, action: Action) -> None:
        raise OSError("no space left on device")


def test_what_cannot_be_recorded_is_not_done(desk: Open, staff: TestClient, records: Records, stores: Stores) -> None:
    broken = desk(records=records._replace(stores=stores._replace(audit=FullDisk())))  # type: ignore[arg-type]
    broken.cookies = staff.cookies
    answer = post(broken, "/staff/notes", guide="410000/card-reissue", text="写不进记录的话")
    assert (answer.status_code, "这一步没有做" in answer.text) == (503, True)
    for method, path in doors(broken):
        if (method, path) not in OPEN:
            said = {"form_key": staff.cookies["bancheng_staff_form"]} if method == "POST" else None
            assert broken.request(method, filled(path), data=said).status_code == 503, path
    assert "写不进记录的话" not in staff.get("/staff/guides/410000/card-reissue").text
    broken.cookies.clear()
    with pytest.raises(KeyError):
        log_in(broken)
    assert COOKIE not in broken.cookies
