"""What the page tells about personal data before anything is asked."""

from assistant.config import Settings
from assistant.front import Front
from ui.home import home_html


def test_the_notice_says_what_is_kept_how_long_and_how_to_delete_it() -> None:
    told = home_html(Front(person=(), business=(), changes=()), Settings().session_hours)
    for words in ("隐去身份证号、手机号", "24 小时后自动删除", "清除对话", "请不要输入身份证号"):
        assert words in told
