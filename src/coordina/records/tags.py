"""Tags: words that people put on records of any type. Upper and lower case are the same word."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.aggregates import StringAgg
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.core.cells import CELLS, Cell, CellContext
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.core.types import Draft, Kind, f
from coordina.records.models import Tag, TagLink

LONGEST = 60
MOST = 30
CHUNK = 500
_APART = "\x1f"


def clean_words(words: Iterable[str] | None) -> list[str]:
    """Words as they are kept: trimmed, without invisible null characters, each once, in alphabetical order.

    Raises:
        Refusal: At `tags`: one is too long, or there are too many.
    """
    found: dict[str, str] = {}
    for word in words or ():
        for part in word.replace(";", ",").split(","):
            text = " ".join(part.replace("\0", "").split()).lstrip("#").strip()
            if len(text) > LONGEST:
                message = _("A tag has at most %(most)d characters; “%(tag)s” has more.")
                raise Refusal("tags", message % {"most": LONGEST, "tag": f"{text[:30]}…"}, field="tags")
            if text:
                found.setdefault(text.casefold(), text)
    if len(found) > MOST:
        raise Refusal("tags", _("A record carries at most %(most)d tags.") % {"most": MOST}, field="tags")
    return [found[key] for key in sorted(found)]


def words_of(obj: Record) -> list[str]:
    """The tags of a record, in alphabetical order."""
    return sorted(TagLink.of(obj).values_list("tag__name", flat=True), key=str.casefold)


def set_words(pairs: Sequence[tuple[Record, Sequence[str]]], *, fresh: bool = False) -> None:
    """Let records of one model carry these tags and no others, one or many; new words become tags.

    Args:
        pairs: Records with the words they are to carry, as `clean_words` gives them.
        fresh: Whether the records are new and carry none yet.
    """
    if not pairs:
        return
    label = pairs[0][0]._meta.label
    tags = _tags_named({word for _obj, words in pairs for word in words})
    have: dict[int, dict[int, int]] = defaultdict(dict)
    keys = [] if fresh else [obj.pk for obj, _words in pairs]
    for start in range(0, len(keys), CHUNK):
        links = TagLink.objects.filter(subject_type=label, subject_id__in=keys[start : start + CHUNK])
        for pk, subject, tag in links.order_by("pk").values_list("pk", "subject_id", "tag_id"):
            have[subject][tag] = pk
    new: list[TagLink] = []
    gone: list[int] = []
    for obj, words in pairs:
        wanted = {tags[word.casefold()] for word in words}
        new += [TagLink(subject_type=label, subject_id=obj.pk, tag_id=t) for t in sorted(wanted - have[obj.pk].keys())]
        gone += [pk for tag, pk in have[obj.pk].items() if tag not in wanted]
    for start in range(0, len(gone), CHUNK):
        TagLink.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
    TagLink.objects.bulk_create(new, batch_size=CHUNK)


def _tags_named(words: Iterable[str]) -> dict[str, int]:
    """Ids of tags by their words in small letters; those that do not exist are made."""
    wanted = {word.casefold(): word for word in sorted(words)}
    if not wanted:
        return {}
    known = {name.casefold(): pk for pk, name in Tag.objects.order_by("-pk").values_list("pk", "name")}
    missing = [Tag(name=word) for key, word in wanted.items() if key not in known]
    made = Tag.objects.bulk_create(missing) if missing else []
    return known | {tag.name.casefold(): tag.pk for tag in made}


def tagged_rows(label: str) -> Any:
    """Builds the EXISTS of a condition on the tags of a model's rows; for the filter language."""

    def many(condition: Q) -> Exists:
        links: QuerySet[TagLink] = TagLink.objects.filter(condition, subject_type=label, subject_id=OuterRef("pk"))
        return Exists(links)

    return many


def words_column(label: str) -> Subquery:
    """The tags of a row as one text, for lists: read along with the columns of a page."""
    links = TagLink.objects.filter(subject_type=label, subject_id=OuterRef("pk")).order_by().values("subject_id")
    return Subquery(links.annotate(words=StringAgg("tag__name", Value(_APART))).values("words"))


def draw_words(values: tuple[Any, ...], context: CellContext) -> str:
    """The badges of a row's tags."""
    words = sorted(values[0].split(_APART), key=str.casefold) if values[0] else []
    return " ".join(context.pieces.badge(word) for word in words)


def tags_field(model: type[Record], **said: Any) -> Draft:
    """The field `tags` of a record type whose writer is `Tagged`: shown, filtered, and edited as words with commas.

    Args:
        model: The record class.
        **said: Attributes of the field to be said differently.
    """
    cell = Cell((words_column(model._meta.label),), draw_words, typed=lambda obj: ", ".join(words_of(obj)))
    column = words_column(model._meta.label)
    cell = Cell((column,), draw_words, typed=lambda obj: ", ".join(words_of(obj)))
    CELLS.add((str(model._meta.model_name), "tags"), cell)
    return f(
        "tags",
        **{
            "label": gettext_lazy("tags"),
            "kind": Kind.TAGS,
            "virtual": True,
            "path": "tag",
            "to": Tag,
            "many": tagged_rows(model._meta.label),
            "help": gettext_lazy("Words separated by commas."),
            "aliases": ("etiquetas", "tags", "labels", "keywords", "palabras clave"),
        }
        | said,
    )
