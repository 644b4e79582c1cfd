"""What the error summary links to: always something that can take the focus."""

from dataclasses import dataclass

from django import forms, template

register = template.Library()


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """One line of the error summary.

    Args:
        message: What is wrong and what to do.
        target: The id of the first input concerned; empty where there is none.
    """

    message: str
    target: str


@register.filter
def error_links(form: forms.BaseForm) -> list[ErrorLink]:
    """Return all errors of a form: those of the whole form, then those of each field in order."""
    links = [ErrorLink(str(message), "") for message in form.non_field_errors()]
    for field in [*form.hidden_fields(), *form.visible_fields()]:
        target = "" if field.is_hidden else _target(field)
        links += [ErrorLink(str(message), target) for message in field.errors]
    return links


def _target(field: forms.BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return f"{field.auto_id}_1"
    if isinstance(widget, forms.MultiWidget):
        return f"{field.auto_id}_0"
    return field.id_for_label
