r"""Marktwin, the markup of posts: its conversion to HTML.

It consists of `**strong**`, `_emphasis_`, `~~struck~~`, `[text](https://…)`, `\` before a character, and line breaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.steps import session, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.steps import Step

TEXTS: Mapping[str, str] = {
    "plain": "Just text.",
    "unicode": "Ünïcøde 日本 🐉 \u200b\u00a0x",
    "control characters": "a\tb\u0000c\u000bd\u007f",
    "html": '<b class="x">&amp; \'q\' "d"</b> <script>alert(1)</script>',
    "strong": "**bold**",
    "strong in words": "un**bold**ed",
    "strong around spaces": "** bold **",
    "strong empty": "****",
    "strong unclosed": "**bold",
    "strong closed twice": "**bold****",
    "strong of three": "***bold***",
    "strong over lines": "**bold\nbold**",
    "star alone": "* a * b *c*",
    "stars many": "********",
    "emphasis": "_soft_",
    "emphasis in words": "snake_case_name",
    "emphasis empty": "__",
    "emphasis unclosed": "_soft",
    "emphasis of two": "__soft__",
    "emphasis over lines": "_soft\nsoft_",
    "struck": "~~gone~~",
    "struck by one": "~gone~",
    "struck unclosed": "~~gone",
    "struck by three": "~~~gone~~~",
    "nested": "**a _b ~~c~~ d_ e**",
    "nested same": "**a **b** c**",
    "overlapping": "**a _b** c_",
    "depth one": "_a_",
    "depth two": "_a **b** c_",
    "depth three": "_a **b ~~c~~ d** e_",
    "depth four": "_a **b ~~c [d](https://example.com) e~~ f** g_",
    "depth of five": "_a **b ~~c _d **e** f_ g~~ h** i_",
    "depth by links": "[a [b [c [d [e](http://e.com)](http://d.com)](http://c.com)](http://b.com)](http://a.com)",
    "depth four with line": "_a **b ~~c _d\ne_ f~~ g** h_",
    "depth four with escape": "_a **b ~~c _d \\* e_ f~~ g** h_",
    "link": "[Eternaltwin](https://eternaltwin.org/)",
    "link http": "[x](http://example.com/?a=1&b=2#c)",
    "link other scheme": "[x](javascript:alert(1))",
    "link ftp": "[x](ftp://example.com/)",
    "link upper case scheme": "[x](HTTPS://example.com/)",
    "link relative": "[x](/a/b)",
    "link without slashes": "[x](https:example)",
    "link scheme only": "[x](https:)",
    "link without colon": "[x](https)",
    "link empty address": "[x]()",
    "link empty text": "[](https://example.com/)",
    "link with spaces": "[x]( https://example.com/ )",
    "link with many spaces": "[x](   https://example.com/a b   )",
    "link with space between": "[x] (https://example.com/)",
    "link with title": '[x](https://example.com/ "title")',
    "link with parentheses": "[x](https://example.com/a_(b))",
    "link with quotes": '[x](https://example.com/"onclick="alert(1))',
    "link with markup in text": "[a **b** _c_](https://example.com/)",
    "link with markup in address": "[x](https://example.com/_a_**b**~~c~~\\)",
    "link with html": "[<i>](https://example.com/<i>&amp;')",
    "link unclosed": "[x](https://example.com/",
    "link over lines": "[x\ny](https://example.com/)",
    "link address over lines": "[x](https://example.com/\na)",
    "link around all marks over lines": "[**_~~a\n{b}~~_**](https://example.com/)",
    "link in strong": "**[x](https://example.com/)**",
    "link text only": "[x]",
    "link reference": "[x][1]\n[1]: https://example.com/",
    "brackets": "[[x]] ][ []",
    "image": "![x](https://example.com/x.png)",
    "bare address": "https://eternaltwin.org/a_b_c and http://x.y",
    "angle address": "<https://eternaltwin.org/>",
    "mail address": "a_b@example.com c_d@example.com",
    "line break": "a\nb",
    "line breaks": "a\n\nb\n\n\nc",
    "line break first and last": "\na\n",
    "carriage return": "a\r\nb\rc",
    "carriage return before sign": "\r[a](https://example.com/) (\r{{ __\r__",
    "only line break": "\n",
    "spaces": "  a   b  ",
    "only spaces": "   ",
    "escapes": "\\*\\*a\\*\\* \\_b\\_ \\~~c~~ \\[d](https://example.com/) \\\\ \\n \\",
    "escape of word": "\\abc \\ def",
    "escape of line break": "a\\\nb",
    "escape of carriage return": "a\\\r\nb",
    "escape in strong": "**a\\**b**",
    "escape of html": "\\<b\\>",
    "icon": ":etwin: :smile: ::",
    "admin": "[admin]a[/admin]",
    "mod": "[mod]a[/mod] [ mod ] b [ / mod ]",
    "quote": "[quote]a[/quote]",
    "quote by angle": "> a\n> b",
    "spoiler": "||a|| [spoiler]b[/spoiler]",
    "code": "`a_b_c` ```\n**x**\n```",
    "heading": "# a\n## b\na\n===",
    "list": "* a\n* b\n- c\n1. d",
    "rule": "---\n***\n___",
    "table": "|a|b|\n|-|-|\n|1|2|",
    "braces": "{a} }{ {{b}}",
    "slashes": "/a/ //b// \\/c",
    "colons": "a:b:c http: //x",
    "dice": "{d6} [1d6]",
    "mixed": "Salut **à** _tous_ !\n[Ici](https://eternaltwin.org/) : ~~non~~ *oui*",
}

STEPS: Sequence[Step] = (
    step(
        "marktwin thread",
        "POST",
        "/api/v1/forum/sections/main_es",
        session("bob"),
        json={
            "title": "Marktwin",
            "body": "**x**",
        },
        marktwin="json:id",
    ),
    *(
        step(
            f"marktwin {name}",
            "POST",
            "/api/v1/forum/threads/$marktwin",
            session("bob"),
            json={
                "body": text.replace("$", "$$"),
            },
        )
        for name, text in TEXTS.items()
    ),
)
