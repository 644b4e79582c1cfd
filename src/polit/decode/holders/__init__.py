"""One module a kind of holder; see ``polit.decode.holder`` for what each offers."""
