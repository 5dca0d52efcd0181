"""What the law gives people: knowing what is kept of them, having it erased, and that nothing is kept for ever.

It owns requests, holds, erasures and archives. Consent and do-not-contact belong to customers; what is kept of a
person is said by each room (`core.personal`).
"""
