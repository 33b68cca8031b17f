"""Review: who stands behind an id, who may know it, and who asked."""
