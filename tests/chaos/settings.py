"""Settings of a server that is to die: the product's own, with the crash points in place."""

from coordina.config import settings as product

for _name in filter(str.isupper, dir(product)):
    globals()[_name] = getattr(product, _name)

INSTALLED_APPS = [*product.INSTALLED_APPS, "tests.chaos.crashing.Crashing"]
