"""Tasks: what happens later than the request that asked for it, in the process ``polit worker``.

**The promise.** A task is kept in the transaction that asked for it, so it exists exactly when
what it is about does. It runs at least once: a worker holds a lease on what it runs, and what
a killed worker left behind is taken up again. So every task must be able to run twice: it asks
what is done already, and the services it calls are idempotent. A task that raises is tried
again with growing pauses, and is failed for good after ``rules.MAX_ATTEMPTS`` attempts.

**How a register asks for a task.** Registers below this one do not import it. A register has a
``signals.py`` with a ``django.dispatch.Signal`` for each thing that calls for later work (say
``examinations.signals.examination_ordered``) and its service sends the signal *inside its act*::

    with act(actor, "examinations.order", ...) as deed:
        order.save()
        deed.about("examination", order.id)
        examination_ordered.send(sender=type(order), examination_id=order.id)

Here, in ``jobs.py``, the function that does the work is a ``@task()``; in ``receivers.py``,
which ``TasksConfig.ready`` loads, a receiver enqueues it::

    @receiver(examination_ordered)
    def enqueue_examination(examination_id: UUID, **_: object) -> None:
        run_examination.enqueue(str(examination_id))

The arguments of a task are identifiers, never content: they stand in the queue in clear.
The worker never opens evidence, packages or pictures: it asks the broker.
"""
