"""Sales orders: what a customer ordered, from the draft to the closed order.

Stock is reserved and moved by the room of stock, prices and taxes come from the catalogue; how goods are sent, by whom
and with which papers belongs to the rooms above, which tell this one what left and what arrived (`orders.fulfilment`).
"""
