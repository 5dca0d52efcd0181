"""What people type into forms, read by their locale: numbers and days. A refusal says what would be right."""

from coordina.core.parsing.days import parse_date
from coordina.core.parsing.moments import parse_moment
from coordina.core.parsing.numbers import parse_decimal, parse_integer, parse_money, parse_percent

__all__ = ["parse_date", "parse_decimal", "parse_integer", "parse_moment", "parse_money", "parse_percent"]
