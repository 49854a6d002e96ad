"""The formats that can be read, a module each; `reading.py` lists them."""
