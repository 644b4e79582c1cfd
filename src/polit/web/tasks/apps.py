"""Django's entry to the tasks."""

from django.apps import AppConfig

from polit.web.core.sections import Place, register_section

_RECORDS: tuple[Place, ...] = ("warrant", "arrest", "exhibit", "child", "order")


class TasksConfig(AppConfig):
    """The tasks."""

    name = "polit.web.tasks"
    label = "tasks"

    def ready(self) -> None:
        """Listen for what registers below ask for."""
        # What reads tables can only be imported once all tables are known.
        from polit.web.examinations.signals import examination_asked  # noqa: PLC0415
        from polit.web.exhibits.signals import device_described  # noqa: PLC0415
        from polit.web.grading.signals import force_set_wanted  # noqa: PLC0415
        from polit.web.hashsets.signals import order_asked, set_switched  # noqa: PLC0415
        from polit.web.matching.signals import (  # noqa: PLC0415
            package_changed,
            rematch_wanted,
            supplements_wanted,
        )
        from polit.web.tasks.jobs import (  # noqa: PLC0415
            force_sets_asked,
            order_run_asked,
            run_asked,
            switch_run_asked,
        )
        from polit.web.tasks.matching import (  # noqa: PLC0415
            bring_wanted,
            device_changed,
            rematch_asked,
            stack_changed,
        )
        from polit.web.tasks.next_in_case import next_in_case  # noqa: PLC0415

        for place in _RECORDS:
            register_section(place, 900, "tasks/next_in_case.html", next_in_case)
        device_described.connect(device_changed, dispatch_uid="polit.tasks.devices")
        examination_asked.connect(run_asked, dispatch_uid="polit.tasks")
        order_asked.connect(order_run_asked, dispatch_uid="polit.tasks.orders")
        set_switched.connect(switch_run_asked, dispatch_uid="polit.tasks.switches")
        force_set_wanted.connect(force_sets_asked, dispatch_uid="polit.tasks.force_sets")
        package_changed.connect(stack_changed, dispatch_uid="polit.tasks.stacks")
        supplements_wanted.connect(bring_wanted, dispatch_uid="polit.tasks.supplements")
        rematch_wanted.connect(rematch_asked, dispatch_uid="polit.tasks.rematches")
