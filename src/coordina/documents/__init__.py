"""Documents: the PDF engine and the letterhead. What a document says is said by the room it belongs to."""
