"""How documents become a generation: gathered, written, ranked, paired; anew by a build, in part by an update."""
