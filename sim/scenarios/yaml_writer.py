"""Write plain values as YAML that ``sim.scenarios.yaml_reader`` reads back as they were."""

from __future__ import annotations

from typing import Any

import yaml

from sim.scenarios.yaml_reader import plain

_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_BASE):  # type: ignore[misc]
    """Quotes text that YAML 1.2 would take for a number; PyYAML looks at YAML 1.1 alone."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write a value out each time that it occurs."""
        return True


def _text(dumper: Any, text: str) -> Any:
    style = None if isinstance(plain(text), str) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(values: Any) -> str:
    """YAML in blocks, in the order given, without aliases."""
    return str(yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True))
