"""Selection: which SidecarSets select a Pod, and why not."""
