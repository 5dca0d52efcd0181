"""Activity: what people tell each other about records, who follows what, and what needs a hand. It knows no business."""
