"""Run in a process of its own: a company with generated rows of every kind of trouble, taken out to the file named."""

import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (Django is set up first)

from coordina.customers.models import Person  # noqa: E402
from coordina.ledger.sealing.making import seal_all  # noqa: E402
from coordina.records import files  # noqa: E402
from coordina.records.actions import add_note, attach_file  # noqa: E402
from coordina.records.importing import checking, running, steps  # noqa: E402
from coordina.records.importing import files as import_files  # noqa: E402
from coordina.transfer.going_out import write_everything  # noqa: E402
from tests.world import World  # noqa: E402


def main() -> None:
    """Fill, seal, write."""
    call_command("migrate", verbosity=0)
    world = World()
    text = "Nombre,Correo,Otra cosa\n" + "\n".join(f"Persona {n},p{n}@otros.example,ñ «{n}»" for n in range(70))
    path, size = import_files.keep([text.encode()])
    run = steps.start(world.boss, "person", "gente.csv", path, size)
    steps.read(run, lambda rows: None)
    steps.decide(run, [{"target": {"Correo": "email"}.get(c["header"], c["target"])} for c in run.columns], {})
    checking.check(run, progress=lambda rows: None)
    running.execute(run, progress=lambda rows: None)
    person = Person.objects.order_by("pk")[0]
    about = {"subject_type": person._meta.label, "subject_id": person.pk}
    world.act(add_note, **about, text="una nota con ñ, «comillas» y\r\ndos líneas")
    world.act(attach_file, **about, ticket=files.keep([b"\x00bytes\xff"]), name="plano.pdf")
    seal_all()
    write_everything(Path(sys.argv[1]))


main()
