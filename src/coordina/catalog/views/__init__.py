"""What products and prices show on pages."""
