"""Webhooks: what happens in Coordina, told to other programs as it happens, with the eyes of whoever asked for it.

A webhook is a record; what it is to be told (`Delivery`), its secret and its troubles (`Line`) are machine tables. A
write costs nothing unless somebody listens to that kind of record (`core.listening`); then a job looks at the ledger
(`gathering`) and another sends what there is (`sending`): outside any transaction, to public addresses alone
(`calling`).
"""
