"""`python -m bench.theme_forms`: how many fields the joined form of each life event saves, in its fullest plan."""

import sys
from itertools import islice

from assistant.model import Form
from assistant.onething.flow import Flow, open_flow
from assistant.onething.form_values import entries_of
from assistant.onething.planning import make_plan
from bench.theme_walks import DAY, walk
from knowledge.catalog import Catalog
from knowledge.model import ROOT_ADCODE
from knowledge.sources.library import load_library

WAYS = 400  # of a life event, from the first on; more add no item


def fullest(flow: Flow) -> Form:
    """The form with the most fields of the items' own over the first ways through a life event."""
    plans = (
        make_plan(flow.theme, answers, flow.catalog, flow.adcode, flow.day) for answers in islice(walk(flow), WAYS)
    )
    return max((plan.form for plan in plans), key=lambda form: form.raw_fields)


def main() -> int:
    """Print the table."""
    catalog = Catalog(load_library())
    raw = joined = 0
    out = ["一件事\t事项\t各项合计\t合并后\t少填"]
    for theme in catalog.themes.values():
        form = fullest(open_flow(theme, catalog, ROOT_ADCODE, DAY))
        count = len(entries_of(form))
        raw, joined = raw + form.raw_fields, joined + count
        out.append(f"{theme.name}\t{len(form.users)}\t{form.raw_fields}\t{count}\t{1 - count / form.raw_fields:.0%}")
    out.append(f"合计\t\t{raw}\t{joined}\t{1 - joined / raw:.0%}")
    sys.stdout.write("\n".join(out) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
