"""An import of several files of one export is killed in the middle: nothing is lost, nothing is there twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.company import Company, Hand, company, until

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.sqlite_only]

ROWS = 6_000


def test_an_export_of_several_files_goes_on_where_it_was_killed(
    tmp_path: Path, migrated: Callable[[Path], None]
) -> None:
    migrated(tmp_path / "data")
    with company(tmp_path / "data", "sqlite") as made:
        _killed_in_the_middle(made)


def _killed_in_the_middle(made: Company) -> None:
    person = Hand(made).sign_in()
    accounts = "".join(f"a{n},Empresa {n:05},{f'a{n - 1}' if n % 2 else ''},Vigo\n" for n in range(ROWS // 2))
    deals = "".join(f"o{n},a{n},Venta {n:05},Prospecting,2027-01-31\n" for n in range(ROWS // 2))
    history = "".join(f"h{n},o{n},Prospecting,2026-01-10T09:00:00Z\n" for n in range(ROWS // 2))
    files = {
        "OpportunityHistory.csv": "Id,OpportunityId,StageName,CreatedDate\n" + history,
        "Opportunity.csv": "Id,AccountId,Name,StageName,CloseDate\n" + deals,
        "Account.csv": "Id,Name,ParentId,BillingCity\n" + accounts,
    }
    given = [("files", (name, text.encode())) for name, text in files.items()]
    assert person.post("/import/", files=given, type="").status_code == 302
    state = "SELECT state FROM records_importrun WHERE parent_id IS NULL"
    until(lambda: made.ask(state) == [("checked",)], 90, "it goes no further")
    ((pk,),) = made.ask("SELECT id FROM records_importrun WHERE parent_id IS NULL")
    assert person.post(f"/import/{pk}/begin/").status_code == 302
    written = "SELECT count(*) FROM pipeline_opportunity"
    until(lambda: made.ask(written)[0][0] > 0, 90, "it goes no further")
    made.kill("all")
    assert made.ask(written)[0][0] > 0
    assert made.ask(state) == [("running",)]

    made.start()
    until(lambda: made.ask(state) == [("done",)], 180, "it goes no further")
    half = ROWS // 2
    for table in ("customers_company", "pipeline_opportunity"):
        counted = f"SELECT count(*), count(DISTINCT name) FROM {table}"
        assert made.ask(counted) == [(half, half)], table
    assert made.ask("SELECT count(*) FROM pipeline_stageentry") == [(half,)]
    assert made.ask("SELECT count(*) FROM records_externalid") == [(3 * half,)]
    assert made.ask("SELECT count(*) FROM pipeline_opportunity WHERE company_id IS NULL") == [(0,)]
    assert made.ask("SELECT count(*) FROM customers_company WHERE parent_id IS NOT NULL") == [(half // 2,)]
    assert made.ask("SELECT count(*) FROM ledger_changeset WHERE action = 'records.import'") == [(1,)]
