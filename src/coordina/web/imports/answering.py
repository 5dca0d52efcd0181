"""Making the record that a file needs for a question of its type, such as a pipeline from its stages."""

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _

from coordina.core.refusals import NotFound, Refusal
from coordina.core.types import RecordType
from coordina.records.importing import running, steps
from coordina.records.importing.options import options_of
from coordina.records.models import ImportRun
from coordina.web.imports.choosing import ColumnsPage


def make_answer(request: Any, run: ImportRun, known: RecordType) -> None:
    """Make it, take it as the answer, and say so; a refusal is said too.

    Raises:
        NotFound: When the type asks no such question.
    """
    option = next((o for o in options_of(known) if o.field == request.POST.get("make_answer")), None)
    if option is None:
        raise NotFound
    name = request.POST.get(f"name-{option.field}", "").strip() or run.file_name.rsplit(".", 1)[0][:60]
    try:
        made = running.make_answer(run, option, name, ColumnsPage(run, known, request.user).texts_for(option))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return
    steps.answered(run, option, made.pk)
    messages.success(request, _("“%(name)s” was made.") % {"name": made})
