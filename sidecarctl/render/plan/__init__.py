"""Plans and stages as tables, Markdown, Mermaid and HTML."""
