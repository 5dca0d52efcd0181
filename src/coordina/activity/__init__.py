"""Activity: what people tell each other about records, who follows what, what needs a hand. It knows no business."""
