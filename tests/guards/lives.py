"""A company in which people do things at random: every kind of write that exists, in any order."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from coordina.accounts.models import User
from coordina.activity.alerts import actions as alerts
from coordina.activity.models import Alert
from coordina.core.actions import standard
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, Field, Kind, RecordType, type_of
from coordina.customers.actions import log_interaction
from coordina.customers.models import Company, Person
from coordina.leads import actions as leads
from coordina.leads.conversion import convert
from coordina.leads.models import Lead, LeadReason, LeadStage
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.pipeline import actions as pipeline
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, Reason, Stage
from coordina.records import actions as records
from coordina.records.duplicates.deciding import MERGES, PARTINGS
from coordina.records.duplicates.declared import MATCHINGS
from coordina.records.duplicates.merging import mergeable
from coordina.records.files import keep
from coordina.records.importing import checking, files, running, steps
from coordina.records.models import Attachment, ImportRun, Note
from tests.clock import madrid_day
from tests.world import World

WORDS = ("Álamo", "Brezo & Hijos", "=1+1", "<b>Cedro</b>", "日本", "Enebro", "😀 Fresno", "Granado", "ñandú", "O'Haya")
TEXT = (Kind.TEXT, Kind.LONG_TEXT)


class _Boom(Exception):
    """A bug in the middle of a change set."""


class Lives:
    """People at work.

    Attributes:
        done, refused: How often each kind of thing was done, or refused with a reason.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.world = World()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.said: dict[str, str] = {}
        self.number = 0
        self.types = [t for t in TYPES if t.model.__module__.startswith("coordina.") and t.name != "organization"]
        self.world.act(make_default_pipeline)
        for kind in ("won", "lost"):
            self.world.create(Reason, name=f"Porque {kind}", kind=kind)
        for name in ("Uno", "Dos"):
            company = self.world.create(Company, name=name)
            self.world.create(Person, name=f"Persona {name}", company=company)
            self.world.create(Opportunity, name=f"Venta {name}", company=company, amount="1200.50")

    # What happens -----------------------------------------------------------------------------------------------------

    def live(self, steps: int) -> None:
        """Do so many things."""
        ways: list[tuple[int, Callable[[], Any]]] = [
            (20, self.create),
            (20, self.edit),
            (5, self.delete),
            (5, self.hang),
            (16, self.sell),
            (10, self.chase),
            (2, self.stages),
            (6, self.merge),
            (2, self.tell_apart),
            (6, self.decide),
            (4, self.bulk_edit),
            (2, self.bulk_make),
            (1, self.bulk_delete),
            (10, self.take_back),
            (2, self.import_file),
            (2, self.undo_import),
            (2, self.break_off),
        ]
        for _ in range(steps):
            ((_weight, way),) = self.chance.choices(ways, [w for w, _way in ways])
            self.attempt(way)

    def attempt(self, way: Callable[[], Any]) -> None:
        """Do it; a refusal is an answer, anything else is a bug."""
        try:
            what = way()
        except Refusal as refusal:
            self.refused[way.__name__] += 1
            self.said[way.__name__] = f"{refusal.errors}"
        else:
            self.done[way.__name__ if what is not False else "nothing"] += 1

    def somebody(self) -> User:
        """Mostly the administrator, who may do everything; as a request finds them now, in the team they are in."""
        return self.now(self.chance.choices([self.world.boss, self.world.rep, self.world.other], [6, 2, 1])[0])

    @staticmethod
    def now(user: User) -> User:
        """Somebody as the database has them."""
        found: User = User.objects.for_request().get(pk=user.pk)
        return found

    def any_of(self, model: Any, **which: Any) -> Any:
        """Some row of a model; None where there is none."""
        keys = list(model.objects.filter(**which).order_by("pk").values_list("pk", flat=True))
        return model.objects.get(pk=self.chance.choice(keys)) if keys else None

    def create(self) -> Any:
        """Make a record of any type."""
        known = self.chance.choice(self.types)
        made = standard(known.model, "create")
        if made is None or made.hidden:
            return False
        data = self.values(known, new=True)
        if known.within:
            whole = self.any_of(known.model._meta.get_field(known.within).related_model)
            if whole is None:
                return False
            data[known.within] = whole.pk
        return submit(made, data, by=self.somebody(), via="web")

    def edit(self) -> Any:
        """Change a record of any type, sometimes as of an older version."""
        known = self.chance.choice([*self.types, *[type_of(Opportunity)] * 4])
        obj, changed = self.any_of(known.model), standard(known.model, "edit")
        if obj is None or changed is None or changed.hidden:
            return False
        version = obj.version if self.chance.random() < 0.7 else max(1, obj.version - 1)
        data = self.values(known, new=False)
        return submit(changed, data, by=self.somebody(), via="web", pk=obj.pk, version=version)

    def delete(self) -> Any:
        """Delete a record of any type."""
        known = self.chance.choice(self.types)
        obj, gone = self.any_of(known.model), standard(known.model, "delete")
        if obj is None or gone is None or gone.hidden:
            return False
        return submit(gone, {}, by=self.world.boss, via="web", pk=obj.pk)

    def hang(self) -> Any:
        """Note, file, tags or an interaction on a record; or change and remove what hangs there."""
        subject = self.any_of(self.chance.choice([Company, Person, Opportunity, Lead]))
        if subject is None:
            return False
        about = {"subject_type": subject._meta.label, "subject_id": subject.pk}
        by, what = self.somebody(), self.chance.randrange(7)
        note, file = self.any_of(Note), self.any_of(Attachment)
        if what == 0:
            return self.world.act(records.add_note, by=by, text=self.text(), **about)
        if what == 1:
            ticket = keep([b"bytes"])
            return self.world.act(records.attach_file, by=by, name=self.text(), ticket=ticket, **about)
        if what == 2:
            words = self.chance.sample(WORDS, self.chance.randrange(4))
            return self.world.act(records.set_tags, by=by, tags=words, **about)
        if what == 3:
            return self.world.act(log_interaction, by=by, kind="call", text=self.text(), **about)
        if what == 4 and note is not None:
            return self.world.act(records.edit_note, by=note.owner, pk=note.pk, text=self.text())
        if what == 5 and note is not None:
            return self.world.act(records.delete_note, by=note.owner, pk=note.pk)
        if what == 6 and file is not None:
            return self.world.act(records.delete_file, by=by, pk=file.pk)
        return False

    def sell(self) -> Any:
        """Move, win, lose, reopen, or look after the next step of an opportunity."""
        sale, by = self.any_of(Opportunity), self.somebody()
        if sale is None:
            return False
        today = madrid_day()
        stage = self.any_of(Stage, pipeline=sale.pipeline_id, kind="open")
        what: list[tuple[Any, dict[str, Any]]] = [
            (pipeline.move, {"stage": stage}),
            (pipeline.move, {"stage": stage}),
            (pipeline.win, {"closed_on": today, "amount": self.chance.choice([None, "999.99"])}),
            (pipeline.lose, {"closed_on": today, "reason": self.any_of(Reason, kind="lost")}),
            (pipeline.reopen, {"note": self.chance.choice(["", "Otra vez"])}),
            (pipeline.set_next_step, {"next_step": self.text()}),
            (pipeline.complete_next_step, {}),
            (pipeline.take_amount_from_lines, {}),
        ]
        if sale.status != "open":
            what = what[4:5] * 2 + what[-1:]
        fn, data = self.chance.choice(what)
        return self.world.act(fn, by=by, pk=sale.pk, **data)

    def chase(self) -> Any:
        """Touch, move, disqualify, reopen, give away or convert a lead."""
        lead, by = self.any_of(Lead), self.somebody()
        if lead is None:
            return self.world.create(Lead, by=by, name=self.text(), company_name=self.text(), email="a@example.com")
        about = {"subject_type": "leads.Lead", "subject_id": lead.pk}
        what: list[tuple[Any, dict[str, Any]]] = [
            (leads.contact, {}),
            (leads.qualify, {}),
            (leads.move_lead, {"stage": self.any_of(LeadStage)}),
            (leads.disqualify, {"reason": self.any_of(LeadReason)}),
            (leads.reopen_lead, {}),
            (leads.assign, {"owner": self.chance.choice([self.world.rep, self.world.other])}),
            (leads.set_lead_step, {"next_step": self.text()}),
            (log_interaction, {"kind": "call", "text": self.text(), **about}),
            (records.add_note, {"text": self.text(), **about}),
            (convert, {"company_name": self.text(), "person": self.any_of(Person), "opportunity_name": self.text()}),
            (convert, {"company": self.any_of(Company), "person_name": self.text()}),
        ]
        fn, data = self.chance.choice(what)
        return self.world.act(fn, by=by, pk=None if "subject_id" in data else lead.pk, **data)

    def merge(self) -> Any:
        """Merge two or three records of a type that is compared, taking values from any of them."""
        kind = self.chance.choice(list(MATCHINGS))
        keys = list(kind.model.objects.order_by("pk").values_list("pk", flat=True))
        if len(keys) < 3:
            return False
        stays, *others = self.chance.sample(keys, self.chance.choice([2, 3]))
        fields = self.chance.sample(sorted(mergeable(kind.known)), 3)
        take = {name: self.chance.choice([stays, *others]) for name in fields}
        return self.world.act(MERGES[kind.name], by=self.somebody(), pk=stays, others=others, take=take)

    def tell_apart(self) -> Any:
        """Say that two records are not the same."""
        kind = self.chance.choice(list(MATCHINGS))
        keys = list(kind.model.objects.order_by("pk").values_list("pk", flat=True))
        if len(keys) < 2:
            return False
        one, other = self.chance.sample(keys, 2)
        return self.world.act(PARTINGS[kind.name], by=self.somebody(), pk=one, other=other)

    def stages(self) -> Any:
        """Put the stages of a pipeline in another order."""
        stage = self.any_of(Stage)
        if stage is None:
            return False
        keys = list(Stage.objects.filter(pipeline=stage.pipeline_id).values_list("pk", flat=True))
        self.chance.shuffle(keys)
        return self.world.act(pipeline.reorder_stages, pk=stage.pipeline_id, order=keys)

    def decide(self) -> Any:
        """Put off, hand on, close or bring back an alert; or say anew what is urgent and important."""
        alert, by = self.any_of(Alert), self.somebody()
        if alert is None:
            return False
        about = {"watcher": alert.watcher, "subject_type": alert.subject_type, "subject_id": alert.subject_id}
        days = dt.timedelta(days=self.chance.randrange(1, 9))
        what: list[tuple[Any, dict[str, Any]]] = [
            (alerts.put_off_alert, {"until": madrid_day() + days, **about}),
            (alerts.hand_on_alert, {"to": self.somebody(), **about}),
            (alerts.close_alert, {"reason": self.text(), **about}),
            (alerts.bring_back_alert, about),
            (alerts.tune_alerts, {"important_value": self.chance.randrange(1, 9000), "off": [], "waits": {
                alert.watcher: self.chance.choice([None, 0, 5, 40])}}),
        ]  # fmt: skip
        fn, data = self.chance.choice(what)
        return self.world.act(fn, by=by, **data)

    def bulk_edit(self) -> Any:
        """Change many records at once, through the writer as bulk work does, or by one statement."""
        known = type_of(self.chance.choice([Opportunity, Company, Person]))
        at, by = timezone.now(), self.world.boss
        with change_set(by=by, at=at, via="web", action="test.bulk"):
            objs = list(known.model.objects.order_by("pk").locked()[: self.chance.choice([3, 80])])
            if self.chance.random() < 0.3:
                known.model.objects.filter(pk__in=[o.pk for o in objs]).update(name=self.text())
                return len(objs)
            owner = self.now(self.chance.choice([self.world.rep, self.world.other]))
            stage = self.any_of(Stage, kind="open")
            amount = Decimal(self.chance.randrange(10_000)) / 100
            pairs = []
            for obj in objs:
                values: dict[str, Any] = {"owner": owner}
                if known.model is Opportunity and isinstance(obj, Opportunity):
                    values |= {"amount": amount}
                    values |= {"stage": stage} if stage is not None and stage.pipeline_id == obj.pipeline_id else {}
                pairs.append((obj, known.writer.clean(values, obj=obj)))
            return known.writer.edit(pairs, by=by, at=at)

    def bulk_make(self) -> Any:
        """Make many at once, enough for compressed batches."""
        known = type_of(self.chance.choice([Opportunity, Company, Person]))
        at, by, many = timezone.now(), self.world.boss, self.chance.choice([4, 12, 70])
        with change_set(by=by, at=at, via="web", action="test.bulk"):
            rows = [known.writer.clean({"name": f"{self.text()} {n}"}) for n in range(many)]
            return known.writer.create(rows, by=by, at=at)

    def bulk_delete(self) -> Any:
        """Delete several at once."""
        known = type_of(self.chance.choice([Opportunity, Company, Person]))
        at, by = timezone.now(), self.world.boss
        with change_set(by=by, at=at, via="web", action="test.bulk"):
            objs = list(known.model.objects.order_by("-pk").locked()[: self.chance.choice([2, 60])])
            known.writer.delete(objs, by=by, at=at)

    def take_back(self) -> Any:
        """Undo one of the last change sets; an undo among them is done again."""
        last = list(ChangeSet.objects.filter(undoable=True).exclude(via="system").order_by("-pk")[:12])
        if not last:
            return False
        change = self.chance.choice(last)
        return undo(change, by=self.world.boss, at=timezone.now(), force=self.chance.random() < 0.15)

    def import_file(self) -> Any:
        """Import a small file: some rows change what is there, some are new, some are bad."""
        self.number += 1
        rows = range(self.chance.choice([5, 60]))
        kind, text = self.chance.choice(
            [
                ("company", "company,city,employees,tags\n" + "".join(f"Emp {n},Vigo,{n or 'x'},a;b\n" for n in rows)),
                ("person", "name,company,city\n" + "".join(f"Per {n},Emp {n % 3},Lugo\n" for n in rows)),
                ("opportunity", "name,account,value,zone\n" + "".join(f"Op {n},Emp {n % 5},{n}.50,Z\n" for n in rows)),
            ]
        )
        path, size = files.keep([text.encode()])
        run = steps.start(self.world.boss, kind, f"f{self.number}.csv", path, size)
        steps.read(run, lambda rows: None)
        if run.state == "failed":
            return False
        checking.check(run, progress=lambda rows: None)
        return running.execute(run, progress=lambda rows: None)

    def undo_import(self) -> Any:
        """Take an import back, or finish taking it back."""
        run = self.any_of(ImportRun, state__in=["done", "partly"])
        if run is None:
            return False
        return running.take_back(run, self.world.boss, force=self.chance.random() < 0.2, progress=lambda rows: None)

    def break_off(self) -> Any:
        """Write many things, then fail: nothing of it is left."""
        try:
            with change_set(by=self.world.boss, at=timezone.now(), via="web", action="test.boom") as journal:
                writer = type_of(Company).writer
                writer.create([writer.clean({"name": "Nunca"})] * 60, by=self.world.boss, at=journal.at)
                Opportunity.objects.update(name="Nunca")
                raise _Boom
        except _Boom:
            return True

    # Values -----------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """A few words, no two alike."""
        self.number += 1
        return f"{self.chance.choice(WORDS)} {self.number}"

    def values(self, known: RecordType, *, new: bool) -> dict[str, Any]:
        """Values for a form of a type: what is required, and some of the rest."""
        fields = list(known.editable.values())
        most = 3 if new else 4
        wanted = {f.name for f in self.chance.sample(fields, min(len(fields), self.chance.randint(1, most)))}
        if new:
            wanted |= {f.name for f in fields if f.required}
        values = {f.name: self.value(f) for f in fields if f.name in wanted}
        return {n: v for n, v in values.items() if v is not None or not known.editable[n].required}

    def value(self, field: Field) -> Any:
        """A value that a field may well take."""
        chance = self.chance
        if not field.required and chance.random() < 0.15:
            return None if field.kind not in TEXT else ""
        if field.kind is Kind.REF:
            assert field.to is not None
            far = self.any_of(field.to)
            return far.pk if far is not None else None
        if field.name == "currency":
            return "EUR"
        if field.choices:
            return chance.choice(field.choices)[0]
        made: dict[Kind, Callable[[], Any]] = {
            Kind.EMAIL: lambda: f"a{self.number}{chance.randrange(99)}@example.com",
            Kind.PHONE: lambda: f"+34 600 {chance.randrange(100_000, 999_999)}",
            Kind.URL: lambda: "https://example.com/",
            Kind.MONEY: lambda: str(Decimal(chance.randrange(1_000_000)) / 100),
            Kind.DECIMAL: lambda: chance.randrange(1, 50),
            Kind.PERCENT: lambda: chance.randrange(101),
            Kind.INTEGER: lambda: chance.randrange(1, 2000),
            Kind.DATE: lambda: madrid_day() - dt.timedelta(days=chance.randrange(90)),
            Kind.DATETIME: lambda: timezone.now() - dt.timedelta(days=chance.randrange(90)),
            Kind.BOOL: lambda: chance.random() < 0.5,
            Kind.TAGS: lambda: chance.sample(WORDS, 2),
            Kind.COUNTRY: lambda: chance.choice(["ES", "PT", "FR"]),
            Kind.CURRENCY: lambda: "EUR",
        }
        special = {"time_zone": "Europe/Madrid", "tax_id": "", "founded": 1990, "postal_code": "15001"}
        if field.name in special:
            return special[field.name]
        return made.get(field.kind, self.text)()
