"""The page's own Chinese words."""

from ui.markup import text

HEADER = (
    '<div class="bc-brand"><span class="bc-logo" aria-hidden="true">办成</span>'
    "<div><h1>办成</h1><p>河南政务服务问答</p></div></div>"
)
LOOKS = (
    '<div class="bc-lookrow"><button type="button" name="look" value="elder">长辈版</button>'
    '<details class="bc-looks"><summary>显示</summary><div><button type="button" name="look" value="bigger">字再大一点</button>'
    '<button type="button" name="look" value="contrast">高对比</button>'
    '<button type="button" name="look" value="dark">深色</button></div></details></div>'
)
SEARCHING = "正在查指南……"
DONE = "回答完毕"
CLEARED = "对话已清除"
RESUMED = "接着刚才的对话"
BROKEN = "刚才没有答上来，请再试一次；急事请拨打 12345。"
TOO_FAST = "问得太快了，请过几秒再试。"
OPEN_AGAIN = "请回到计划，重新打开这张表。"
GONE = "这个选项已经过时，请重新写下您要办的事。"


def status(words: str, fault: bool = False) -> str:
    """The line that a screen reader speaks when it changes; `data-busy` while a reply is still coming."""
    kind, role = ("bc-fault", "alert") if fault else ("bc-line bc-done" if words == DONE else "bc-line", "status")
    busy = ' data-busy="1"' if words == SEARCHING else ""
    return f'<div class="{kind}" role="{role}" aria-live="polite"{busy}>{text(words)}</div>'
