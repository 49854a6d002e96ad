"""A Django template tag: {% load seealso_tags %}{% see_also %} shows the similar questions of the page it stands on.

Put this file into the folder `templatetags` of an app, and into the settings:

    SEEALSO_SERVER = "https://seealso.example"
    SEEALSO_SITE = "https://www.example.org"  # as the addresses of the documents begin, wherever the site runs

and the server's panel.css into the head of the template:

    <link rel="stylesheet" href="https://seealso.example/static/panel.css">
"""

import logging
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from django import template
from django.conf import settings
from django.core.cache import cache
from django.utils.safestring import mark_safe

log = logging.getLogger(__name__)
register = template.Library()


@register.simple_tag(takes_context=True)
def see_also(context):
    """The panel of the request's page as HTML; nothing where there is none or the server is away."""
    page = settings.SEEALSO_SITE + context["request"].path
    kept = f"seealso:{quote(page, safe='')}"
    html = cache.get(kept)
    if html is None:
        try:
            with urlopen(f"{settings.SEEALSO_SERVER}/panel?url={quote(page, safe='')}", timeout=2) as answer:
                html = answer.read().decode()
        except (URLError, TimeoutError) as error:  # 404: no document has this address
            log.warning("no panel for %s: %s", page, error)
            return ""
        cache.set(kept, html, 300)
    return mark_safe(html)  # the server escapes what documents say
