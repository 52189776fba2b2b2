"""A hook of mkdocs: what pages link to outside of the documentation, such as the configurations, is named instead, since
the site does not have it."""
import os
import posixpath
import re

LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((\.\./[^)#\s]*)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, page, **_) -> str:
    folder = posixpath.dirname(page.file.src_uri if hasattr(page.file, "src_uri") else page.file.src_path.replace(os.sep, "/"))

    def named(link: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[2]))
        if not target.startswith("../"):
            return link[0]
        path = target[3:]
        return link[1] if path in link[1] else f"{link[1]} (`{path}` of the sources)"

    return LINK.sub(named, markdown)
