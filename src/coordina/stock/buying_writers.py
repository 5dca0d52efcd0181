"""How suppliers, what they ask, and purchase orders come into being."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.rates import checked_currency
from coordina.catalog.part_writers import refuse_quantity
from coordina.core import changes
from coordina.core.changes import Values
from coordina.core.references import format_reference
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.ledger.models.sequences import take
from coordina.records.models import ExternalId
from coordina.records.writers import normalised
from coordina.stock.enums import DUE, Purchase
from coordina.stock.models import PurchaseLine, PurchaseOrder, Supplier, SupplierProduct
from coordina.stock.writers import refuse_service

SERIES = "PUR"
WHILE_DRAFT = ("supplier", "warehouse")


class SupplierWriter(Writer[Supplier]):
    """A company is a supplier once; lead times are not below zero."""

    def clean(self, values: Values, *, obj: Supplier | None = None) -> Values:
        """Check days, currency and company."""
        for name in ("lead_days", "lead_deviation"):
            if values.get(name) is not None and values[name] < 0:
                raise Refusal("below", _("Days are not below zero."), field=name)
        company = values.get("company")
        if company is not None:
            same = Supplier.objects.filter(company=company)
            if (same.exclude(pk=obj.pk) if obj is not None else same).exists():
                raise Refusal("taken", _("This company is a supplier already."), field="company")
        values = normalised(values, {"currency": lambda v: checked_currency(str(v)), "code": str.strip}, obj)
        return super().clean(values, obj=obj)


class SupplierProductWriter(Writer[SupplierProduct]):
    """A supplier asks one price for a product; one supplier of it is preferred."""

    def clean(self, values: Values, *, obj: SupplierProduct | None = None) -> Values:
        """Check quantities, price, days and currency."""
        for name in ("minimum", "multiple"):
            if values.get(name) is not None and values[name] <= 0:
                raise Refusal("quantity", _("A quantity is above zero."), field=name)
        for name in ("price", "lead_days"):
            if values.get(name) is not None and values[name] < 0:
                raise Refusal("below", _("It is not below zero."), field=name)
        values = normalised(values, {"currency": lambda v: checked_currency(str(v)), "code": str.strip}, obj)
        return super().clean(values, obj=obj)

    def prepare(self, made: Sequence[SupplierProduct], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Name them after their products."""
        for row in made:
            refuse_service(row.product)
            row.name = row.product.name
            row.currency = row.currency or row.supplier.currency


class PurchaseWriter(Writer[PurchaseOrder]):
    """Orders get a reference; what was sent keeps its supplier and warehouse.

    Only imports say a state and the day of the order: how far it was in the system it comes from. Nothing is received
    by that; what had come by then is a matter of counts.
    """

    def clean(self, values: Values, *, obj: PurchaseOrder | None = None) -> Values:
        """Refuse another supplier or warehouse once it was sent."""
        if obj is not None and obj.status != Purchase.DRAFT:
            name = next((n for n in WHILE_DRAFT if values.get(n) not in (None, getattr(obj, n))), None)
            if name is not None:
                raise Refusal("sent", _("It was sent: cancel it and write a new one."), field=name)
        if "status" in values:
            self._check_status(values, obj)
        return super().clean(values, obj=obj)

    def _check_status(self, values: Values, obj: PurchaseOrder | None) -> None:
        """Refuse another state for what was written here, and goods that are due on no day.

        Raises:
            Refusal: At the field.
        """
        if obj is not None and values["status"] != obj.status and not from_elsewhere(obj):
            raise Refusal("own", _("It was written here: its state follows from what is done with it."), field="status")
        due = values.get("expected_on", obj.expected_on if obj is not None else None)
        if values["status"] in DUE and due is None:
            raise Refusal("required", _("Say when the goods are due."), field="expected_on")

    def prepare(self, made: Sequence[PurchaseOrder], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Give references and owners."""
        super().prepare(made, rows, by=by, at=at)
        for order, number in zip(made, take(SERIES, len(made)) if made else (), strict=True):
            order.reference = format_reference(SERIES, number)

    def delete(self, objs: Sequence[PurchaseOrder], *, by: Any, at: datetime) -> None:
        """Remove drafts.

        Raises:
            Refusal: For an order that was sent.
        """
        if any(order.status != Purchase.DRAFT for order in objs):
            raise Refusal("sent", _("It was sent: cancel it instead."), status=409)
        super().delete(objs, by=by, at=at)


class PurchaseLineWriter(Writer[PurchaseLine]):
    """Lines are written while the order is a draft, at the supplier's price where none is said."""

    def clean(self, values: Values, *, obj: PurchaseLine | None = None) -> Values:
        """Refuse lines of what was sent, prices below zero, and quantities that the unit does not have."""
        order = values.get("purchase") or (obj.purchase if obj is not None else None)
        if order is not None:
            refuse_sent(order)
        if values.get("received") is not None and values["received"] < 0:
            raise Refusal("below", _("It is not below zero."), field="received")
        product = values.get("product") or (obj.product if obj is not None else None)
        if product is not None:
            refuse_service(product)
            refuse_quantity(values.get("quantity", obj.quantity if obj is not None else None), product)
        if values.get("unit_price") is not None and values["unit_price"] < 0:
            raise Refusal("price", _("A price is not below zero."), field="unit_price")
        return {n: v for n, v in values.items() if n not in ("quantity", "product", "received") or v is not None}

    def prepare(self, made: Sequence[PurchaseLine], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Take the supplier's price where none is said."""
        for line in made:
            if line.unit_price is None:
                offers = SupplierProduct.objects.filter(supplier=line.purchase.supplier_id, product=line.product_id)
                line.unit_price = offers.values_list("price", flat=True).first()

    def delete(self, objs: Sequence[PurchaseLine], *, by: Any, at: datetime) -> None:
        """Remove lines of drafts."""
        for line in objs:
            refuse_sent(line.purchase)
        super().delete(objs, by=by, at=at)


def from_elsewhere(order: PurchaseOrder) -> bool:
    """Whether an import writes, or judges, what belongs to an order of another system, whose state came with it."""
    journal = changes.current()
    if journal is not None and journal.context.get("via") != "import":
        return False
    rows = ExternalId.objects.filter(subject_type=PurchaseOrder._meta.label, subject_id=order.pk)
    return changes.remembered(f"purchase order {order.pk} from elsewhere", rows.exists)


def refuse_sent(order: PurchaseOrder) -> None:
    """Refuse to change what the supplier has read.

    Raises:
        Refusal: When the order was sent.
    """
    if order.status != Purchase.DRAFT and not from_elsewhere(order):
        raise Refusal("sent", _("It was sent: its lines stay. Write a new order for what else is needed."), status=409)
