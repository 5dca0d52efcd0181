"""Activity: what people tell each other about records, who follows them, what needs a hand. It knows no business."""
