"""What an import of opportunities asks: in which pipeline they are, an existing one or one made from their stages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.core.types import type_of
from coordina.pipeline.models import Pipeline, Stage
from coordina.pipeline.rules import OPEN
from coordina.records.importing.options import ImportOption
from coordina.records.imports.folding import folded
from coordina.records.imports.matching import stage_kind
from coordina.records.imports.vocabulary import stages


def kind_of(name: str) -> str:
    """The kind that the name of a stage says; open where it says none."""
    return stage_kind(name) or OPEN


def in_order(names: Sequence[str], kind: Callable[[str], str] = kind_of) -> list[str]:
    """Names of stages in the order a sale goes: known ones as usual, others after them as they came, ends last."""
    usual = {meaning: place for place, meaning in enumerate(dict.fromkeys(stages().values()))}

    def place(name: str) -> tuple[int, int]:
        ends = {OPEN: 0, "won": 1, "lost": 2}
        return ends[kind(name)], usual.get(stages().get(folded(name), ""), len(usual))

    return sorted(names, key=place)


def pipeline_of(
    name: str, texts: Sequence[str], *, by: Any, at: datetime, kinds: Mapping[str, str] | None = None
) -> Pipeline:
    """Make a pipeline with the stages that a file names; the ends that it does not name are added.

    Args:
        name: Name of the pipeline.
        texts: Names of stages.
        by: Who imports.
        at: When.
        kinds: What some of the stages are, where the file says it; the others are known by their name.

    Raises:
        Refusal: When there is a pipeline of this name.
    """
    writer = type_of(Pipeline).writer
    pipeline: Pipeline = writer.create([writer.clean({"name": name})], by=by, at=at)[0]
    once: dict[str, str] = {}
    for text in texts:
        once.setdefault(folded(text) or text, text.strip()[:80])
    said = {folded(text): kind for text, kind in (kinds or {}).items()}

    def kind_of_stage(text: str) -> str:
        return said.get(folded(text)) or kind_of(text)

    there = {kind_of_stage(text) for text in once.values()}
    wanted = {"open": _("New"), "won": _("Won"), "lost": _("Lost")}
    names = in_order(
        [*once.values(), *(str(label) for kind, label in wanted.items() if kind not in there)], kind_of_stage
    )
    count = sum(kind_of_stage(n) == OPEN for n in names)
    stages_ = type_of(Stage).writer
    for place, each in enumerate(names, 1):
        kind = kind_of_stage(each)
        probability = {"won": 100, "lost": 0}.get(kind, round(100 * place / (count + 1)))
        values = {"pipeline": pipeline, "name": each, "kind": kind, "position": place, "probability": probability}
        stages_.create([stages_.clean(values)], by=by, at=at)
    return pipeline


PIPELINE_OPTION = ImportOption(
    field="pipeline",
    help=_("Stages of the file are looked up in this pipeline. Those it does not have are added to it."),
    within={"stage": "pipeline"},
    make=pipeline_of,
    source="stage",
    make_label=_("Make a new pipeline with the stages of the file"),
)
