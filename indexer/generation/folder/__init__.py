"""An index in a folder: one lock, numbered generations, one that is current; never a generation half written."""
