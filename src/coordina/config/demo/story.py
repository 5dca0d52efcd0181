"""From customers and opportunities to deeds: who wrote down what, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from coordina.config.demo.clients import Client
from coordina.config.demo.deals import Deal
from coordina.config.demo.diary import Clock, Deed
from coordina.config.demo.house import MANAGERS
from coordina.config.demo.ways import NOTES

COMPANY, CONTACT, OPENED, MOVED, TALKED, NOTED, BECAME, WON, LOST = range(9)


@dataclass(frozen=True, slots=True)
class Story:
    """What is told, and since when.

    Attributes:
        adopted: Day on which they began to work with Coordina and brought in what they had before.
        today: Day on which it ends.
    """

    draw: Random
    clock: Clock
    adopted: date
    today: date

    def customers(self, clients: list[Client]) -> Iterator[Deed]:
        """Customers found since then, written down by whoever found them."""
        for client in clients:
            if client.since > self.adopted:
                at = self.clock.on(client.since, 7, 8)
                yield Deed(at, client.owner, COMPANY, "customers.create_company", id(client), client)
                for contact in client.contacts:
                    what = (client, contact)
                    yield Deed(at, client.owner, CONTACT, "customers.create_person", id(contact), what)

    def sales(self, deals: list[Deal]) -> Iterator[Deed]:
        """Opportunities are opened, moved, won and lost by their owners, who talk in between."""
        for deal in deals:
            by, about = deal.client.owner, id(deal)
            if deal.opened_on > self.adopted:
                at = self.clock.on(deal.opened_on, 8.5, 9)
                yield Deed(at, by, OPENED, "pipeline.create_opportunity", about, deal)
            for number in range(max(1, deal.before(self.adopted)), len(deal.stays)):
                at = self.clock.on(deal.stays[number][1], 9, 17)
                yield Deed(at, by, MOVED, "pipeline.move", about, (deal, number))
            for touch in deal.touches:
                if touch.day > self.adopted:
                    at = self.clock.on(touch.day, 9, 17.5)
                    yield Deed(at, by, TALKED, "customers.create_interaction", id(touch), (deal, touch))
            if deal.closed_on is not None and deal.closed_on > self.adopted:
                at, won = self.clock.on(deal.closed_on, 17, 18), deal.outcome == "won"
                yield Deed(at, by, WON if won else LOST, "pipeline.win" if won else "pipeline.lose", about, deal)
            yield from self._noted(deal)

    def _noted(self, deal: Deal) -> Iterator[Deed]:
        """Owners write notes soon, managers when they look back at half a year."""
        by, after = deal.client.owner, 5
        if self.draw.random() < 0.35:
            by, after = MANAGERS[by.team], 190
        day = max(deal.opened_on, self.adopted) + timedelta(days=self.draw.randrange(after, after + 40))
        if self.draw.random() < 0.3 and day < self.today:
            what = (deal, self.draw.choice(NOTES))
            yield Deed(self.clock.on(day), by, NOTED, "records.create_note", id(deal), what)

    def first_purchases(self, deals: list[Deal]) -> Iterator[Deed]:
        """Whoever buys for the first time is a customer from then on."""
        seen: set[int] = set()
        won = sorted((d.closed_on, n) for n, d in enumerate(deals) if d.outcome == "won" and d.closed_on)
        for day, number in won:
            client = deals[number].client
            if id(client) not in seen:
                seen.add(id(client))
                if day > self.adopted:
                    at = self.clock.on(day, 18, 18.4)
                    yield Deed(at, client.owner, BECAME, "customers.edit_company", id(client), client)
                else:
                    client.values["relation"] = "customer"
