"""The demo company: two years of an invented firm that sells lighting, lived through by its own people.

Everything is drawn from one seed and dated back from today, then written by the writers of the rooms inside change
sets of the people who would have done it.
"""
