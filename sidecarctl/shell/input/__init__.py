"""Input of the commands: files, clusters, git, SidecarSets and Pods."""
