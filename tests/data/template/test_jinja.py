"""Templates of strangers: what they could do, and that they cannot."""

from __future__ import annotations

import time

import pytest

from tokenloom.data.template.jinja import ChatTemplate, TemplateRefusal
from tokenloom.kit.errors import DataError

MESSAGES = [{"role": "user", "content": "hi"}]


def _render(text: str) -> str:
    return ChatTemplate(text, "of a stranger").render(messages=MESSAGES)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ 'a' * 10**9 }}",
        "{{ [0] * 10**9 }}",
        "{{ 2 ** 999999999 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=7) %}{% for i in range(60) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%*d' % (999999999, 1) }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ '{:{}}'.format(1, 999999999) }}",
        "{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(60) %}{% set ns.x = '{0}{0}'.format(ns.x) %}{% endfor %}",
        "{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(60) %}{% set ns.x = '%s%s' % (ns.x, ns.x) %}{% endfor %}",
        "{{ 'a'.ljust(10**9) }}",
        "{{ 'a'.rjust(10**9) }}",
        "{{ 'a'.center(10**9) }}",
        "{{ 'a'.zfill(10**9) }}",
        "{{ ('\\t' * 1000).expandtabs(10**7) }}",
        "{{ ('a' * 10000).replace('', 'b' * 10000) }}",
        "{{ ('a' * 10000) | replace('', 'b' * 10000) }}",
        "{{ ('x' * 10000).join(range(10000) | map('string') | list) }}",
        "{{ range(10000) | join('x' * 10000) }}",
        "{{ 'a\\n' * 100 | indent(10**9) }}",
        "{{ ('a\\n' * 100) | indent(10**9) }}",
        "{{ messages | tojson(indent=10**9) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}",
        "{{ range(10**9) | list }}",
    ],
)
def test_a_template_that_eats_time_or_memory_is_stopped(attack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokenloom.data.template.jinja.MAX_SECONDS", 0.5)
    start = time.monotonic()
    with pytest.raises((DataError, TemplateRefusal)):
        _render(attack)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.append({'role': 'user'}) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ namespace(__class__=1) }}",
        "{% set ns = namespace() %}{% set ns.__class__ = 1 %}",
        "{{ raise_exception.__globals__['os'] }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os }}",
        "{{ lipsum(10) }}",
    ],
)
def test_a_template_that_reaches_out_gets_nothing(attack: str) -> None:
    with pytest.raises((DataError, TemplateRefusal)):
        _render(attack)
    assert MESSAGES == [{"role": "user", "content": "hi"}]


def test_a_long_text_and_a_long_conversation_are_fine() -> None:
    text = "{% for m in messages %}{{ m.role ~ ': ' ~ m['content'] + '\\n' }}{% endfor %}"
    long = [{"role": "user", "content": "x" * 1_000_000}] + [{"role": "user", "content": "y"}] * 5_000
    assert len(ChatTemplate(text, "t").render(messages=long)) == 1_000_007 + 5_000 * 8


def test_refusals_of_a_template_keep_their_words() -> None:
    with pytest.raises(TemplateRefusal, match="roles must alternate"):
        _render("{{ raise_exception('roles must alternate') }}")


def test_the_dialect_of_published_templates_is_spoken() -> None:
    text = (
        "{%- set loop_messages = messages[0:] %}{% for m in loop_messages if m.role != 'x' %}"
        "{% if loop.first %}{% generation %}{{ m | tojson }}{% endgeneration %}{% continue %}{% endif %}{% break %}{% endfor %}"
        "{{ strftime_now('%Y') | length }}{% set ns = namespace(a=1) %}{% set ns.a = 2 %}{{ ns.a }}"
        "{{ dict(b=3).b }}{{ '{}-{:02d}'.format('x', 7) }}{{ '%s' % 'y' }}"
        "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}{{ 'a b'.split(' ')[-1].strip() }}"
    )
    assert _render(text) == '{"role": "user", "content": "hi"}423x-07y1b'


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(DataError, match=r"line 2"):
        ChatTemplate("{{ a }}\n{% for %}", "t")
    with pytest.raises(DataError, match="limit"):
        ChatTemplate("x" * 300_000, "t")
