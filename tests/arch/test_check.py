#!/usr/bin/env python3
"""The architecture rules must be able to fail: each case plants one violation in a copy of the tree and sees it named."""
import copy
import pathlib
import subprocess
import sys
import tempfile
import unittest

import check
import sizes
from tree import Tree, Violation

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONG_BODY = "  ++n;\n" * 120

# What is planted: (file, text, the rule that must name it).
PLANTED = [
    ("sdk/include/telltale/bad.h", "#include <stdint.h>\n#include <unistd.h>\n", "include"),
    ("sdk/include/telltale/bad.h", "#include <vector>\n", "include"),
    ("sdk/include/telltale/bad.h", "#include <telltale/cpp/plugin.hpp>\n", "include"),
    ("sdk/include/telltale/cpp/bad.hpp", "#include <fmt/format.h>\n", "include"),
    ("sdk/payload/bad.cpp", '#include "daemon/core/error.h"\n', "include"),
    ("sdk/validator/bad.cpp", '#include "daemon/core/error.h"\n', "include"),
    ("sdk/validator/bad.cpp", '#include "sdk/payload/json_walk.h"\n', "include"),
    ("sdk/validator/bad.cpp", "#include <fmt/format.h>\n", "include"),
    ("daemon/cli/bad.cpp", '#include "sdk/validator/lab.h"\n', "include"),
    ("plugins/linux/bad.cpp", '#include "daemon/core/error.h"\n', "include"),
    ("plugins/linux/bad.cpp", '#include "plugins/mqtt/topic.h"\n', "include"),
    ("plugins/linux/bad.cpp", "#include <mqtt/async_client.h>\n", "include"),
    ("plugins/linux/bad.cpp", '#include "../mqtt/topic.h"\n', "include"),
    ("daemon/core/bad.cpp", '#include "daemon/store/store.h"\n', "include"),
    ("daemon/core/bad.cpp", "#include <spdlog/spdlog.h>\n", "include"),
    ("daemon/core/bad.h", "#include <telltale/cpp/host.hpp>\n", "include"),
    ("daemon/core/bad.cpp", "#include <boost/beast/core.hpp>\n", "include"),
    ("daemon/config/bad.cpp", '#include "daemon/host/host.h"\n', "include"),
    ("daemon/host/bad.cpp", '#include "daemon/pipeline/pipeline.h"\n', "include"),
    ("daemon/store/bad.cpp", '#include "daemon/pipeline/registry.h"\n', "include"),
    ("daemon/store/bad.cpp", "#include <boost/beast/http.hpp>\n", "include"),
    ("daemon/pipeline/bad.cpp", "#include <sqlite3.h>\n", "include"),
    ("daemon/net/bad.cpp", "#include <yaml-cpp/yaml.h>\n", "include"),
    ("daemon/net/bad.cpp", "#include <dlfcn.h>\n", "include"),
    ("daemon/cli/bad.cpp", '#include "daemon/store/store.h"\n', "include"),
    ("daemon/cli/bad.cpp", '#include "daemon/net/server.h"\n', "include"),
    ("daemon/hostproc/bad.cpp", '#include "daemon/config/config.h"\n', "include"),
    ("daemon/elsewhere/bad.cpp", "int x;\n", "place"),
    ("daemon/core/long.cpp", "int x;\n" * 501, "file-size"),
    ("web/src/long.ts", "let x = 1;\n" * 501, "file-size"),
    ("daemon/core/long.cpp", "namespace a {\nint f(int n) {\n" + LONG_BODY + "  return n;\n}\n}\n", "function-size"),
    ("daemon/core/long.h", "class A {\n public:\n  A() : a_{1} {\nint n = 0;\n" + LONG_BODY + "}\n};\n", "function-size"),
    ("web/src/long.ts", "export const f = (n: number) => {\n" + LONG_BODY + "};\n", "function-size"),
    ("tests/long.py", "def f(n):\n" + "    n += 1\n" * 120, "function-size"),
    ("tests/words.md", "TO" + "DO: later\n", "promise"),
    ("tests/words.md", "see issue" + " 12\n", "issue-number"),
    ("tests/words.md", "in /ro" + "ot/src/telltale\n", "machine-path"),
    ("tests/package-lock.json", '"reso' + 'lved": "https://r.example/x.tgz"\n', "registry-host"),
    ("tests/arch/exemptions.txt", "file-size daemon/core/error.h was long once\n", "exemption"),
    ("tests/arch/exemptions.txt", "file-size daemon/core/error.h\n", "exemption"),
]


