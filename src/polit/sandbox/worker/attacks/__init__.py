"""What a compromised decoder or walker would try: the attacks of the start-up self-test.

Only a child that the zygote forked for the self-test ever imports this. An attack arrives as an
item of type ``attack/<name>`` whose bytes say where its targets are, so that the client of the
decoders, limits and all, is tested as it is. An attack returns what it *got*; it is contained
when the kernel refuses it, or ends the process. No attack does harm where it succeeds.
"""
