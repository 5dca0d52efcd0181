"""Run in a process of its own: a company in which one person stands everywhere, erased, with what must not be found.

Prints JSON: `words` all of them, `before` and `after` which of them the tables held, `states` and `counts` of the
erasure, `seals` what a check of the ledger found afterwards.
"""

import json
import sys
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (Django is set up first)
from django.db import connection  # noqa: E402
from django.utils import timezone, translation  # noqa: E402

from coordina.activity.actions import add_comment, add_reminder  # noqa: E402
from coordina.activity.mail import send  # noqa: E402
from coordina.config.backup import back_up  # noqa: E402
from coordina.core.founding import make_defaults  # noqa: E402
from coordina.customers.actions import log_interaction, record_consent  # noqa: E402
from coordina.customers.models import Company, Person, Position  # noqa: E402
from coordina.hooks.actions import make_webhook, pause_webhook  # noqa: E402
from coordina.hooks.models import Delivery, DeliveryState  # noqa: E402
from coordina.leads.conversion import convert  # noqa: E402
from coordina.leads.models import Lead  # noqa: E402
from coordina.ledger.change_sets import change_set  # noqa: E402
from coordina.ledger.models import Change  # noqa: E402
from coordina.ledger.queue.worker import run_until_idle  # noqa: E402
from coordina.ledger.sealing.making import seal_all  # noqa: E402
from coordina.ledger.sealing.verifying import verify  # noqa: E402
from coordina.pipeline.models import Opportunity  # noqa: E402
from coordina.privacy.actions import erase_person  # noqa: E402
from coordina.privacy.models import Erasure, PrivacyRequest  # noqa: E402
from coordina.records import files  # noqa: E402
from coordina.records.actions import add_note, attach_file, delete_note  # noqa: E402
from coordina.records.duplicates.deciding import MERGES  # noqa: E402
from coordina.records.importing import checking, running, steps  # noqa: E402
from coordina.records.importing import files as import_files  # noqa: E402
from coordina.records.models import ExternalId  # noqa: E402
from tests.world import World  # noqa: E402

WORDS: list[str] = []


def word(name: str) -> str:
    """A text that stands nowhere else."""
    WORDS.append(f"zq{name}xw{len(WORDS)}")
    return WORDS[-1]


def said(text: str) -> str:
    """A text that must not be found either."""
    WORDS.append(text)
    return text


def imported(world: World, kind: str, text: str, **targets: str) -> Any:
    path, size = import_files.keep([text.encode()])
    run = steps.start(world.boss, kind, "contactos.csv", path, size)
    steps.read(run, lambda rows: None)
    steps.decide(run, [{"target": targets.get(c["header"], c["target"])} for c in run.columns], {})
    checking.check(run, progress=lambda rows: None)
    running.execute(run, progress=lambda rows: None)
    return run


def filled(world: World) -> Person:
    """One person by import, among so many that the ledger packs them, edited, merged, and spoken of everywhere."""
    name, mail = said("Zqana Ñandúwx Canario"), said("zqana.canario@zqmail.example")
    rows = [f"Persona {n},p{n}@otros.example,Ciudad {n},,0" for n in range(70)]
    rows.insert(3, f"{name},{mail},{word('city')},{word('job')},{word('extern')}")
    rows.append(f"Error Zqana Ñandúwx Canario,nocorreo {mail},{word('badcity')},x,1")
    imported(world, "person", "Nombre,Correo,Ciudad,Cargo,Id\n" + "\n".join(rows), Id="external_id", Correo="email")
    person = Person.objects.get(name=name)
    company = world.create(Company, name="Empresa de Otros")
    world.edit(
        person, name=said("Zqana Segundonombre"), email=said("zqotra@zqmail.example"), mobile=said("+34600987601"),
        phone=said("+34910987602"), profile_url=said("https://red.example/zqperfil"), preferences=word("wishes"),
        special_requests=word("special"), no_contact_reason=word("reason"), consent="given",
        consent_source=word("source"), company=company, city=word("newcity"), job_title=word("newjob"),
    )  # fmt: skip
    person.refresh_from_db()
    with change_set(by=world.boss, at=timezone.now(), via="web"):
        person.other_data = {word("otherkey"): word("othervalue")}
        person.custom = {"sector": word("custom")}
        person.save()
        Position(person=person, company=world_company(world), job_title=word("position")).save()
        ExternalId(subject_type=person._meta.label, subject_id=person.pk, system="crm", value=word("crmid")).save()
    return person


def world_company(world: World) -> Company:
    made: Company = world.create(Company, name="Segunda de Otros")
    return made


