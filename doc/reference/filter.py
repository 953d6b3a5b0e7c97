#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints a public header with its comments as Doxygen reads them.

usage: filter.py HEADER
"""
import re
import sys


def literal(text):
    """What Doxygen would take for commands, tags and links is meant as it stands."""
    return re.sub(r'([\\@<>&#%])', r'\\\1', text)


def inside(match):
    """/* of a member: what it says is behind it."""
    return '/**< ' + literal(match[1])


def above(comment):
    text = literal(comment[2:-2])
    heading = re.match(r' -{4} (.*?) -{3,}', text)
    if heading:
        text = re.sub(r'\A( \*)?\n?', '', text[heading.end():])
        return f'/** @}} */\n/** @name {heading[1]}\n{text}*/\n/** @{{ */'
    return '/**' + text + '*/'


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        text = file.read()
    head = re.match(r'/\* SPDX.*?\n(.*?\*/)', text, re.S)
    first = '/** @file\n' + literal(head[1][:-2]) + '*/\n/** @name General */\n/** @{ */\n'
    text = re.sub(r'(?<=\S)[ \t]+/\*(.*?)(?=\*/)', inside, text[head.end():], flags=re.S)
    text = re.sub(r'^[ \t]*/\* .*?\*/', lambda match: above(match[0].strip()), text, flags=re.M | re.S)
    last = text.rindex('#ifdef __cplusplus')
    print(first + text[:last] + '/** @} */\n' + text[last:])


main()
