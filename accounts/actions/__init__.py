"""What can be done to users: one module and one object an action.

`listed` names them all, `registry` finds them, `base` says what each can be asked. Pages, the
admin, tasks and undo ask the object; docs/adding-an-action.md tells how to add one.
"""
