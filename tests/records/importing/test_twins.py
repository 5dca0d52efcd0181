"""New rows of a file that may be there already: found, decided, and never about what the importer may not see."""

from django.utils import timezone

from coordina.accounts.models import Role
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.records.models import ImportProblem, ImportRun, ImportTwin
from tests.world import World

from .conftest import Read, check, execute

FILE = "empresa;teléfono;ciudad\nALAMO DISTRIBUCIONES SL;954111222;Sevilla\nTalleres Brezo;954111333;Cádiz\n"


def checked(read: Read, **options: object) -> ImportRun:
    return check(read(FILE, **options))  # type: ignore[arg-type]  # of read


def test_new_rows_that_may_be_there(world: World, read: Read) -> None:
    there = world.create(Company, name="Distribuciones Álamo, S.L.", phone="+34954111222")
    run = checked(read)
    assert (run.counts["new"], run.counts["twin"]) == (2, 1)
    [twin] = ImportTwin.objects.all()
    assert (twin.number, twin.object_id, twin.name, twin.choice) == (2, there.pk, "ALAMO DISTRIBUCIONES SL", "create")
    assert twin.score > 0.9
    execute(run)
    assert Company.objects.count() == 3


def test_a_row_updates_what_is_there(world: World, read: Read) -> None:
    there = world.create(Company, name="Distribuciones Álamo, S.L.", phone="+34954111222")
    run = checked(read)
    ImportTwin.objects.update(choice="update")
    execute(run)
    there.refresh_from_db()
    assert (there.city, Company.objects.count()) == ("Sevilla", 2)
    assert (run.counts["new"], run.counts["update"]) == (1, 1)


def test_a_row_is_left_out(world: World, read: Read) -> None:
    world.create(Company, name="Distribuciones Álamo, S.L.", phone="+34954111222")
    run = checked(read)
    ImportTwin.objects.update(choice="skip")
    execute(run)
    assert Company.objects.count() == 2
    assert "may be there" in str(ImportProblem.objects.get().reasons)


def test_what_the_importer_may_not_see_is_no_twin(world: World, read: Read) -> None:
    world.create(Company, name="Distribuciones Álamo, S.L.", phone="+34954111222", by=world.other)
    role = Role.objects.get(slug="representative")
    with change_set(by=None, at=timezone.now(), via="system"):
        role.reach = role.reach | {"customers.view_company": "own"}
        role.save()
    run = checked(read, by=type(world.rep).objects.for_request().get(pk=world.rep.pk))
    assert (run.counts["new"], run.counts.get("twin", 0)) == (2, 0)
    execute(run)
    assert Company.objects.count() == 3, "nor is it refused"


def test_the_search_costs_the_same_for_one_and_for_many(world: World, read: Read) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for rows in (2, 20):
        text = "empresa;teléfono\n" + "".join(f"Granja {n} Olmo;9541112{n:02}\n" for n in range(rows))
        run = read(text)
        with CaptureQueriesContext(connection) as seen:
            check(run)
        counts.append(len(seen))
    assert counts[0] == counts[1]
