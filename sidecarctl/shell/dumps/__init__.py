"""Large dumps of Pods: cut, read and packed."""
