"""Running numbers of references: handed out once, never again."""

from django.db import connection, models


class Sequence(models.Model):
    """The last number of a series. A machine table: numbers are no business data, and undo does not bring them back.

    Attributes:
        name: The series, such as `OPP`.
        last: The number handed out last.
    """

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)


def take(name: str, count: int = 1) -> range:
    """Hand out the next numbers of a series, in one statement; other writers of it wait for this transaction.

    A transaction that is rolled back gives its numbers back; nobody has seen them. All others stay used for ever, so
    there may be gaps.

    Args:
        name: The series.
        count: How many, 1 or more.

    Returns:
        The numbers, one after the other.

    Raises:
        ValueError: When fewer than one are asked for.
    """
    if count < 1:
        raise ValueError(f"take {count} numbers?")
    table = Sequence._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (name, last) VALUES (%s, %s)"
            f" ON CONFLICT (name) DO UPDATE SET last = {table}.last + excluded.last RETURNING last",
            [name, count],
        )
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)