class PlantedViolations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tree = Tree(ROOT)
        cls.already = {str(violation) for violation in check.violations_in(cls.tree)}

    def plant(self, **texts: str) -> list[Violation]:
        """What is new when these texts are added to their files, in a copy of the tree."""
        planted = copy.copy(self.tree)
        planted.texts = self.tree.texts | {path: self.tree.texts.get(path, "") + text for path, text in texts.items()}
        return [violation for violation in check.violations_in(planted) if str(violation) not in self.already]

    def test_each_planted_violation_is_named(self):
        for path, text, rule in PLANTED:
            with self.subTest(path=path, text=text[:60]):
                found = self.plant(**{path: text})
                self.assertIn((rule, path), [(v.rule, v.subject.split(":")[0]) for v in found])

    def test_a_cycle_of_includes_is_named(self):
        found = self.plant(
            **{
                "daemon/core/ring_a.h": '#include "daemon/core/ring_b.h"\n',
                "daemon/core/ring_b.h": '#include "daemon/core/ring_a.h"\n',
            }
        )
        self.assertIn("include-cycle", [violation.rule for violation in found])

    def test_an_exemption_with_a_reason_is_honoured(self):
        found = self.plant(
            **{
                "daemon/core/long.cpp": "int x;\n" * 501,
                "tests/arch/exemptions.txt": "file-size daemon/core/long.cpp a table that belongs together\n",
            }
        )
        self.assertEqual([], found)

    def test_the_script_fails_on_a_tree_with_a_violation(self):
        with tempfile.TemporaryDirectory(prefix="telltale-arch-") as directory:
            for path, text in self.tree.texts.items():
                target = pathlib.Path(directory, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            command = [sys.executable, ROOT / "tests/arch/check.py", directory]
            pathlib.Path(directory, "daemon/core/bad.cpp").write_text("#include <sqlite3.h>\n", encoding="utf-8")
            done = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(1, done.returncode)
            self.assertIn("daemon/core/bad.cpp:1: include:", done.stdout)


class FunctionMeasure(unittest.TestCase):
    CASES = [
        ("int f() {\n  return 1;\n}\n", [("f", 1, 3)]),
        ("namespace a::b {\nvoid C::g(int x) const noexcept {\n}\n}\n", [("C::g", 2, 2)]),
        ("struct S {\n  int a{1};\n  int b() const { return 2; }\n};\n", [("b", 3, 1)]),
        ("const int kTable[] = {\n 1,\n 2};\n", []),
        ('void f() {\n  auto s = "}";  // }\n  /* } */\n}\n', [("f", 1, 4)]),
        ("template <class T>\nrequires(sizeof(T) > 1)\nvoid h(T t) {\n}\n", [("requires", 1, 4)]),
        ("S::S(int a)\n    : a_(a),\n      b_{2} {\n}\n", [("S::S", 1, 4)]),
        ("void f() {\n  auto g = [](int x) {\n    return x;\n  };\n}\n", [("f", 1, 5)]),
        ('R"x(})x";\nenum class E { kA };\nint f() {\n}\n', [("f", 3, 2)]),
        ("int n = 1'000'000;\nint f() {\n}\n", [("f", 2, 2)]),
    ]

    def test_functions_are_measured(self):
        for text, expected in self.CASES:
            with self.subTest(text=text):
                self.assertEqual(expected, sizes.brace_functions(text))


if __name__ == "__main__":
    unittest.main()
