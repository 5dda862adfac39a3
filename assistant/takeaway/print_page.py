"""A sheet as one HTML page to print: 18 pt, boxes to tick, nothing loaded from elsewhere, nothing kept."""

from html import escape

from assistant.takeaway.qr import qr_modules
from assistant.takeaway.sheet import Part, Row, Sheet
from assistant.takeaway.stages_svg import stages_svg

STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}
body{font:18pt/1.55 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif;max-width:190mm;
margin:0 auto;padding:16px;color:#000;background:#fff;overflow-wrap:anywhere}
h1{font-size:26pt;line-height:1.3;margin:0 0 8px}h2{font-size:21pt;margin:28px 0 6px;border-bottom:3px solid #000}
p{margin:0 0 6px}ul{list-style:none;margin:0;padding:0}li{padding:3px 0 3px 40px;break-inside:avoid}
li.tick{position:relative;padding-top:9px;break-after:avoid}li label{cursor:pointer}
li input{position:absolute;left:0;top:9px;width:28px;height:28px;margin:0;accent-color:#000}
.clauses{color:#333}.mark{border:2px solid #000;padding:4px 10px;margin:8px 0}
.bc-picture{container-type:inline-size;margin:16px 0;break-inside:avoid}.bc-picture svg{display:block;max-width:100%;height:auto}
.bc-picture .bc-across{display:none}.qr{float:right;width:36mm;height:36mm;margin:0 0 8px 12px}
@container (min-width:24em){.bc-columns-2 .bc-across{display:block}.bc-columns-2 .bc-down{display:none}}
@container (min-width:36em){.bc-columns-3 .bc-across{display:block}.bc-columns-3 .bc-down{display:none}}
button{font:inherit;min-height:60px;padding:8px 28px;margin:0 0 16px}
@page{size:A4;margin:14mm}
@media print{body{padding:0;max-width:none}button{display:none}.letter{break-before:page}}
"""


def print_page(sheet: Sheet) -> str:
    """The whole page. Its one script is the print button's own line."""
    head = "".join(f"<p>{escape(line)}</p>" for line in (sheet.dated, sheet.caution))
    parts = "".join(f"<section><h2>{escape(part.title)}</h2>{_rows(part)}</section>" for part in sheet.parts)
    title = escape(sheet.title)
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f'<meta name="description" content="{escape(sheet.label)}。{escape(sheet.dated)}">'
        f"<title>{title}·办事计划</title><style>{STYLE}</style></head>\n<body><main>"
        f'<button type="button" onclick="print()">打印这张单子</button><h1>{title}</h1>'
        f'<p class="mark">{escape(sheet.label)}</p>{_address(sheet.address)}{head}{stages_svg(sheet.plan)}{parts}'
        f"{_letter(sheet.letter)}</main></body></html>\n"
    )


def _rows(part: Part) -> str:
    return f"<ul>{''.join(map(_row, part.rows))}</ul>"


def _row(row: Row) -> str:
    clauses = f' <span class="clauses">〔{escape("；".join(row.clauses))}〕</span>' if row.clauses else ""
    if not row.box:
        return f"<li>{escape(row.text + row.note)}{clauses}</li>"
    ticked = " checked" if row.ticked else ""
    more = f"<div>{escape(row.note)}{clauses}</div>" if row.note or clauses else ""
    box = f'<input type="checkbox" autocomplete="off"{ticked}>'
    return f'<li class="tick"><label>{box}<strong>{escape(row.text)}</strong></label>{more}</li>'


def _letter(letter: Part | None) -> str:
    return f'<section class="letter"><h1>{escape(letter.title)}</h1>{_rows(letter)}</section>' if letter else ""


def _address(address: str | None) -> str:
    """The address as words and as a QR code, one path of squares."""
    if address is None:
        return ""
    rows = qr_modules(address)
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return (
        f'<svg class="qr" role="img" viewBox="0 0 {len(rows)} {len(rows)}" shape-rendering="crispEdges">'
        f'<title>二维码</title><path d="{squares}"/></svg><p>扫码重新办理：{escape(address)}</p>'
    )
