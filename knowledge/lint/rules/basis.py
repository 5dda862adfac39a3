"""办理依据: in force, by article, and no less certain than what rests on it."""

from collections.abc import Iterator
from datetime import date

from knowledge.lint.finding import DESIGN, ELEMENTS, OFFICE_115, Card, Fault, guide_rule, library_rule, text_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView, TextView
from knowledge.model import Certainty, Guide


def _applies_on(guide: Guide) -> date:
    """The day on which a guide's basis must be in force: when it was checked, moved into its own period."""
    day = guide.checked_on
    if guide.effective_to is not None:
        day = min(day, guide.effective_to)
    return max(day, guide.effective_from) if guide.effective_from is not None else day


@guide_rule(Card(
    "basis-in-force", "引用的依据已经施行、没有失效", "error", OFFICE_115 + "（依据失效）；立法法",
    good="2026-07-01 起施行的法，用在 2026-11 核对的指南里", bad="2027-01-01 才施行的法，写成现行依据",
))  # fmt: skip
def basis_in_force(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A clause that is cited is in force on the day the guide speaks for."""
    day = _applies_on(view.guide)
    for where, item in view.parts:
        for ref in item.basis:
            basis = shelf.bases.get(ref.partition("#")[0])
            if basis is None:
                continue
            if basis.effective_from is not None and basis.effective_from > day:
                yield Fault(
                    where, f"《{basis.title}》{basis.effective_from}才施行，这份指南说的是{day}",
                    "换成现行依据；将来的规定写成另一个版本，标 effective_from",
                )  # fmt: skip
            if basis.effective_to is not None and basis.effective_to < day:
                yield Fault(where, f"《{basis.title}》{basis.effective_to}已失效", "换成现行依据")


@text_rule(Card(
    "certainty-basis", "依据是转述的，内容不标已核对原文", "warning", DESIGN,
    good="只见转述的标 secondhand", bad="依据全是转述，内容标 confirmed",
))  # fmt: skip
def certainty_basis(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """A statement is not surer than every basis it rests on."""
    for where, item in view.parts:
        refs = item.basis
        if not refs or item.certainty is not Certainty.CONFIRMED:
            continue
        cited = [shelf.bases[ref.partition("#")[0]] for ref in refs if ref.partition("#")[0] in shelf.bases]
        if cited and all(basis.certainty is not Certainty.CONFIRMED for basis in cited):
            yield Fault(
                where, f"标“已核对原文”，所引《{cited[0].title}》只见转述", "改标 secondhand，或核对原文后改依据的标记"
            )


@text_rule(Card(
    "basis-article", "依据引到条", "warning", ELEMENTS + "：设定依据写明条款",
    good="居民身份证法第11条", bad="居民身份证法（没有写哪一条）",
))  # fmt: skip
def basis_article(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """A basis that has articles is cited by article."""
    for where, item in view.parts:
        for ref in item.basis:
            if "#" not in ref and ref in shelf.bases and shelf.bases[ref].articles:
                yield Fault(where, f"只引了《{shelf.bases[ref].title}》，没有引到条", "写成 编号#条号")


@library_rule(Card(
    "unused-basis", "依据库里的每一部都有人引用", "warning", DESIGN,
    good="入库的法律都有指南引用", bad="入库了一部没有人引用的法律",
))  # fmt: skip
def unused_basis(shelf: Shelf) -> Iterator[Fault]:
    """A basis that nothing cites is either superfluous, or forgotten where it belongs."""
    for basis in shelf.library.bases:
        if basis.basis_id not in shelf.cited:
            yield Fault(
                "basis_id", f"《{basis.title}》没有被引用", "引用它，或移出依据库", f"bases/{basis.basis_id}.yaml"
            )


RULES = (basis_in_force, certainty_basis, basis_article, unused_basis)
