"""The site: one record for authority and enterprise, on Django, with one app per domain.

Only this package keeps state. Each app has ``models`` (tables), ``access`` (who may do what), ``queries``
(``visible_to(actor)``, the only way to read for a user), ``services`` (the only way to write; each write makes
exactly one audit event in the same transaction), ``views``, ``urls`` and ``templates``.
"""
