"""Stock: warehouses, moves of products between places, reservations, counts.

Every change of stock is a move; what is on hand is the sum of moves. What is sold, in which units and at which price
belongs to the catalogue; for whom something is reserved belongs to the room that asks.
"""
