"""The broker's own side: sockets, ledger, events, pictures, examinations, packages."""
