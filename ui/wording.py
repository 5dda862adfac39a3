"""The page's own Chinese words."""

from ui.markup import text

QUICK_STARTS = (
    "身份证丢了怎么补",
    "孩子刚出生要办哪些手续",
    "怎么办护照",
    "公积金怎么提取",
    "失业金怎么领",
    "开饭店要办哪些证",
    "二手房过户要多少钱",
    "低保怎么申请",
)
HEADER = (
    '<div class="bc-brand"><span class="bc-logo" aria-hidden="true">办成</span>'
    "<div><h1>办成</h1><p>河南政务服务问答</p></div></div>"
)
WELCOME = (
    '<div class="bc-hello"><h2>您要办什么事？</h2>'
    "<p>直接说就行。每个金额、天数、年龄都来自公开的办事指南，可以点开看是哪一条规定；没有依据的，会直说不知道。</p></div>"
    '<h3 class="bc-starts-title">大家常问</h3>'
)
PRIVACY = (
    '<p class="bc-privacy">隐私说明：您的提问会先隐去身份证号、手机号等个人信息再保存，{hours} 小时后自动删除，'
    "点“清除对话”马上删除。请不要输入身份证号、银行卡号。</p>"
)
SEARCHING = "正在查指南……"
DONE = "回答完毕"
CLEARED = "对话已清除"
BROKEN = "刚才没有答上来，请再试一次；急事请拨打 12345。"
TOO_FAST = "问得太快了，请过几秒再试。"
OPEN_AGAIN = "请回到计划，重新打开这张表。"
GONE = "这个选项已经过时，请重新写下您要办的事。"


def status(words: str, fault: bool = False) -> str:
    """The line that a screen reader speaks when it changes; `data-busy` while a reply is still coming."""
    kind, role = ("bc-fault", "alert") if fault else ("bc-line bc-done" if words == DONE else "bc-line", "status")
    busy = ' data-busy="1"' if words == SEARCHING else ""
    return f'<div class="{kind}" role="{role}" aria-live="polite"{busy}>{text(words)}</div>'
