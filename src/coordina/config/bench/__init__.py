"""``bench``: what the product costs over real HTTP, with a database of a given size.

It fills a database of its own, serves it as ``serve`` does, signs in as three people and measures every operation.
"""