def spoken_of(world: World, person: Person) -> None:
    """Everything that people write about somebody."""
    about = {"subject_type": person._meta.label, "subject_id": person.pk}
    world.act(add_note, **about, text=word("note"))
    gone = world.act(add_note, **about, text=word("gonenote"))
    world.act(delete_note, pk=gone.pk)
    world.act(add_comment, **about, text=word("comment") + " @Bruno")
    world.act(add_reminder, **about, text=word("reminder"), due_at=timezone.now() + timedelta(days=3))
    world.act(log_interaction, **about, kind="call", text=word("summary") + "\n" + word("body"), person=person)
    said_on = timezone.now().date()
    world.act(
        record_consent, pk=person.pk, consent="withdrawn", consent_source=word("consent"), consent_on=said_on,
        text_shown=word("shown"), proof=word("proof"),
    )  # fmt: skip
    ticket = files.keep([word("filebytes").encode()])
    world.act(attach_file, **about, name=word("filename") + ".txt", ticket=ticket)
    world.create(Opportunity, name="Venta de otros", person=person, company=person.company)
    send(to=world.rep, subject=word("subject"), text=word("mailtext") + person.name, about=person)
    send(to=world.rep, subject="Otra cosa", text=f"{word('unlinked')} {person.name}")
    world.create(
        PrivacyRequest, name=word("asker"), reply_to=word("reply"), received_on=said_on, person=person, note=word("did")
    )


def joined(world: World, person: Person) -> None:
    """A twin merged into them, and the lead that they were."""
    twin = world.create(Person, name=said("Zqgemela Canario"), preferences=word("twin"), email="zqgem@zqmail.example")
    said("zqgem@zqmail.example")
    world.act(MERGES["person"], pk=person.pk, others=[twin.pk], take={})
    lead = world.create(
        Lead, name=said("Zqprospecto Canario"), email=said("zqpros@zqmail.example"), description=word("leadtext"),
        next_step=word("leadstep"), street=word("street"),
    )  # fmt: skip
    world.act(add_note, subject_type=lead._meta.label, subject_id=lead.pk, text=word("leadnote"))
    world.act(convert, pk=lead.pk, person=person)
    dropped = world.create(Person, name="Persona Ajena", preferences="se queda")
    world.delete(dropped)


def told_to_others(world: World, person: Person) -> None:
    """What webhooks have sent of them, what waits, and what a receiver answered about somebody else."""
    hook = world.act(make_webhook, name="Almacén", address="https://hooks.example.com/almacen", events=["person.*"])
    world.act(pause_webhook, pk=hook.pk)
    cause = Change.objects.filter(model=person._meta.label, object_id=person.pk).latest("pk").change_set_id
    now = timezone.now()
    rows = (
        ({"record": {"city": word("hookbody")}}, "", cause, DeliveryState.SENT),
        ({"record": {"name": person.name, "note": word("hooknamed")}}, "", None, DeliveryState.DEAD),
        ({"record": {"name": "Otra"}}, f"{word('hookanswer')} {person.email}", None, DeliveryState.SENT),
        ({"previous": {"city": word("hookwaits")}}, "", cause, DeliveryState.WAITING),
    )
    for number, (said_of, answer, change_set_id, state) in enumerate(rows):
        body = zlib.compress(json.dumps({"events": [said_of]}, ensure_ascii=False).encode())
        about = {"event": "person.updated", "noun": "person", "ids": [person.pk], "change_set_id": change_set_id}
        Delivery.objects.create(
            webhook_id=hook.pk, token=f"dlv_{number}", part=number, state=state, body=body, answer=answer,
            created_at=now, next_at=now, **about,
        )  # fmt: skip


def in_tables() -> set[str]:
    """Which of the words stand in the database now."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text = "\n".join(_plain(value) for row in cursor.fetchall() for value in row)
            found |= {w for w in WORDS if w in text or json.dumps(w)[1:-1] in text}
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        try:
            return zlib.decompress(bytes(value)).decode("utf-8", "replace")
        except zlib.error:
            return bytes(value).decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)


def main() -> None:
    call_command("migrate", verbosity=0)
    translation.activate("es")
    world = World()
    with change_set(by=world.boss, at=timezone.now(), via="system"):
        make_defaults(language="es", by=world.boss, at=timezone.now())
    person = filled(world)
    spoken_of(world, person)
    joined(world, person)
    run_until_idle()
    person.refresh_from_db()
    told_to_others(world, person)
    seal_all()
    before = in_tables()
    archive = next((Path(a) for a in sys.argv if a.endswith(".tar.gz")), None)
    if archive is not None:
        back_up(archive)
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE")  # as the database does by itself after a while: samples of all values
    world.act(erase_person, pk=person.pk, typed=person.name, reason="asked", never=True)
    run_until_idle()
    states = list(Erasure.objects.values_list("status", flat=True))
    counts = Erasure.objects.values_list("counts", flat=True).first() if states else {}
    seal_all()
    checked = verify()
    seals = {"wrong": checked.wrong, "erased": sum(checked.erased.values())}
    told = {
        "seals": seals,
        "words": WORDS,
        "before": sorted(before),
        "after": sorted(in_tables()),
        "states": states,
        "counts": counts,
    }
    sys.stdout.write("@@" + json.dumps(told) + "\n")


main()
