"""A plan as one HTML file: inline SVG, a style of its own, no script, nothing loaded from anywhere."""
