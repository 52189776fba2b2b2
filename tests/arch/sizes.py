"""How long files and functions may be: aim for 200 and 50 lines, fail at 500 and 100."""
import ast
import functools
import re

from tree import CXX_SUFFIXES, SCRIPT_SUFFIXES, Tree, Violation, without_comments_and_strings

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 100

_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern|interface|module)\b")
_CONTROL = re.compile(r"^\s*(if|for|while|switch|catch|else|do|try|return|case|default)\b")
# A constructor's initialiser list, up to a member that is initialised with braces: `A() : a_{`.
_INITIALISER = re.compile(r"\)[^:;{]*:(?!:).*[\w>]$", re.DOTALL)
_NAME = re.compile(r"([~\w:<>]+|operator\s*\S+)\s*\(")


def check_files(tree: Tree) -> list[Violation]:
    found = []
    for path in tree.paths(CXX_SUFFIXES | SCRIPT_SUFFIXES) + [path for path in tree.texts if path == "dev"]:
        lines = tree.texts[path].count("\n")
        if lines > MAX_FILE_LINES:
            found.append(Violation("file-size", path, 1, f"{lines} lines; at most {MAX_FILE_LINES}"))
    return found


def brace_functions(text: str) -> list[tuple[str, int, int]]:
    """(name, first line, lines) of the outermost functions of C++ or TypeScript.

    A brace opens a function when it stands in a scope (file, namespace, class) and the text between it and the
    last `;`, `{` or `}` has a parameter list; everything inside belongs to that function, lambdas too.
    """
    text = re.sub(r"`(?:\\.|[^`\\])*`", lambda match: re.sub(r"[^\n]", " ", match[0]), without_comments_and_strings(text))
    found = []
    stack: list[tuple[str, str, int]] = []  # kind ("scope", "function", "initialiser", "other"), name, line of the head
    head_start, line = 0, 1
    for position, character in enumerate(text):
        if character == "\n":
            line += 1
        elif character == "{":
            head = text[head_start:position]
            first_line = line - head.lstrip().count("\n")
            in_scope = all(kind == "scope" for kind, _, _ in stack)
            if in_scope and _INITIALISER.search(head):
                stack.append(("initialiser", "", first_line))
                continue
            stack.append((*_classify(head, in_scope), first_line))
            head_start = position + 1
        elif character == "}":
            if stack:
                kind, name, first_line = stack.pop()
                if kind == "function":
                    found.append((name, first_line, line - first_line + 1))
                elif kind == "initialiser":
                    continue
            head_start = position + 1
        elif character == ";":
            head_start = position + 1
    return found


def _classify(head: str, in_scope: bool) -> tuple[str, str]:
    head = re.sub(r"^[ \t]*#[^\n]*(\\\n[^\n]*)*", "", head, flags=re.MULTILINE)
    before_parameters = head.split("(")[0]
    if in_scope and "(" in head and not _CONTROL.match(head) and not re.search(r"\b(class|struct|enum)\s+\w+[^()]*$", head):
        name = _NAME.search(head)
        return "function", name[1] if name else head.strip().split("\n")[0][:40]
    if in_scope and _SCOPE.search(before_parameters) and "=" not in before_parameters:
        return "scope", ""
    return "other", ""


def python_functions(text: str) -> list[tuple[str, int, int]]:
    return [
        (node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def shell_functions(text: str) -> list[tuple[str, int, int]]:
    found = []
    for match in re.finditer(r"^(\w+)\(\) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        found.append((match[1], text.count("\n", 0, match.start()) + 1, match[0].count("\n") + 1))
    return found


@functools.cache
def functions_of(path: str, text: str) -> list[tuple[str, int, int]]:
    if path.endswith(".py"):
        return python_functions(text)
    if path == "dev" or path.endswith(".sh"):
        return shell_functions(text)
    return brace_functions(text)


def check_functions(tree: Tree) -> list[Violation]:
    found = []
    for path in tree.paths(CXX_SUFFIXES | (SCRIPT_SUFFIXES - {".css"})) + [path for path in tree.texts if path == "dev"]:
        for name, line, lines in functions_of(path, tree.texts[path]):
            if name == "describe":  # a list of tests, not a function
                continue
            if lines > MAX_FUNCTION_LINES:
                message = f"{name} has {lines} lines; at most {MAX_FUNCTION_LINES}"
                found.append(Violation("function-size", f"{path}:{name}", line, message))
    return found
